import { existsSync, readFileSync } from "node:fs";

/** In the package, beside the compiled code. */
const packed = new URL("./description.json", import.meta.url);
/** In the repository, where it is generated; seen from `packages/devtools/src/`. */
const generated = new URL("../../../openapi/bundled.json", import.meta.url);

/** The API description that this package was made from, as JSON. */
export function ownDescription(): string {
  return readFileSync(existsSync(packed) ? packed : generated, "utf8");
}
