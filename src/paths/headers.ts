import { isPlainObject } from "../wrappers/checks.js";
import { UsageError } from "../wrappers/errors.js";
import { checkHeaders } from "../wrappers/request.js";

type Value = string | number | boolean;

/** Headers as openapi-fetch takes them. `null` unsets a header of the client's. */
export type PathHeaders =
  | NonNullable<RequestInit["headers"]>
  | Readonly<Record<string, Value | Value[] | null | undefined>>;

/** Checked headers, with names in lower case. */
export type ReadHeaders = Readonly<Record<string, Value | Value[] | null>>;

export const keyHeader = "idempotency-key";

/**
 * Headers in the one form that openapi-fetch reads whole. It ignores a `Map` and what a class hides, and takes a list of pairs for headers named "0"
 * and "1"; an idempotency key in one of them would be lost, and a program that runs twice would buy twice.
 */
export function readHeaders(field: string, given: unknown): ReadHeaders {
  const headers: Record<string, Value | Value[] | null> = Object.create(null);
  for (const [name, value] of entriesOf(field, given ?? {})) {
    if (value === undefined) continue;
    if (value !== null && ![value].flat().every(isValue)) throw invalid(field, "holds a value that is not text");
    const lower = name.toLowerCase();
    const earlier = headers[lower];
    headers[lower] = (value && earlier ? [earlier, value].flat() : value) as Value | Value[] | null;
    if (value !== null && lower !== keyHeader) checkHeaders({ [lower]: String(headers[lower]) });
  }
  return headers;
}

/** Headers for every call of a client, where a key would stand for all of them. */
export function readClientHeaders(given: unknown): ReadHeaders {
  const headers = readHeaders("headers", given);
  if (!headers[keyHeader]) return headers;
  throw invalid("headers", "cannot hold idempotency-key, which stands for one write: pass idempotencyKey to the call");
}

function entriesOf(field: string, given: unknown): [string, unknown][] {
  if (typeof given === "object" && given !== null) {
    if (isPlainObject(given)) return Object.entries(given);
    // A `Headers`, also one of another library's, a list, a `Map`.
    const pairs = Symbol.iterator in given ? [...(given as Iterable<unknown>)] : [undefined];
    if (pairs.every(isPair)) return pairs;
  }
  throw invalid(field, "must be a plain object, a Headers or a list of pairs");
}

function isPair(value: unknown): value is [string, Value] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && isValue(value[1]);
}

function isValue(value: unknown): value is Value {
  return ["string", "number", "boolean"].includes(typeof value);
}

function invalid(field: string, why: string): UsageError {
  return new UsageError(`options.${field}`, why);
}
