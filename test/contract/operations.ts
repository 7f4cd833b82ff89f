/** The table of contract tests. It is read from a description, so it includes every operation. */

import {
  isSuccess,
  listOperations,
  queryParameter,
  type RawOperation,
  whyLeftOut,
  whyUnsendable,
} from "../../scripts/generate/operations.js";
import { objectAt, textAt } from "../../scripts/lib/json.js";
import { deref, property } from "../../scripts/lib/openapi.js";
import type { Operation } from "../../src/operation.js";

/** The arguments of a method before its options: path parameters, then the body or the query. */
export type CallExample = readonly unknown[];

/** One operation, with everything that its tests need. */
export interface ContractCase {
  readonly operation: Operation;
  /** Calls with only the required arguments, one for each example of the body. */
  readonly required: Record<string, CallExample>;
  /** Calls with all optional arguments too, and one direction of paging in each. */
  readonly complete: Record<string, CallExample>;
  /** Headers that every call requires. */
  readonly headers: Readonly<Record<string, string>>;
  /** `status` may be a range, such as `2XX`. */
  readonly success: { readonly status: string; readonly examples: Record<string, unknown> };
  readonly errors: readonly { readonly status: number; readonly type: string | undefined }[];
}

/** Returns a case for each operation of a description whose examples are complete. */
export function contractCases(document: unknown, descriptors: readonly Operation[]): ContractCase[] {
  return listOperations(document)
    .operations.filter((operation) => whyLeftOut(operation) === undefined)
    .map((operation) => contractCase(document, operation, descriptors));
}

function contractCase(document: unknown, raw: RawOperation, descriptors: readonly Operation[]): ContractCase {
  const operation = descriptors.find(({ method, path }) => method === raw.http && path === raw.path);
  if (operation === undefined) throw new Error(`${raw.id} has no descriptor`);
  const bodies = examplesOf(document, raw.node.requestBody);
  const success = raw.responses.find(isSuccess);
  if (success === undefined) throw new Error(`${raw.id} declares no success`);
  const responses = objectAt(raw.node, "responses");
  const calls = (wanted: Wanted) => withBodies(document, bodies, raw, wanted);
  return {
    operation,
    required: calls(({ required }) => required === true),
    complete: Object.assign(
      {},
      ...directions(raw).map(([direction, other]) =>
        prefixed(
          direction,
          calls(({ name }) => name !== other),
        ),
      ),
    ) as Record<string, CallExample>,
    headers: requiredHeaders(raw),
    success: { status: success.status, examples: examplesOf(document, responses[success.status]) },
    errors: Object.entries(responses)
      .filter(([status]) => /^[1345]\d\d$/.test(status))
      .map(([status, response]) => ({ status: Number(status), type: errorType(document, response) })),
  };
}

/** A list is read in one direction: the client refuses both cursors at once. */
function directions(operation: RawOperation): [string, string][] {
  const both = ["starting_after", "ending_before"].every((cursor) => queryParameter(operation, cursor));
  return both
    ? [
        ["forward", "ending_before"],
        ["backward", "starting_after"],
      ]
    : [["complete", ""]];
}

function prefixed<T>(prefix: string, record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix} ${name}`.trim(), value]));
}

type Wanted = (parameter: { readonly name?: unknown; readonly required?: unknown }) => boolean;

/** The arguments of one call for each example of the body, or of a single call when there is no body. */
function withBodies(
  document: unknown,
  bodies: Record<string, unknown>,
  operation: RawOperation,
  wanted: Wanted,
): Record<string, CallExample> {
  const path = pathValues(operation);
  const queries = operation.parameters.filter(
    (parameter) => parameter.in === "query" && whyUnsendable(document, parameter) === undefined,
  );
  const values = Object.fromEntries(queries.filter(wanted).map(({ name, example }) => [String(name), example]));
  const query = queries.length > 0 ? [values] : [];
  if (operation.http === "GET" || operation.body === undefined) return { "": [...path, ...query] };
  return Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, [...path, body, ...query]]));
}

function requiredHeaders({ parameters }: RawOperation): Record<string, string> {
  const required = parameters.filter(({ in: place, required, name }) => {
    return place === "header" && required === true && String(name).toLowerCase() !== "idempotency-key";
  });
  return Object.fromEntries(required.map(({ name, example }) => [String(name), String(example)]));
}

/** The path parameters in the order of the path, which is that of the method. */
function pathValues({ path, parameters }: RawOperation): unknown[] {
  const names = new Set([...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name));
  const find = (wire: unknown) => parameters.find((parameter) => parameter.in === "path" && parameter.name === wire);
  return [...names].map((name) => String(find(name)?.example));
}

function examplesOf(document: unknown, carrier: unknown): Record<string, unknown> {
  const media = Object.values(objectAt(deref(document, carrier), "content"));
  const examples = objectAt(media[0], "examples");
  return Object.fromEntries(Object.entries(examples).map(([name, example]) => [name, deref(document, example).value]));
}

/** The literal `error.type` in the schema of an error, or else in its example. Some errors declare no body. */
function errorType(document: unknown, response: unknown): string | undefined {
  const [media] = Object.values(objectAt(deref(document, response), "content"));
  const error = property(document, objectAt({ media }, "media").schema, "error");
  const [example] = Object.values(examplesOf(document, response));
  return (
    textAt(deref(document, property(document, error, "type")), "const") ?? textAt(objectAt(example, "error"), "type")
  );
}
