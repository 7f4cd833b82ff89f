import { arrayAt, isObject, type JsonObject, objectAt } from "../lib/json.js";
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

/** The names of all properties that a schema may have, looked for through `$ref`, `allOf`, `oneOf` and `anyOf`. */
export function propertyNames(document: unknown, schema: unknown): string[] {
  const names = new Set<string>();
  const seen = new Set<JsonObject>();
  const visit = (part: unknown) => {
    const node = deref(document, part);
    if (seen.has(node)) return;
    seen.add(node);
    for (const name of Object.keys(objectAt(node, "properties"))) names.add(name);
    for (const key of ["allOf", "oneOf", "anyOf"]) arrayAt(node, key).forEach(visit);
  };
  visit(schema);
  return [...names];
}

/** Whether a schema takes arrays, nullable ones included. */
export function isArraySchema(document: unknown, schema: unknown): boolean {
  const { type } = deref(document, schema);
  return type === "array" || (Array.isArray(type) && type.includes("array"));
}
