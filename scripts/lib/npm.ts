import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { readJson } from "./json.js";
import { type PackageJson, root } from "./package.js";
import { execute } from "./run.js";

/** Runs npm in a folder. Its output is used only when it fails. */
export async function npm(folder: string, ...args: string[]): Promise<void> {
  const quiet = args[0] === "install" ? ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"] : [];
  await execute("npm", [...args, ...quiet], { cwd: folder });
}

/** npm's report about a packed tarball. */
interface Packed {
  readonly filename: string;
  /** The size of the download in bytes. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
}

/** Packs the client, or the package in `from`, into a folder. It packs the existing `dist/`, or builds it first, as for a release. */
export async function pack(folder: string, { build = false, from = root } = {}) {
  const args = ["pack", "--json", "--pack-destination", folder, "--silent", ...(build ? [] : ["--ignore-scripts"])];
  const { stdout } = await execute("npm", args, { cwd: from });
  // A build prints other output before npm's list.
  const [made] = JSON.parse(stdout.slice(stdout.search(/^\[$/m))) as Packed[];
  if (made === undefined) throw new Error("npm pack made no tarball");
  return { ...made, tarball: join(folder, made.filename) };
}

/** Unpacks a tarball into `folder/node_modules`, by default that of the client, together with the packages of the project that it needs. */
export async function unpackInto(
  folder: string,
  tarball: string,
  { name = "sfc-preview-sdk", needed = dependencies() }: { name?: string; needed?: readonly string[] } = {},
): Promise<void> {
  const modules = join(folder, "node_modules");
  const target = join(modules, name);
  mkdirSync(target, { recursive: true });
  await execute("tar", ["-xzf", tarball, "--strip-components=1", "-C", target]);
  for (const other of needed.filter((one) => !existsSync(join(modules, one)))) {
    mkdirSync(dirname(join(modules, other)), { recursive: true });
    symlinkSync(join(root, "node_modules", other), join(modules, other), "dir");
  }
}

/** The packages that are installed together with the package. Optional peers are not. */
export function dependencies(): string[] {
  const { packages } = readJson<{ packages: Record<string, PackageJson> }>(join(root, "package-lock.json"));
  const names = (folder: string) => Object.keys(packages[folder]?.dependencies ?? {});
  const found = new Set(names(""));
  // The loop also visits items that are added to the set meanwhile.
  for (const name of found) for (const needed of names(`node_modules/${name}`)) found.add(needed);
  return [...found].sort();
}
