import type { OpenAPI3 } from "openapi-typescript";
import { arrayAt, isObject, type JsonObject, objectAt } from "../lib/json.js";
import { deref, HTTP_METHODS, property, schemaName, walk } from "../lib/openapi.js";
import { InputProblem } from "../lib/problem.js";
import { whyUnsendable } from "./operations.js";
import type { Origin } from "./read.js";
import { reachableSchemas } from "./references.js";

const importCompiler = () => Promise.all([import("openapi-typescript"), import("typescript")]);

let compiler: ReturnType<typeof importCompiler> | undefined;

/** Begins to load the TypeScript compiler, which takes as long as the stages before this one take. */
export function loadCompiler(): ReturnType<typeof importCompiler> {
  compiler ??= importCompiler();
  return compiler;
}

/** `schema.ts`: the description's types as openapi-typescript prints them. */
export async function printSchema(description: unknown, origin: Origin): Promise<string> {
  const [{ default: openapiTS, astToString }, { default: ts }] = await loadCompiler();
  const emptyObject = ts.factory.createTypeLiteralNode([]);
  try {
    const nodes = await openapiTS(settleOpenEnums(dropUnsendable(completeDiscriminators(description))) as OpenAPI3, {
      silent: true,
      alphabetize: false,
      // A field with a default is still one that a request may leave out.
      defaultNonNullable: false,
      transform(schema) {
        if (!(ANY_OTHER in schema)) return undefined;
        const { NumberKeyword, StringKeyword } = ts.SyntaxKind;
        const base = ts.factory.createKeywordTypeNode(schema.type === "number" ? NumberKeyword : StringKeyword);
        return ts.factory.createIntersectionTypeNode([base, emptyObject]);
      },
    });
    return astToString(nodes);
  } catch (error) {
    throw new InputProblem({
      where: origin.spec,
      what: `openapi-typescript cannot make types of it: ${error instanceof Error ? error.message : String(error)}`,
      mend: "correct what the message names, in the description or in openapi/overlay.yaml.",
    });
  }
}

/** The vendor's mark of an enum that may grow. */
const OPEN = "x-speakeasy-unknown-values";

/** Our mark, within this document only, for "any other value"; {@link ANY_OTHER} is printed as `string & {}`. */
const ANY_OTHER = "x-any-other";

/**
 * A copy of the description for making types: open enums accept any value in answers, and stay closed in what only
 * requests carry, so that a typo in a filter does not compile while a new status of the API does.
 */
function settleOpenEnums(description: unknown): unknown {
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

/**
 * A copy in which every arm of a union stands in the mapping of its discriminator, where the arm itself says what value it
 * has. openapi-typescript takes the schema's name as the value of an arm that is left out; together with the arm's own
 * value that makes a type that nothing fits, wherever the schema is used.
 */
function completeDiscriminators(description: unknown): unknown {
  const document: unknown = structuredClone(description);
  walk(document, (node) => {
    const { discriminator } = node;
    if (!isObject(discriminator) || typeof discriminator.propertyName !== "string") return;
    const mapping = { ...objectAt(discriminator, "mapping") };
    const mapped = new Set(Object.values(mapping).map((target) => String(target).split("/").at(-1)));
    for (const arm of [...arrayAt(node, "oneOf"), ...arrayAt(node, "anyOf")]) {
      const value = deref(document, property(document, arm, discriminator.propertyName)).const;
      const name = schemaName(arm);
      if (name === undefined || mapped.has(name) || typeof value !== "string") continue;
      mapping[value] = `#/components/schemas/${name}`;
    }
    if (Object.keys(mapping).length > 0) discriminator.mapping = mapping;
  });
  return document;
}

/** Drops the query parameters that cannot be sent from a document that types are made of, so that no client offers them. */
function dropUnsendable(document: unknown): unknown {
  for (const item of Object.values(objectAt(document, "paths"))) {
    const pathItem = deref(document, item);
    for (const place of [pathItem, ...HTTP_METHODS.map((method) => objectAt(pathItem, method))]) {
      if (!Array.isArray(place.parameters)) continue;
      place.parameters = place.parameters.filter((node: unknown) => {
        const parameter = deref(document, node);
        return parameter.in !== "query" || whyUnsendable(document, parameter) === undefined;
      });
    }
  }
  return document;
}
