import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.js";

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
