import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { readJson } from "./json.js";
import { type PackageJson, root } from "./package.js";
import { execute } from "./run.js";

/** Runs npm in a folder. What it prints matters only when it fails. */
export async function npm(folder: string, ...args: string[]): Promise<void> {
  const quiet = args[0] === "install" ? ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"] : [];
  await execute("npm", [...args, ...quiet], { cwd: folder });
}

/** What npm reports of a tarball that it packed. */
interface Packed {
  readonly filename: string;
  /** What is downloaded, in bytes. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
}

/** Packs the client, or the package that is in `from`, into a folder: `dist/` as it is, or built first, as a publisher does. */
export async function pack(folder: string, { build = false, from = root } = {}) {
  const args = ["pack", "--json", "--pack-destination", folder, "--silent", ...(build ? [] : ["--ignore-scripts"])];
  const { stdout } = await execute("npm", args, { cwd: from });
  // A build prints too, before the list that is npm's own.
  const [made] = JSON.parse(stdout.slice(stdout.search(/^\[$/m))) as Packed[];
  if (made === undefined) throw new Error("npm pack made no tarball");
  return { ...made, tarball: join(folder, made.filename) };
}

/** Unpacks a tarball into `folder/node_modules`, the client's unless `name` is another's, beside the packages of the project that it needs. */
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

/** What comes along with the package when it is installed; optional peers do not. */
export function dependencies(): string[] {
  const { packages } = readJson<{ packages: Record<string, PackageJson> }>(join(root, "package-lock.json"));
  const names = (folder: string) => Object.keys(packages[folder]?.dependencies ?? {});
  const found = new Set(names(""));
  // What is added to a set while it is walked through has its turn too.
  for (const name of found) for (const needed of names(`node_modules/${name}`)) found.add(needed);
  return [...found].sort();
}
