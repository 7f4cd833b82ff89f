import { existsSync, readFileSync } from "node:fs";

/** The path in the package, next to the compiled code. */
const packed = new URL("./description.json", import.meta.url);
/** The path in the repository, where the description is generated, relative to `packages/devtools/src/`. */
const generated = new URL("../../../openapi/bundled.json", import.meta.url);

/** Reads the API description that this package was built from, as JSON. */
export function ownDescription(): string {
  return readFileSync(existsSync(packed) ? packed : generated, "utf8");
}

/** The path in the package, where the build writes it. */
const packedMethods = new URL("./methods.json", import.meta.url);
/** The path in the repository: the client's generated descriptors, from which the methods are read. */
const descriptors = new URL("../../../src/generated/operations.ts", import.meta.url);

/** Reads the client's methods by operation id: `create_order` is `orders.create`. */
export function ownMethods(): Readonly<Record<string, string>> {
  if (existsSync(packedMethods)) return JSON.parse(readFileSync(packedMethods, "utf8")) as Record<string, string>;
  const text = readFileSync(descriptors, "utf8");
  const found = text.matchAll(/^export const (\w+): Operation = \{\n {2}name: "([\w.]+)"/gm);
  return Object.fromEntries([...found].map(([, id = "", method = ""]) => [id, method]));
}
