import { serializePrimitiveParam } from "openapi-fetch";
import type { Operation } from "../operation.js";
import type { Fetch } from "../options.js";
import { type ErrorContext, UsageError } from "./errors.js";

/** One request, ready to be sent any number of times. The token is added for each attempt. */
export interface HttpRequest {
  readonly url: string;
  readonly method: Operation["method"];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** One complete answer: its body has been read, within the attempt's time limit. */
export interface Answer {
  readonly response: Response;
  readonly text: string;
}

/** What a method passes on: values for the path template, the query string and the JSON body. */
export interface CallInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: object;
  readonly body?: unknown;
}

/** Sends once. A redirect is not followed: the runtime would drop the token, or send the body somewhere else. */
export async function send(
  fetch: Fetch,
  { url, method, headers, body }: HttpRequest,
  token: string,
  signal: AbortSignal,
): Promise<Answer> {
  const init: RequestInit = {
    method,
    headers: { ...headers, authorization: `Bearer ${token}` },
    redirect: "manual",
    signal,
  };
  // Left out rather than undefined: not every runtime treats the two alike.
  if (body !== undefined) init.body = body;
  const response = await fetch(url, init);
  if (signal.aborted) {
    // A `fetch` that ignores its signal answers late. Nobody reads that body, so it is let go; who waited has been told.
    await response.body?.cancel();
    signal.throwIfAborted();
  }
  const text = await response.text();
  return { response, text: response.ok ? text : withoutToken(text, token) };
}

/** A gateway may quote the request that it refuses, and its words end up in messages and logs. Short tokens are words of a test. */
function withoutToken(text: string, token: string): string {
  return token.length < 16 ? text : text.replaceAll(token, "[token]");
}

const cursors = ["starting_after", "ending_before"];

/** The address of a call. Throws `UsageError` for a value that would lead somewhere else. */
export function urlOf(baseUrl: string, operation: Operation, { path = {}, query = {} }: CallInput): string {
  const context = { operation };
  if (operation.paging && cursors.every((name) => (query as Record<string, unknown>)[name] !== undefined)) {
    throw new UsageError(
      "query.ending_before",
      "cannot go with starting_after: a list is read in one direction",
      context,
    );
  }
  const search = queryString(query, context);
  return baseUrl + fillPath(operation.path, path, context) + (search && `?${search}`);
}

/** A path template with its values in place. */
export function fillPath(template: string, values: Readonly<Record<string, unknown>>, context?: ErrorContext): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = values[name];
    // Escaping leaves dots alone, so `get("..")` would quietly call another path; half of a character cannot be escaped.
    if (typeof value !== "string" || /^\.{0,2}$|\p{Surrogate}/u.test(value)) {
      throw new UsageError(name, 'must be a non-empty string other than "." and ".."', context);
    }
    // Colons separate the parts of a resource path and are legal in a segment; the API's own examples leave them as they are.
    return encodeURIComponent(value).replaceAll("%3A", ":");
  });
}

/** A query string without its question mark; lists repeat their name. */
export function queryString(query: object, context?: ErrorContext): string {
  let search = "";
  for (const [name, value] of Object.entries(query)) {
    const before = search;
    for (const one of Array.isArray(value) ? value : [value]) {
      const part = queryPart(name, one, context);
      if (part) search += search ? `&${part}` : part;
    }
    if (Array.isArray(value) && search === before) {
      // It would vanish from the query, and match everything instead of nothing.
      throw new UsageError(`query.${name}`, "an empty list filters nothing; leave it out", context);
    }
  }
  return search;
}

/** One `name=value`; nothing for a value that is absent. */
function queryPart(name: string, value: string, context: ErrorContext | undefined): string {
  try {
    if (typeof value !== "number" || Number.isFinite(value)) return serializePrimitiveParam(name, value);
  } catch {
    // Not passed on: it may quote the value.
  }
  throw new UsageError(`query.${name}`, "cannot be part of an address", context);
}

/** The JSON of a body. Throws `UsageError` where JSON would quietly change a value. */
export function jsonOf(operation: Operation, body: unknown): string | undefined {
  if (body === undefined && operation.body) throw new UsageError("body", "is required", { operation });
  try {
    const json = JSON.stringify(body);
    // A number that JSON does not have becomes null.
    if (!json?.includes("null")) return json;
  } catch {
    // The closer look finds the reason again.
  }
  return checkedJson(operation, body);
}

/** As above, for a body that needs the slower, closer look. */
function checkedJson(operation: Operation, body: unknown): string {
  const refuse = (field: string, why: string) => new UsageError(field, why, { operation });
  try {
    return JSON.stringify(body, (name, value) => {
      const lost = typeof value === "number" ? !Number.isFinite(value) : typeof value === "bigint";
      if (lost) throw refuse(`body.${name}`, "must be a finite number");
      return value;
    });
  } catch (error) {
    // Anything else is not passed on: it quotes the body (a circle), or comes from a `toJSON` and can hold anything.
    throw UsageError.is(error) ? error : refuse("body", "cannot be written as JSON");
  }
}

/** The caller's headers in lower case. What has an option of its own may not come in through the side door. */
export function extraHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => {
    const fits = headerName.test(name) && typeof value === "string" && headerValue.test(value);
    // Neither is quoted: the runtime's own complaint about a bad header would print it.
    if (!fits) throw new UsageError("options.headers", "holds what is not a header, or has an option of its own");
    return [name.toLowerCase(), value];
  });
  return Object.fromEntries(entries);
}

const headerName = /^(?!(authorization|idempotency-key)$)[!#$%&'*+.^_`|~\w-]+$/i;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The address without a trailing slash. The token leaves only over `https:` or to this machine, unless told otherwise. */
export function checkBaseUrl(baseUrl: string, allowInsecure: boolean): string {
  const { protocol, hostname = "", origin = "", pathname = "", href = "" } = urlFrom(baseUrl);
  const loopback = /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  const safe = protocol === "https:" || (protocol === "http:" && (loopback || allowInsecure));
  // Whatever else an address can hold comes before or after these two.
  if (safe && href === origin + pathname) return href.replace(/\/+$/, "");
  throw new UsageError(
    "options.baseUrl",
    "must be https:, or http: to this machine (see allowInsecure), without credentials, query and fragment",
  );
}

/** An address; without any part where it is none. */
function urlFrom(text: string): Partial<URL> {
  try {
    return new URL(text);
  } catch {
    return {};
  }
}
