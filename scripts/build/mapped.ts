import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether a module has source maps, by its path without extension, such as `wrappers/retry`. Those whose sources
 * package.json ships have, so that no map carries a copy: what every call passes through. The rest would weigh more than
 * the code it explains.
 */
export function isMapped(root: string, module: string): boolean {
  return readShipped(root).some((path) => `src/${module}.ts` === path || `src/${module}`.startsWith(`${path}/`));
}

/** The sources that package.json ships, files and folders. */
function readShipped(root: string): string[] {
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
  return files.filter((path) => path.startsWith("src/"));
}
