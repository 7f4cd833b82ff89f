import { createQuerySerializer } from "openapi-fetch";
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
export async function send(fetch: Fetch, request: HttpRequest, token: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(request.url, {
    method: request.method,
    headers: { ...request.headers, authorization: `Bearer ${token}` },
    redirect: "manual",
    signal,
    // Left out rather than undefined: not every runtime treats the two alike.
    ...(request.body === undefined ? undefined : { body: request.body }),
  });
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

/** The address of a call. Throws `UsageError` for a value that would lead somewhere else. */
export function urlOf(baseUrl: string, operation: Operation, { path = {}, query = {} }: CallInput): string {
  const search = queryString(query, { operation });
  return baseUrl + fillPath(operation.path, path, { operation }) + (search && `?${search}`);
}

/** A path template with its values in place. */
export function fillPath(
  template: string,
  values: Readonly<Record<string, unknown>>,
  context: ErrorContext = {},
): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = values[name];
    // Escaping leaves dots alone, so `get("..")` would quietly call another path.
    if (typeof value !== "string" || value === "" || value === "." || value === ".." || halfCharacter.test(value)) {
      throw new UsageError(name, 'must be a non-empty string other than "." and ".."', context);
    }
    // Colons separate the parts of a resource path and are legal in a segment; the API's own examples leave them as they are.
    return encodeURIComponent(value).replaceAll("%3A", ":");
  });
}

/** Half of a character that takes two units; it cannot be escaped. */
const halfCharacter = /\p{Surrogate}/u;

const serializeQuery = /* @__PURE__ */ createQuerySerializer();

/** A query string without its question mark; lists repeat their name. */
export function queryString(query: object, context: ErrorContext = {}): string {
  for (const [name, value] of Object.entries(query)) {
    // An empty filter would vanish from the query and match everything instead of nothing.
    if (Array.isArray(value) && value.length === 0) {
      throw new UsageError(`query.${name}`, "an empty list filters nothing; leave it out or name a value", context);
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new UsageError(`query.${name}`, "must be a finite number", context);
    }
  }
  try {
    return serializeQuery(query);
  } catch {
    // Not passed on: it may quote a value.
    throw new UsageError("query", "holds a value that cannot be part of an address", context);
  }
}

/** The JSON of a body. Throws `UsageError` where JSON would quietly change a value. */
export function jsonOf(operation: Operation, body: unknown): string | undefined {
  if (body === undefined) {
    if (operation.body) throw new UsageError("body", "is required", { operation });
    return undefined;
  }
  try {
    return JSON.stringify(body, (name, value) => {
      const lost = (typeof value === "number" && !Number.isFinite(value)) || typeof value === "bigint";
      if (lost) throw new UsageError(`body.${name}`, "must be a finite number", { operation });
      return value;
    });
  } catch (error) {
    // Anything else is not passed on: it quotes the body (a circle), or comes from a `toJSON` and can hold anything.
    throw UsageError.is(error) ? error : new UsageError("body", "cannot be written as JSON", { operation });
  }
}

/** The caller's headers in lower case. What has an option of its own may not come in through the side door. */
export function extraHeaders(headers: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    // Names and values are never quoted here: the runtime's own complaint about a bad header would print them.
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
      throw new UsageError("options.headers", "holds a name that is not a header's");
    }
    const key = name.toLowerCase();
    if (key === "authorization" || key === "idempotency-key") {
      throw new UsageError(`options.headers.${name}`, "has an option of its own");
    }
    if (typeof value !== "string" || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new UsageError(`options.headers.${name}`, "is not a valid header");
    }
    result[key] = value;
  }
  return result;
}

/** The address without a trailing slash. The token leaves only over `https:` or to this machine, unless told otherwise. */
export function checkBaseUrl(baseUrl: string, allowInsecure: boolean): string {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new UsageError("options.baseUrl", "must be an absolute URL");
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError("options.baseUrl", "must not hold credentials, a query or a fragment");
  }
  const loopback = /^(localhost|(.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && (loopback || allowInsecure))) {
    throw new UsageError(
      "options.baseUrl",
      "must be https: or a loopback address, or the token could be read on the way; see allowInsecure",
    );
  }
  return (url.origin + url.pathname).replace(/\/+$/, "");
}
