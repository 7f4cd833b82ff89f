import { UsageError } from "../wrappers/errors.js";
import type { HttpRequest } from "../wrappers/request.js";
import { onAbort } from "../wrappers/timeout.js";
import { LightRequest } from "./light-request.js";
import { fetchNames } from "./options.js";

/** The request that openapi-fetch built, or one that middleware returned in its place. */
export type PathRequest = LightRequest | Request;

/** Creates a real `Request`. Throws a `UsageError`, because the runtime's own error quotes headers. */
export function makeRequest(input: RequestInfo | URL, init?: RequestInit): Request {
  try {
    return new Request(input, init);
  } catch {
    throw new UsageError("options", "rejected by fetch; check the URL, method and options");
  }
}

/** Used in place of `Request`, which openapi-fetch creates with `new` and recognizes with `instanceof`. */
export class NativeRequest {
  constructor(url: string, init: RequestInit) {
    // biome-ignore lint/correctness/noConstructorReturn: a subclass would need `Request` when this module is loaded
    return makeRequest(url, init);
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Request;
  }
}

/**
 * Reads a URL as `fetch` does, and removes its fragment. Throws when the URL contains dot segments, or is outside of the base URL, where the token must not
 * be sent.
 */
export function readUrl(baseUrl: string, text: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // A URL that cannot be parsed is refused below.
  }
  if (url === undefined || !url.href.startsWith(`${baseUrl}/`)) {
    throw new UsageError("baseUrl", "must be the client's base URL, because the token is sent there");
  }
  const path = text.replace(/[?#].*$/s, "").replace(/[\t\n\r]/g, "");
  if (/[\\/](\.|%2e){1,2}([\\/]|$)/i.test(path)) {
    throw new UsageError("path", 'cannot have "." or ".." for a segment: it would lead to another path');
  }
  url.hash = "";
  return url;
}

/** Creates a signal for one call. A `Request` leaves a listener on its signal, and many calls may share the caller's. */
export function followSignal(signal: AbortSignal | undefined): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  return { signal: controller.signal, release: onAbort(signal, abort) };
}

export const methods: readonly string[] = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH"];

export function readMethod(given: unknown): string {
  const method = String(given).toUpperCase();
  if (methods.includes(method)) return method;
  throw new UsageError("method", `must be one of ${methods.join(", ")}`);
}

/** Returns the options of `fetch` that middleware changed in the request. */
export function changedFetchInit(request: PathRequest): Record<string, unknown> {
  if (request instanceof LightRequest) return {};
  const plain = makeRequest(request.url);
  const changed = fetchNames.filter((name) => request[name] !== undefined && request[name] !== plain[name]);
  return Object.fromEntries(changed.map((name) => [name, request[name]]));
}

/** Reads the body in a form that can be sent any number of times, and its content type where openapi-fetch sets none. */
export async function readRequestBody(
  request: PathRequest,
): Promise<{ body: HttpRequest["body"]; contentType?: string }> {
  if (request instanceof LightRequest) {
    const { body } = request;
    return body === undefined || typeof body === "string" ? { body } : readBytes(body);
  }
  if (request.body === null) return { body: undefined };
  if (request.bodyUsed)
    throw new UsageError("middleware", "consumed the body of the request; read that of request.clone() instead");
  // Reads a clone, so that middleware can send the same request again.
  return { body: asText(await request.clone().arrayBuffer()) };
}

async function readBytes(body: BodyInit): Promise<{ body: HttpRequest["body"]; contentType?: string }> {
  try {
    const whole = new Response(body);
    const contentType = whole.headers.get("content-type");
    return { body: asText(await whole.arrayBuffer()), ...(contentType !== null && { contentType }) };
  } catch {
    throw new UsageError("body", "cannot be read to its end, or was read before");
  }
}

/** Returns bytes as text if decoding loses nothing, otherwise unchanged. */
function asText(buffer: ArrayBuffer): HttpRequest["body"] {
  const bytes = new Uint8Array(buffer);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}
