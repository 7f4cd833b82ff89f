import { listOperations, type RawOperation } from "../../scripts/generate/operations.js";
import { arrayAt, isObject, type JsonObject, objectAt } from "../../scripts/lib/json.js";
import { deref, toPointer } from "../../scripts/lib/openapi.js";
import { InputProblem } from "../../scripts/lib/problem.js";
import { type Checker, createChecker } from "./check-value.js";
import { type Derivation, deriveValue } from "./derive-value.js";

type Direction = Derivation["direction"];

interface Context {
  readonly document: unknown;
  readonly checker: Checker;
  /** Cached results by schema and direction: most operations share their parameters and errors. */
  readonly derived: Map<string, ReturnType<typeof deriveValue>>;
}

/**
 * Returns the description with an inline example for every parameter, body and response. A missing example, or one that violates
 * its schema, is derived from the schema. Throws when that is not possible, so that nothing stays untested silently.
 */
export function completeExamples(document: unknown): JsonObject {
  const context = { document, checker: createChecker(document), derived: new Map() };
  const paths: Record<string, JsonObject> = {};
  for (const operation of listOperations(document).operations) {
    const item = paths[operation.path] ?? {};
    item[operation.http.toLowerCase()] = completeOperation(context, operation);
    paths[operation.path] = item;
  }
  return { ...(document as JsonObject), paths };
}

function completeOperation(context: Context, { node, parameters, pointer }: RawOperation): JsonObject {
  const responses = Object.entries(objectAt(node, "responses")).map(([status, response]) => {
    const where = `${pointer}/responses/${status}`;
    return [status, completeCarrier(context, response, "answer", where)];
  });
  return {
    ...node,
    parameters: parameters.map((parameter) => completeParameter(context, parameter, pointer)),
    ...(node.requestBody !== undefined && {
      requestBody: completeCarrier(context, node.requestBody, "request", `${pointer}/requestBody`),
    }),
    responses: Object.fromEntries(responses),
  };
}

function completeParameter(context: Context, parameter: JsonObject, pointer: string): JsonObject {
  const { example, examples, ...rest } = parameter;
  const written = [
    ...(example === undefined ? [] : [example]),
    ...Object.values(writtenExamples(context, { examples })),
  ];
  const fitting = written.find((value) => context.checker.fits(parameter.schema, value));
  if (fitting !== undefined) return { ...rest, example: fitting };
  const derived = derive(context, parameter.schema, "request", true);
  if (derived === undefined) throw underivable(`${pointer}, parameter ${parameter.name}`);
  return { ...rest, example: derived.value };
}

/** A request body or a response. */
function completeCarrier(context: Context, node: unknown, direction: Direction, pointer: string): JsonObject {
  const carrier = deref(context.document, node);
  if (carrier.content === undefined) return carrier;
  const content = Object.entries(objectAt(carrier, "content")).map(([type, media]) => {
    if (!/json/i.test(type) || !isObject(media) || media.schema === undefined) return [type, media];
    const where = `${pointer}/content/${toPointer([type]).slice(2)}`;
    return [type, { ...media, example: undefined, examples: mediaExamples(context, media, direction, where) }];
  });
  return { ...carrier, content: Object.fromEntries(content) };
}

function mediaExamples(context: Context, media: JsonObject, direction: Direction, where: string): JsonObject {
  const { schema } = media;
  const written = Object.entries(writtenExamples(context, media));
  const fitting = written.filter(([, value]) => context.checker.fits(schema, value));
  if (fitting.length > 0) return named(fitting);
  const values = [false, true].flatMap((isComplete) => derive(context, schema, direction, isComplete) ?? []);
  const [least, most] = values;
  if (least === undefined) throw underivable(where);
  const isSame = most === undefined || JSON.stringify(least) === JSON.stringify(most);
  return named([["derived", least.value], ...(isSame ? [] : [["derived_complete", most.value] as const])]);
}

function named(values: readonly (readonly [string, unknown])[]): JsonObject {
  return Object.fromEntries(values.map(([name, value]) => [name, { value }]));
}

/** The values of `example` and `examples`, by name. */
function writtenExamples({ document }: Context, { example, examples }: JsonObject): JsonObject {
  const several = isObject(examples) ? Object.entries(examples) : arrayAt({ examples }, "examples").entries();
  const values = [...several].map(([name, one]) => [String(name), deref(document, one).value] as const);
  return Object.fromEntries([...(example === undefined ? [] : [["example", example] as const]), ...values]);
}

function derive(
  context: Context,
  schema: unknown,
  direction: Direction,
  isComplete: boolean,
): { value: unknown } | undefined {
  const question = JSON.stringify([schema, direction, isComplete]);
  const found = context.derived.get(question) ?? deriveValue(schema, { ...context, direction, isComplete });
  context.derived.set(question, found);
  return found;
}

function underivable(where: string): InputProblem {
  return new InputProblem({
    where,
    what: "There is no example that fits the schema, and none can be derived from it.",
    fix: "give it an example, in the description or in openapi/overlay.yaml.",
  });
}
