import { existsSync, readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";

/** The package holds it compressed, at this place seen from `dist/testing/` and `dist/cli/`. */
const packed = new URL("../description.json.br", import.meta.url);
/** The repository holds it as it is generated; seen from `src/testing/`. */
const plain = new URL("../../openapi/bundled.json", import.meta.url);

/** The API description that this package was made from, as JSON. */
export function ownDescription(): string {
  return existsSync(packed) ? brotliDecompressSync(readFileSync(packed)).toString() : readFileSync(plain, "utf8");
}
