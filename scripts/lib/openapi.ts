import { arrayAt, isObject, type JsonObject, objectAt } from "./json.js";
import { tolerate } from "./problem.js";

/** A JSON pointer in its URI form: `#/paths/~1orders/get`. */
export function toPointer(path: readonly (string | number)[]): string {
  const encode = (step: string) => step.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("%", "%25");
  return ["#", ...path.map((step) => encode(String(step)))].join("/");
}

/** The steps of a JSON pointer in its URI form, with the percent-encoding that `$ref` allows. */
export function fromPointer(pointer: string): string[] {
  const steps = pointer.replace(/^#?\/?/, "");
  if (steps === "") return [];
  return steps
    .split("/")
    .map((step) => (tolerate(() => decodeURIComponent(step)) ?? step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value at a pointer in a document, or `undefined`. */
export function atPointer(document: unknown, pointer: string): unknown {
  let here: unknown = document;
  for (const step of fromPointer(pointer)) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string, unknown>)[step];
  }
  return here;
}

/** Keys whose value is a map with arbitrary names, in which a name such as `example` is not a keyword. */
const NAME_MAPS = new Set(
  [
    "paths webhooks schemas responses parameters requestBodies headers links callbacks pathItems securitySchemes",
    "properties patternProperties dependentSchemas definitions $defs content encoding variables scopes mapping",
  ].flatMap((line) => line.split(" ")),
);

/** Keys whose value is user data, in which `$ref` has no meaning. */
const LITERALS = new Set(["example", "default", "const", "enum", "value"]);

export type Visit = (node: JsonObject, path: readonly (string | number)[]) => void;

/** Calls `visit` for each object of an OpenAPI document that is not example data, parents first. */
export function walk(node: unknown, visit: Visit, path: readonly (string | number)[] = [], isNameMap = false): void {
  if (Array.isArray(node)) {
    for (const [index, item] of node.entries()) if (isNode(item)) walk(item, visit, [...path, index]);
    return;
  }
  if (!isObject(node)) return;
  if (!isNameMap) visit(node, path);
  for (const [key, child] of Object.entries(node)) {
    // `examples` is a list of values in a schema, and a map of Example objects elsewhere.
    const isLiteral = LITERALS.has(key) || (key === "examples" && Array.isArray(child));
    if (!isNode(child) || (isLiteral && !isNameMap)) continue;
    walk(child, visit, [...path, key], !isNameMap && (NAME_MAPS.has(key) || key === "examples"));
  }
}

/** No path is built for values that are neither objects nor lists, which most values are. */
function isNode(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** The maximum number of references in a chain, which ends reference cycles. */
const MOST_HOPS = 50;

const SCHEMA_REF = "#/components/schemas/";

/** The object behind a node: the node itself, or the end of its chain of `$ref`. */
export function deref(document: unknown, node: unknown): JsonObject {
  let here = node;
  for (let hops = 0; isObject(here) && typeof here.$ref === "string"; hops++) {
    if (hops > MOST_HOPS) return {};
    here = atPointer(document, here.$ref);
  }
  return isObject(here) ? here : {};
}

/** The name of the schema when the node is only a reference to a named schema. */
export function schemaName(node: unknown): string | undefined {
  if (!isObject(node) || typeof node.$ref !== "string" || !node.$ref.startsWith(SCHEMA_REF)) return undefined;
  const name = node.$ref.slice(SCHEMA_REF.length);
  return name.includes("/") ? undefined : fromPointer(name)[0];
}

/** A schema and all of its parts, with references resolved. Each is included once, at any depth. */
function listParts(document: unknown, schema: unknown, keys = ["allOf", "oneOf", "anyOf"]): JsonObject[] {
  const parts = new Set([deref(document, schema)]);
  for (const node of parts) {
    // The loop also visits items that are added to the set meanwhile.
    for (const part of keys.flatMap((key) => arrayAt(node, key))) parts.add(deref(document, part));
  }
  return [...parts];
}

/** A property of a schema, also in its `$ref` and `allOf`. */
export function property(document: unknown, schema: unknown, name: string): unknown {
  const found = listParts(document, schema, ["allOf"]).map((part) => objectAt(part, "properties")[name]);
  return found.find((value) => value !== undefined);
}

/** The names of all properties that a schema may have, also in its `$ref`, `allOf`, `oneOf` and `anyOf`. */
export function propertyNames(document: unknown, schema: unknown): string[] {
  const names = listParts(document, schema).flatMap((part) => Object.keys(objectAt(part, "properties")));
  return [...new Set(names)];
}

/** The branches of a union, including `null`. */
export function listArms(schema: unknown): unknown[] {
  return [...arrayAt(schema, "oneOf"), ...arrayAt(schema, "anyOf")];
}

/** The values that a schema lists. `const` counts as a single value. */
export function listValues(schema: JsonObject): unknown[] {
  return "const" in schema ? [schema.const] : arrayAt(schema, "enum");
}

/** Whether a schema or one of its parts has a type. An object may be recognizable only by its properties. */
export function isOfType(document: unknown, schema: unknown, type: "array" | "object"): boolean {
  return listParts(document, schema).some(
    (part) => [part.type].flat().includes(type) || (type === "object" && isObject(part.properties)),
  );
}

const HTTP_METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

/** An operation and its place in the description. */
export type OperationNode = ReturnType<typeof listOperationNodes>[number];

/** Every operation of a description, in its order. */
export function listOperationNodes(document: unknown) {
  return Object.entries(objectAt(document, "paths")).flatMap(([path, item]) => {
    /** Applies to all operations of the path, with `$ref` resolved. */
    const pathItem = deref(document, item);
    return HTTP_METHODS.flatMap((method) => {
      const node = pathItem[method];
      /** `method` is in lower case. */
      return isObject(node) ? [{ path, method, node, pathItem }] : [];
    });
  });
}
