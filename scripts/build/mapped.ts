import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether a module has source maps, by its path without extension, such as `wrappers/retry`. Its source is shipped then, so
 * the maps carry no copy of it. Generated code has nothing behind it that says more; servers for tests are minified.
 */
export function isMapped(root: string, module: string): boolean {
  return readShipped(root).some((path) => `src/${module}.ts` === path || `src/${module}`.startsWith(`${path}/`));
}

/** The sources that package.json ships, files and folders. */
function readShipped(root: string): string[] {
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
  return files.filter((path) => path.startsWith("src/"));
}
