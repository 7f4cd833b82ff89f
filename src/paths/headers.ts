import { isPlainObject } from "../wrappers/checks.js";
import { UsageError } from "../wrappers/errors.js";
import { checkHeaders } from "../wrappers/request.js";

type Value = string | number | boolean;

/** Headers in the form that openapi-fetch accepts. `null` removes a header that the client sets. */
export type PathHeaders =
  | NonNullable<RequestInit["headers"]>
  | Readonly<Record<string, Value | Value[] | null | undefined>>;

/** Checked headers, with names in lower case. */
export type ReadHeaders = Readonly<Record<string, Value | Value[] | null>>;

export const keyHeader = "idempotency-key";

/**
 * Converts headers to a plain object, the only form that openapi-fetch always reads. It ignores a `Map`, and reads a list of pairs as headers named "0" and
 * "1". An idempotency key in either would be lost, and a program that runs twice would buy twice.
 */
export function readHeaders(field: string, given: unknown): ReadHeaders {
  const headers: Record<string, Value | Value[] | null> = Object.create(null);
  for (const [name, value] of listEntries(field, given ?? {})) {
    if (value === undefined) continue;
    if (value !== null && ![value].flat().every(isValue))
      throw invalid(field, "contains a value that is not a string, number or boolean");
    const lower = name.toLowerCase();
    const earlier = headers[lower];
    headers[lower] = (value && earlier ? [earlier, value].flat() : value) as Value | Value[] | null;
    if (value !== null && lower !== keyHeader) checkHeaders({ [lower]: String(headers[lower]) });
  }
  return headers;
}

/** Reads the headers that a client sends with every call. An idempotency key is refused, because every write would send it. */
export function readClientHeaders(given: unknown): ReadHeaders {
  const headers = readHeaders("headers", given);
  if (!headers[keyHeader]) return headers;
  throw invalid(
    "headers",
    "must not contain idempotency-key: a key identifies one write; pass idempotencyKey to the call",
  );
}

function listEntries(field: string, given: unknown): [string, unknown][] {
  if (typeof given === "object" && given !== null) {
    if (isPlainObject(given)) return Object.entries(given);
    // An iterable is a `Headers` (perhaps of another library), a list or a `Map`.
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
