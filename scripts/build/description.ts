import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

/** The description that the servers for tests read, a fifteenth of its size. `src/testing/own-description.ts` opens it. */
export function packDescription(root: string): void {
  const text = readFileSync(join(root, "openapi/bundled.json"), "utf8");
  writeFileSync(join(root, "dist/description.json.br"), brotliCompressSync(JSON.stringify(JSON.parse(text))));
}
