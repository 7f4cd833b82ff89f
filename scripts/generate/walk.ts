import { isObject, type JsonObject } from "../lib/json.js";

/** Keys whose value maps free names to things, so that a name such as `example` in it is no keyword. */
const NAME_MAPS = new Set(
  [
    "paths webhooks schemas responses parameters requestBodies headers links callbacks pathItems securitySchemes",
    "properties patternProperties dependentSchemas definitions $defs content encoding variables scopes mapping",
  ].flatMap((line) => line.split(" ")),
);

/** Keys whose value is data of a user, in which `$ref` means nothing. */
const LITERALS = new Set(["example", "default", "const", "enum", "value"]);

export type Visit = (node: JsonObject, path: readonly (string | number)[]) => void;

/** Calls `visit` for each object of an OpenAPI document that is not example data, parents first. */
export function walk(node: unknown, visit: Visit, path: readonly (string | number)[] = [], isNameMap = false): void {
  if (Array.isArray(node)) {
    for (const [index, item] of node.entries()) walk(item, visit, [...path, index]);
    return;
  }
  if (!isObject(node)) return;
  if (!isNameMap) visit(node, path);
  for (const [key, child] of Object.entries(node)) {
    if (!isNameMap && isLiteral(key, child)) continue;
    walk(child, visit, [...path, key], !isNameMap && (NAME_MAPS.has(key) || key === "examples"));
  }
}

function isLiteral(key: string, child: unknown): boolean {
  // `examples` is a list of values in a schema, and a map of Example objects elsewhere.
  return LITERALS.has(key) || (key === "examples" && Array.isArray(child));
}
