import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version that the package has now. */
export function ownVersion(root: string): string {
  return (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
}
