import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json words it: an SPDX expression, or nothing. */
  readonly licence: string | undefined;
  /** Whether users of the package get it: as a dependency, or inside the bundle of the servers for tests. */
  readonly isShipped: boolean;
}

interface LockEntry {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly version?: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: unknown;
  readonly licenses?: readonly { readonly type?: string }[];
}

/** Every package of the lock file that is installed here. Those of other platforms are not, and have their maker's licence. */
export function installedPackages(root: string): InstalledPackage[] {
  const { packages } = readJson<{ packages: Record<string, LockEntry> }>(join(root, "package-lock.json"));
  const bundled = bundledNames(root);
  return Object.entries(packages).flatMap(([folder, entry]) => {
    const file = join(root, folder, "package.json");
    if (folder === "" || !existsSync(file)) return [];
    const manifest = readJson<Manifest>(file);
    const name = manifest.name ?? folder;
    const isDependency = !entry.dev && !entry.optional && !entry.devOptional;
    return [
      {
        name,
        version: manifest.version ?? "",
        licence: licenceOf(manifest),
        isShipped: isDependency || bundled.has(name),
      },
    ];
  });
}

/** Old packages name several, or an object. */
function licenceOf({ license, licenses }: Manifest): string | undefined {
  if (typeof license === "string") return license;
  const named = (license as { type?: string } | undefined)?.type;
  return named ?? licenses?.map(({ type }) => type ?? "").join(" OR ");
}

/** What the build put into the bundle, as the list of licences beside it says; nothing before the first build. */
function bundledNames(root: string): Set<string> {
  const file = join(root, "dist/testing/THIRD-PARTY-LICENSES.txt");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return new Set([...text.matchAll(/^== (\S+) \S+$/gm)].map(([, name = ""]) => name));
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
