import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Description, JsonSchema } from "./description.js";

/** Ajv instances by description. Compiling is slow, so simulators in one process that serve the same description share one. */
const made = new WeakMap<Description, Ajv2020>();

/**
 * Returns an Ajv instance with the description's schemas. Two things are fixed: patterns are anchored (the published ones match anywhere in a string),
 * and a union of strings accepts a value that matches several alternatives, because an id can do so by chance.
 */
export function getAjv(description: Description): Ajv2020 {
  const known = made.get(description);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  formats.default(ajv);
  for (const format of ["u-int16", "u-int32", "u-int64"]) {
    ajv.addFormat(format, { type: "number", validate: (value: number) => Number.isInteger(value) && value >= 0 });
  }
  ajv.addSchema({ $id: "sfc:description", components: adaptForAjv(description.components, description) as object });
  made.set(description, ajv);
  return ajv;
}

/** Makes a schema of the description usable with that Ajv instance: applies the fixes, and points its references to the added document. */
export function located(schema: JsonSchema, description: Description): JsonSchema {
  return relocate(adaptForAjv(schema, description)) as JsonSchema;
}

const referencePrefix = "#/components/schemas/";

function relocate(value: unknown): unknown {
  return mapTree(value, (node) =>
    typeof node.$ref === "string" ? { ...node, $ref: `sfc:description${node.$ref}` } : node,
  );
}

function adaptForAjv(value: unknown, description: Description): unknown {
  return mapTree(value, (node) => {
    const adapted: Record<string, unknown> = { ...node };
    if (typeof node.pattern === "string") adapted.pattern = `^(?:${node.pattern})$`;
    if (Array.isArray(node.oneOf) && node.oneOf.every((arm) => isText(arm as JsonSchema, description))) {
      adapted.anyOf = node.oneOf;
      delete adapted.oneOf;
    }
    return adapted;
  });
}

function isText(schema: JsonSchema, description: Description): boolean {
  const target = dereference(schema, description);
  if (Array.isArray(target.oneOf)) return target.oneOf.every((arm) => isText(arm as JsonSchema, description));
  return target.type === "string";
}

export function dereference(schema: JsonSchema, description: Description): JsonSchema {
  const reference = schema.$ref;
  if (typeof reference !== "string") return schema;
  const target = description.components.schemas[reference.slice(referencePrefix.length)];
  if (target === undefined) throw new Error(`the description refers to ${reference}, which it does not contain`);
  return dereference(target, description);
}

/** Copies a JSON tree from the bottom up, and applies `change` to each object. Examples are left out, because they are not schemas. */
function mapTree(value: unknown, change: (node: Record<string, unknown>) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapTree(item, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "example" && key !== "examples");
  return change(Object.fromEntries(entries.map(([key, child]) => [key, mapTree(child, change)])));
}
