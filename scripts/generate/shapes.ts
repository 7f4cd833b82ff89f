import { isObject, type JsonObject } from "./json.js";
import { atPointer } from "./pointer.js";

/** Enough for any sane nesting; an end for references that run in a circle. */
const MOST_HOPS = 50;

const SCHEMA_REF = "#/components/schemas/";

/** The object that a node stands for: itself, or what its chain of `$ref` ends in. */
export function deref(document: unknown, node: unknown): JsonObject {
  let here = node;
  for (let hops = 0; isObject(here) && typeof here.$ref === "string"; hops++) {
    if (hops > MOST_HOPS) return {};
    here = atPointer(document, here.$ref);
  }
  return isObject(here) ? here : {};
}

/** The schema's own name when the node only refers to a named schema. */
export function schemaName(node: unknown): string | undefined {
  if (!isObject(node) || typeof node.$ref !== "string" || !node.$ref.startsWith(SCHEMA_REF)) return undefined;
  const name = node.$ref.slice(SCHEMA_REF.length);
  return name.includes("/") ? undefined : decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
}

/** A property of a schema, looked for through `$ref` and `allOf`. */
export function property(document: unknown, schema: unknown, name: string, depth = 0): unknown {
  if (depth > MOST_HOPS) return undefined;
  const node = deref(document, schema);
  const own = isObject(node.properties) ? node.properties[name] : undefined;
  if (own !== undefined) return own;
  const parts = Array.isArray(node.allOf) ? node.allOf : [];
  for (const part of parts) {
    const found = property(document, part, name, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
