import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "./run.js";

/** Runs npm in a folder. What it prints matters only when it fails. */
export async function npm(folder: string, ...args: string[]): Promise<void> {
  const quiet = args[0] === "install" ? ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"] : [];
  const { code, output } = await execute("npm", [...args, ...quiet], { cwd: folder });
  if (code !== 0) throw new Error(`npm ${args[0]} failed: ${output.trim().split("\n").slice(0, 3).join(" ")}`);
}

/** The folder of a package from the registry, installed on first use and kept. Never among the project's own packages. */
export async function cached(cache: string, spec: string): Promise<string> {
  const folder = join(cache, spec.replace(/[@/]/g, "-"));
  const done = join(folder, "installed");
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // `allowScripts` is for newer npm, which runs install scripts only where told to: `node` fetches its binary in one.
  writeFileSync(join(folder, "package.json"), '{ "private": true, "allowScripts": { "node": true } }\n');
  await npm(folder, "install", spec);
  writeFileSync(done, spec);
  return folder;
}

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Packed {
  readonly tarball: string;
  /** What is downloaded. */
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
}

/** Packs `dist/` as it is and unpacks it into `folder/node_modules`, beside what it depends on. */
export async function unpackInto(folder: string): Promise<Packed> {
  const packed = await pack(folder);
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "sfc-preview-sdk"), { recursive: true });
  await run("tar", "-xzf", packed.tarball, "--strip-components=1", "-C", join(modules, "sfc-preview-sdk"));
  for (const name of dependencies()) symlinkSync(join(root, "node_modules", name), join(modules, name), "dir");
  return packed;
}

async function pack(folder: string): Promise<Packed> {
  const printed = await run("npm", "pack", "--ignore-scripts", "--json", "--pack-destination", folder, "--silent");
  const [made] = JSON.parse(printed.slice(printed.indexOf("["))) as {
    filename: string;
    size: number;
    unpackedSize: number;
    entryCount: number;
  }[];
  if (made === undefined) throw new Error("npm pack made no tarball");
  const { filename, size, unpackedSize, entryCount } = made;
  return { tarball: join(folder, filename), bytes: size, unpackedBytes: unpackedSize, files: entryCount };
}

interface Locked {
  readonly dependencies?: Record<string, string>;
}

/** What comes along with the package when it is installed; optional peers do not. */
export function dependencies(): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const found = new Set<string>();
  const visit = (path: string) => {
    for (const name of Object.keys(packages[path]?.dependencies ?? {})) {
      if (found.has(name)) continue;
      found.add(name);
      visit(`node_modules/${name}`);
    }
  };
  visit("");
  return [...found].sort();
}

async function run(command: string, ...args: string[]): Promise<string> {
  const { code, output } = await execute(command, args, { cwd: root });
  if (code !== 0) throw new Error(`${command} ${args[0]} failed: ${output.trim()}`);
  return output;
}
