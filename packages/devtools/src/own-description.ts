import { existsSync, readFileSync } from "node:fs";

/** In the package, next to the compiled code. */
const packed = new URL("./description.json", import.meta.url);
/** In the repository, where it is generated; seen from `packages/devtools/src/`. */
const generated = new URL("../../../openapi/bundled.json", import.meta.url);

/** The API description that this package was built from, as JSON. */
export function ownDescription(): string {
  return readFileSync(existsSync(packed) ? packed : generated, "utf8");
}

/** In the package, written by its build. */
const packedMethods = new URL("./methods.json", import.meta.url);
/** In the repository, next to the generated descriptors of the client. */
const descriptors = new URL("../../../src/generated/operations.ts", import.meta.url);

/** The client's methods by operation id, such as `orders.create` of `create_order`. */
export function ownMethods(): Readonly<Record<string, string>> {
  if (existsSync(packedMethods)) return JSON.parse(readFileSync(packedMethods, "utf8")) as Record<string, string>;
  const text = readFileSync(descriptors, "utf8");
  const found = text.matchAll(/^export const (\w+): Operation = \{\n {2}name: "([\w.]+)"/gm);
  return Object.fromEntries([...found].map(([, id = "", method = ""]) => [id, method]));
}
