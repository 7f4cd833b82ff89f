import { isObject, type JsonObject, objectAt } from "../lib/json.js";
import { deref, schemaName } from "./shapes.js";
import { reachableSchemas } from "./type-table.js";
import { walk } from "./walk.js";

/** The vendor's mark of an enum that may grow. */
const OPEN = "x-speakeasy-unknown-values";

/** Our mark, within this document only, for "any other value"; {@link ANY_OTHER} is printed as `string & {}`. */
export const ANY_OTHER = "x-any-other";

/**
 * A copy of the description for making types: open enums accept any value in answers, and stay closed in what only
 * requests carry, so that a typo in a filter does not compile while a new status of the API does.
 */
export function settleOpenEnums(description: unknown): unknown {
  const document: unknown = structuredClone(description);
  const schemas = objectAt(objectAt(document, "components"), "schemas");
  const answered = new Set(answeredSchemas(document));
  const open = new Set(Object.keys(schemas).filter((name) => isOpenEnum(schemas[name])));

  for (const place of requestPlaces(document)) closeWithin(document, place, open);
  for (const [name, schema] of Object.entries(schemas)) {
    if (!answered.has(name)) closeWithin(document, schema, open);
  }
  for (const [name, schema] of Object.entries(schemas)) if (answered.has(name)) openWithin(schema);
  for (const place of answerPlaces(document)) openWithin(place);
  return document;
}

function isOpenEnum(schema: unknown): schema is JsonObject {
  return isObject(schema) && schema[OPEN] === true && Array.isArray(schema.enum);
}

function operationsOf(document: unknown): { item: JsonObject; operation: JsonObject }[] {
  return Object.values(objectAt(document, "paths")).flatMap((item) => {
    const pathItem = deref(document, item);
    const operations = Object.values(pathItem).filter((node) => isObject(node) && isObject(node.responses));
    return operations.map((operation) => ({ item: pathItem, operation: operation as JsonObject }));
  });
}

function requestPlaces(document: unknown): unknown[] {
  const { parameters, requestBodies } = objectAt(document, "components");
  return [
    ...operationsOf(document).flatMap(({ item, operation }) => [
      item.parameters,
      operation.parameters,
      operation.requestBody,
    ]),
    // Kept under their key, by which the walk knows a map of names.
    { parameters },
    { requestBodies },
  ];
}

function answerPlaces(document: unknown): unknown[] {
  const shared = objectAt(document, "components").responses;
  return [...operationsOf(document).map(({ operation }) => operation.responses), shared].map((responses) => ({
    responses,
  }));
}

function answeredSchemas(document: unknown): string[] {
  return answerPlaces(document).flatMap((place) => reachableSchemas(document, place));
}

/** Puts a closed copy in place of each reference to an open enum, and closes those that stand here themselves. */
function closeWithin(document: unknown, root: unknown, open: ReadonlySet<string>): void {
  walk(root, (node) => {
    const name = schemaName(node);
    if (name === undefined || !open.has(name)) return;
    const { $ref: _, ...beside } = node;
    const { [OPEN]: __, ...closed } = deref(document, node);
    delete node.$ref;
    Object.assign(node, structuredClone(closed), beside);
  });
  walk(root, (node) => {
    if (isOpenEnum(node)) delete node[OPEN];
  });
}

/** Turns `enum: [a, b]` into "a, b, or any other of this type". */
function openWithin(root: unknown): void {
  walk(root, (node) => {
    if (!isOpenEnum(node)) return;
    const { type, enum: values, [OPEN]: _, ...rest } = node;
    for (const key of Object.keys(node)) delete node[key];
    const isNumeric = type === "integer" || type === "number";
    Object.assign(node, rest, { anyOf: [{ ...(type !== undefined && { type }), enum: values }, anyOther(isNumeric)] });
  });
}

function anyOther(isNumeric: boolean): JsonObject {
  return { type: isNumeric ? "number" : "string", [ANY_OTHER]: true };
}
