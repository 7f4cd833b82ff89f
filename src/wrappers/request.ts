import { serializePrimitiveParam } from "openapi-fetch";
import type { Operation } from "../operation.js";
import { isPlainObject } from "./checks.js";
import { type ErrorContext, UsageError } from "./errors.js";

/** One request, ready to be sent any number of times. `send.ts` adds the token for each attempt. */
export interface HttpRequest {
  readonly url: string;
  readonly method: Operation["method"];
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes come only from the path client or from middleware. */
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  /** Whether the bytes of the response are kept too, because its body may be something other than text. */
  readonly keepBytes?: boolean | undefined;
  /** Whether middleware sends it to another origin, which must not receive the token. */
  readonly isCrossOrigin?: boolean | undefined;
}

/** The arguments of a method: values for the path template, the query string and the JSON body. */
export interface CallInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: object;
  readonly body?: unknown;
}

const cursors = ["starting_after", "ending_before"];

/** Builds the URL of a call. Throws `UsageError` for a value that would lead to another path. */
export function buildUrl(baseUrl: string, operation: Operation, input: CallInput): string {
  const context = { operation };
  const url = baseUrl + fillPath(operation.path, input.path ?? {}, context);
  const { query } = input;
  if (query === undefined || query === null) return url;
  if (!isPlainObject(query)) throw new UsageError("query", "must be a plain object", context);
  checkCursors(operation, query);
  const search = serializeQuery(query, context);
  return search ? `${url}?${search}` : url;
}

export function checkCursors(operation: Operation, query: Readonly<Record<string, unknown>>): void {
  if (!operation.paging || cursors.some((name) => (query[name] ?? undefined) === undefined)) return;
  const why = "cannot be combined with starting_after: a list is read in one direction";
  throw new UsageError("query.ending_before", why, { operation });
}

/** Puts values into a path template. */
export function fillPath(template: string, values: Readonly<Record<string, unknown>>, context?: ErrorContext): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = values[name];
    // Escaping leaves dots alone, so `get("..")` would quietly call another path; an unpaired surrogate cannot be encoded.
    if (typeof value !== "string" || /^\.{0,2}$|\p{Surrogate}/u.test(value)) {
      throw new UsageError(name, 'must be a non-empty string other than "." and ".."', context);
    }
    // Colons separate the parts of a resource path and are legal in a segment; the API's own examples leave them as they are.
    return encodeURIComponent(value).replaceAll("%3A", ":");
  });
}

/** Serializes a query, without the question mark. A list repeats its name for each value. */
export function serializeQuery(query: object, context?: ErrorContext): string {
  let search = "";
  for (const [name, value] of Object.entries(query)) {
    const before = search;
    for (const one of Array.isArray(value) ? value : [value]) {
      const part = queryPart(name, one, context);
      if (part) search += search ? `&${part}` : part;
    }
    if (Array.isArray(value) && search === before) {
      // An empty list would be missing from the query, which would then match everything instead of nothing.
      throw new UsageError(`query.${name}`, "must not be an empty list, which would filter nothing; omit it", context);
    }
  }
  return search;
}

/** Serializes one `name=value`. Returns an empty string for a missing value. */
function queryPart(name: string, value: string, context: ErrorContext | undefined): string {
  try {
    if (typeof value !== "number" || Number.isFinite(value)) return serializePrimitiveParam(name, value);
  } catch {
    // The original error may quote the value.
  }
  throw new UsageError(`query.${name}`, "cannot be part of a URL", context);
}

/** Serializes a body as JSON. Throws `UsageError` where JSON would silently change a value. */
export function serializeBody(operation: Operation, body: unknown): string | undefined {
  if (body === undefined || body === null) {
    if (operation.body) throw new UsageError("body", "is required", { operation });
    return undefined;
  }
  try {
    const json = JSON.stringify(body);
    // JSON without `null` and `{}` lost nothing: `NaN` becomes `null`, and a `Map` becomes `{}`.
    if (json !== undefined && !json.includes("{}") && !json.includes("null")) return json;
  } catch {
    // `checkedJson` fails for the same reason, and reports it.
  }
  return checkedJson(operation, body);
}

const typeName = (value: unknown) => Object.prototype.toString.call(value);

/** Serializes a body with the slower check of every value. */
function checkedJson(operation: Operation, body: unknown): string {
  const refuse = (field: string, why: string) => new UsageError(field, why, { operation });
  try {
    const json: string | undefined = JSON.stringify(body, (name, value) => {
      const lost = typeof value === "number" ? !Number.isFinite(value) : typeof value === "bigint";
      if (lost) throw refuse(`body.${name}`, "must be a finite number");
      const serializesToNothing =
        Object(value) === value && !/^\[object (Object|Array|Function)]$/.test(typeName(value));
      if (serializesToNothing && Object.keys(value).length === 0) {
        throw refuse(name ? `body.${name}` : "body", "would be serialized as {}; pass a plain object");
      }
      return value;
    });
    // The body is a function or a symbol, or its `toJSON` returns nothing.
    if (json === undefined) throw refuse("body", "cannot be written as JSON");
    return json;
  } catch (error) {
    // The error for a circular structure may quote the body, and an error from a `toJSON` may contain anything.
    throw UsageError.is(error) ? error : refuse("body", "cannot be written as JSON");
  }
}

/** Checks the caller's headers and returns them with lowercase names. Headers that have an option of their own are refused. */
export function checkHeaders(
  headers: Readonly<Record<string, string>>,
  reserved: Readonly<Record<string, string>> = reservedHeaders,
  field = "options.headers",
): Record<string, string> {
  // A `Headers` or a `Map` has no own properties, so an idempotency key in it would silently be lost.
  if (!isPlainObject(headers)) {
    throw new UsageError(field, 'must be a plain object of strings, such as { "x-trace": "7" }');
  }
  const entries = Object.entries(headers).map(([name, value]) => {
    const lowerName = name.toLowerCase();
    const reason = Object.hasOwn(reserved, lowerName) ? reserved[lowerName] : undefined;
    if (reason) throw new UsageError(field, `must not contain "${lowerName}": ${reason}`);
    // Neither name nor value is quoted, because it may be a misplaced secret.
    if (!headerName.test(name)) throw new UsageError(field, "contains an invalid header name");
    if (typeof value !== "string" || !headerValue.test(value)) {
      throw new UsageError(field, "contains a value that is not a string of printable Latin-1 characters");
    }
    return [lowerName, value];
  });
  return Object.fromEntries(entries);
}

const setByTransport = "the transport sets it";

/** Headers that callers must not set, and why. A wrong length, for example, would hang or truncate the body. */
export const transportHeaders: Readonly<Record<string, string>> = {
  authorization: "use the client's token option, which may be a function that returns a fresh token for each attempt",
  connection: setByTransport,
  "content-length": setByTransport,
  expect: setByTransport,
  "keep-alive": setByTransport,
  te: setByTransport,
  trailer: setByTransport,
  "transfer-encoding": setByTransport,
  upgrade: setByTransport,
};

const reservedHeaders = { ...transportHeaders, "idempotency-key": "use the call's idempotencyKey option" };

const headerName = /^[!#$%&'*+.^_`|~\w-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
