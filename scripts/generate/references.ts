import { resolve } from "node:path";
import { arrayAt, isObject, type JsonObject, objectAt } from "../lib/json.js";
import { atPointer, deref, fromPointer, listArms, property, schemaName, walk } from "../lib/openapi.js";

/** A copy with absolute references to other files, so that the document can be bundled in another folder. */
export function absoluteReferences(description: unknown, folder: string): unknown {
  const document: unknown = structuredClone(description);
  walk(document, (node) => {
    if (typeof node.$ref !== "string" || node.$ref.startsWith("#")) return;
    const [file = "", pointer] = node.$ref.split("#");
    node.$ref = resolve(folder, file) + (pointer === undefined ? "" : `#${pointer}`);
  });
  return document;
}

/** Whether a description has parts in other files. */
export function refersToFiles(document: unknown): boolean {
  let found = false;
  walk(document, ({ $ref }) => {
    found ||= typeof $ref === "string" && !$ref.startsWith("#");
  });
  return found;
}

/** Keys whose value is one schema. `additionalProperties` and similar keys may stay boolean, which every tool expects. */
const SCHEMA_KEYS = new Set(["schema", "items", "not", "if", "then", "else", "contains", "propertyNames"]);

/** Keys whose value is a list of schemas, or a map of them. */
const SCHEMA_GROUPS = new Set(
  "allOf oneOf anyOf prefixItems schemas properties patternProperties dependentSchemas $defs definitions".split(" "),
);

/**
 * Replaces short forms of OpenAPI, in place, by the long forms that every later tool can read: a boolean schema by an
 * object, and the bare name of a schema in a discriminator's mapping by a reference.
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
  for (const [key, value] of Object.entries(node)) {
    if (SCHEMA_KEYS.has(key)) node[key] = writeBoolean(value);
    if (!SCHEMA_GROUPS.has(key)) continue;
    const group = Object(value) as JsonObject;
    for (const name of Object.keys(group)) group[name] = writeBoolean(group[name]);
  }
}

/** `true` accepts every value, and `false` none. */
function writeBoolean(schema: unknown): unknown {
  if (typeof schema !== "boolean") return schema;
  return schema ? {} : { not: {} };
}

/**
 * Adds every branch of a union to the mapping of its discriminator, when the branch itself states its value.
 * For a missing branch, openapi-typescript uses the name of the schema as the value. Together with the branch's own value, that
 * leads to a type that no value fits, wherever the schema is used.
 */
export function completeDiscriminators(document: unknown): void {
  walk(document, (node) => {
    const { discriminator } = node;
    if (!isObject(discriminator) || typeof discriminator.propertyName !== "string") return;
    const mapping = { ...objectAt(discriminator, "mapping") };
    const mapped = new Set(Object.values(mapping).map((target) => String(target).split("/").at(-1)));
    for (const arm of listArms(node)) {
      const value = deref(document, property(document, arm, discriminator.propertyName)).const;
      const name = schemaName(arm);
      if (name === undefined || mapped.has(name) || typeof value !== "string") continue;
      mapping[value] = `#/components/schemas/${name}`;
    }
    if (Object.keys(mapping).length > 0) discriminator.mapping = mapping;
  });
}

export type Path = readonly (string | number)[];

/**
 * Finds every chain of `$ref`, `allOf`, `oneOf` and `anyOf` that leads back to its start, once each, with its references.
 * Schemas that contain themselves in a property or a list are valid, because a value of them can be finite.
 */
export function findSelfInclusions(document: unknown): { path: Path; steps: string[] }[] {
  const found: { path: Path; steps: string[] }[] = [];
  const done = new Set<string>();
  const follow = (target: string, trail: readonly string[]) => {
    if (done.has(target)) return;
    for (const { path, ref } of includedBy(atPointer(document, target), fromPointer(target))) {
      const start = [...trail, target].indexOf(ref);
      if (start === -1) follow(ref, [...trail, target]);
      else found.push({ path, steps: [...[...trail, target].slice(start), ref] });
    }
    done.add(target);
  };
  walk(document, ({ $ref }) => {
    if (typeof $ref === "string" && $ref.startsWith("#/")) follow($ref, []);
  });
  return found;
}

/** The references that a schema includes directly, without a property or a list in between. */
function includedBy(node: unknown, path: Path): { path: Path; ref: string }[] {
  if (!isObject(node)) return [];
  if (typeof node.$ref === "string") return [{ path: [...path, "$ref"], ref: node.$ref }];
  return ["allOf", "oneOf", "anyOf"].flatMap((key) =>
    arrayAt(node, key).flatMap((part, index) => includedBy(part, [...path, key, index])),
  );
}

/** The names of the schemas that operations use, in the order of the description. */
export function reachableSchemas(document: unknown, from: unknown = objectAt(document, "paths")): string[] {
  const followed = new Set<string>();
  const visit = (node: unknown) =>
    walk(node, ({ $ref }) => {
      if (typeof $ref !== "string" || !$ref.startsWith("#/") || followed.has($ref)) return;
      followed.add($ref);
      visit(atPointer(document, $ref));
    });
  visit(from);
  const reached = new Set([...followed].map(($ref) => schemaName({ $ref })));
  return Object.keys(objectAt(objectAt(document, "components"), "schemas")).filter((name) => reached.has(name));
}
