import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "../../scripts/lib/npm.js";
import { root } from "../../scripts/lib/package.js";

/** Where the packages of `downloaded` are kept. */
const CACHE = join(root, "node_modules/.cache/compat");

/** Where the command of a package from the registry is: installed on first use, and kept. Never among the project's own packages. */
export async function downloaded(spec: string, command: string): Promise<string> {
  const folder = join(CACHE, spec.replace(/[@/]/g, "-"));
  const done = join(folder, "installed");
  if (!existsSync(done)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    // `allowScripts` is for newer npm, which runs install scripts only where it is allowed: `node` fetches its binary in one.
    writeFileSync(join(folder, "package.json"), '{ "private": true, "allowScripts": { "node": true } }\n');
    await npm(folder, "install", spec);
    writeFileSync(done, spec);
  }
  return join(folder, "node_modules/.bin", command);
}
