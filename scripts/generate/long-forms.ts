import { isObject, type JsonObject, objectAt } from "../lib/json.js";
import { walk } from "./walk.js";

/** Keys whose value is one schema; `additionalProperties` and its like may stay boolean, as every tool expects there. */
const SCHEMA_KEYS = ["schema", "items", "not", "if", "then", "else", "contains", "propertyNames"];
const SCHEMA_LISTS = ["allOf", "oneOf", "anyOf", "prefixItems"];
const SCHEMA_MAPS = ["schemas", "properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];

/**
 * Writes what OpenAPI allows to write briefly in the form that every tool after this one reads, in place: a boolean schema as an
 * object, the bare name of a schema in a discriminator's mapping as a reference.
 */
export function writeLongForms(document: unknown): void {
  const schemas = objectAt(objectAt(document, "components"), "schemas");
  walk(document, (node) => {
    writeBooleans(node);
    const mapping = objectAt(objectAt(node, "discriminator"), "mapping");
    for (const [value, target] of Object.entries(mapping)) {
      const isName = typeof target === "string" && Object.hasOwn(schemas, target);
      if (isName) mapping[value] = `#/components/schemas/${target}`;
    }
  });
}

function writeBooleans(node: JsonObject): void {
  for (const key of SCHEMA_KEYS) if (typeof node[key] === "boolean") node[key] = schemaOf(node[key]);
  for (const key of SCHEMA_LISTS) {
    const list = node[key];
    if (Array.isArray(list))
      node[key] = list.map((part: unknown) => (typeof part === "boolean" ? schemaOf(part) : part));
  }
  for (const key of SCHEMA_MAPS) {
    const map = node[key];
    if (!isObject(map)) continue;
    for (const [name, schema] of Object.entries(map)) if (typeof schema === "boolean") map[name] = schemaOf(schema);
  }
}

/** `true` takes every value, `false` none. */
function schemaOf(isAny: boolean): JsonObject {
  return isAny ? {} : { not: {} };
}
