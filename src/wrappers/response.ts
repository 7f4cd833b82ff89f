import type { Operation } from "../operation.js";
import { ApiError, type ApiErrorDetail, DecodeError, type ErrorContext } from "./errors.js";
import { isSuccess, retryAfterMs } from "./retry.js";
import type { FinalResponse, PreparedCall } from "./send.js";

/** A response whose body has been read, within the attempt's time limit. */
export interface CompleteResponse {
  readonly response: Response;
  /** `undefined` when the body is larger than `maxResponseBytes`, or the attempt was aborted while the body was read. */
  readonly text: string | undefined;
  /** The body as bytes, when the request has `keepBytes`. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
  /** Removes the token from text that the server sent, before it appears in messages, events or logs. */
  readonly redact: (text: string) => string;
}

/** How a body is read. */
export interface ReadOptions {
  /** The largest body that is read to its end, in bytes after decompression. */
  readonly maxBytes: number;
  /** Whether the attempt has ended, so that the body is no longer needed. */
  readonly isOver: () => boolean;
  readonly redact: (text: string) => string;
  readonly keepBytes?: boolean | undefined;
}

/** Reads the body of a response to its end. */
export async function readBody(response: Response, options: ReadOptions): Promise<CompleteResponse> {
  const { redact, keepBytes } = options;
  const body = await readToEnd(response, options);
  // Decoded once at the end: decoding each chunk needs a decoder that keeps state, which takes several times as long.
  const text = typeof body === "object" ? new TextDecoder().decode(body) : body;
  const bytes = keepBytes && typeof body === "object" ? body : undefined;
  return { response, text: isSuccess(response.status) || !text ? text : redactBody(text, redact), bytes, redact };
}

/** Reads a body as bytes from its stream, or as text where no stream is needed. Returns `undefined` when the body is too large or no longer needed. */
async function readToEnd(
  response: Response,
  { maxBytes, isOver, keepBytes }: ReadOptions,
): Promise<string | Uint8Array<ArrayBuffer> | undefined> {
  const { headers } = response;
  const length = headers.get("content-length");
  // The length of a compressed body is not its size.
  const size = !length || headers.get("content-encoding") !== null ? Number.NaN : Number(length);
  // The response to HEAD has a `content-length` but no body.
  if (size > maxBytes && response.body) {
    await response.body.cancel?.();
    return undefined;
  }
  // `response.body` is accessed only when it is needed, because the access can create a stream.
  const body = size >= 0 && !keepBytes ? null : response.body;
  // The body of the node-fetch package is a Node.js stream, without `getReader`.
  if (typeof body?.getReader !== "function") {
    const text = await response.text();
    return text.length > maxBytes ? undefined : text;
  }
  const reader = body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let read = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return joinChunks(chunks, read);
    read += value.length;
    if (read > maxBytes || isOver()) {
      await reader.cancel();
      return undefined;
    }
    // A stream from the caller's `fetch` may contain values of any type. The error needs no message: only its type is shown.
    if (!ArrayBuffer.isView(value)) throw new TypeError();
    chunks.push(value);
  }
}

/** Joins the chunks of a body. Most bodies have one chunk, which is not copied. */
function joinChunks(chunks: readonly Uint8Array<ArrayBuffer>[], size: number): Uint8Array<ArrayBuffer> {
  const [first] = chunks;
  if (first?.length === size) return first;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * Creates a copy of the response with the body that was read. Headers and a status text that `Response` refuses are dropped, because an error here would
 * hide that a write succeeded.
 */
export function toResponse(complete: CompleteResponse): Response {
  const { response, text, bytes, redact } = complete;
  // The response of a custom `fetch` may have no status text.
  const { status, statusText = "", url } = response;
  // `Response` refuses a status outside of this range. A browser's opaque redirect has the status 0.
  if (status < 200 || status > 599) return Response.error();
  const ok = isSuccess(status);
  const hasBody = text && ![204, 205, 304].includes(status);
  const headers = readableHeaders(complete, ok);
  // openapi-fetch treats `content-length: 0` as no body.
  if (hasBody && headers.get("content-length") === "0") headers.delete("content-length");
  const reason = /^[\t\x20-\x7e\x80-\xff]*$/.test(statusText) ? statusText : "";
  const init = { status, statusText: ok ? reason : redact(reason), headers };
  const copy = new Response(hasBody ? (ok && bytes) || text : null, init);
  return url ? Object.defineProperty(copy, "url", { value: url }) : copy;
}

function readableHeaders(complete: CompleteResponse, ok: boolean): Headers {
  try {
    return new Headers([...(ok ? complete.response.headers : redactHeaders(complete))]);
  } catch {
    return new Headers();
  }
}

/** The last token and the pattern that finds it. Creating the pattern takes longer than using it, and most calls have the same token as the previous one. */
let lastPattern: { readonly token: string; readonly pattern: RegExp } | undefined;

/** Removes the token from a text: a gateway may quote the request that it refuses. A token of fewer than 16 characters is kept: it could match ordinary text. */
export function redactToken(text: string, token: string): string {
  if (token.length < 16) return text;
  if (lastPattern?.token !== token) {
    const forms = [token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)];
    const pattern = forms.map((form) => form.replace(/\W/g, "\\$&")).join("|");
    lastPattern = { token, pattern: new RegExp(pattern, "gi") };
  }
  return text.replace(lastPattern.pattern, "[token]");
}

/** Removes the token from a body. JSON is serialized again first, so that escaped forms are found too. */
function redactBody(text: string, redact: (text: string) => string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return redact(text);
  }
  try {
    const json = JSON.stringify(value);
    const redacted = redact(json);
    return redacted === json ? text : redacted;
  } catch {
    // The JSON is nested too deeply to be serialized. The service sends no such error.
    return "";
  }
}

/** Removes the token from headers. Returns the same headers when they do not contain it. */
function redactHeaders({ response: { headers }, redact }: CompleteResponse): Headers {
  // The caller's `fetch` may return headers that cannot be iterated.
  if (!(Symbol.iterator in headers)) return new Headers();
  const entries = [...headers].map(([name, value]) => [name, redact(value)] as [string, string]);
  return entries.every(([name, value]) => headers.get(name) === value) ? headers : new Headers(entries);
}

/** The content of a final response: the decoded body, which is `undefined` without one, or the service's error. */
export interface ParsedResponse {
  readonly data?: unknown;
  readonly error?: ApiError | undefined;
}

/** Parses a final response. Throws `DecodeError` for a success that cannot be read. */
export function parseResponse(call: PreparedCall, final: FinalResponse): ParsedResponse {
  const { operation } = call;
  const { response, text } = final;
  if (isSuccess(response.status)) {
    // A body is parsed even when none is declared, because a page of a gateway must not count as a success.
    if (operation.empty && text === "") return {};
    // A successful response of an unknown path may have any content, so its body is not parsed. A body that is too large was not read.
    if (call.request.keepBytes && text !== undefined) return {};
    const data = decode(call, final);
    return operation.empty ? {} : { data };
  }
  const error = parseErrorBody(text ?? "");
  return isOwnDeletion(operation, final, error) ? {} : { error: makeApiError(call, final, error) };
}

/** Whether a 404 shows that an earlier attempt of this call may have deleted the resource. A 404 of a gateway does not show that. */
function isOwnDeletion(
  { repeat404 }: Operation,
  { response, earlierUnknown }: FinalResponse,
  { type }: ErrorBody,
): boolean {
  return repeat404 === "done" && response.status === 404 && earlierUnknown && type !== undefined;
}

function decode(call: PreparedCall, final: FinalResponse): object {
  const { response, text, attempts, redact } = final;
  const fail = (what: string) =>
    // Ambiguous once a request was sent: the response may come from a gateway, and then the write may not have been applied.
    new DecodeError(`${response.status} with ${what}.`, response.status, errorContext(call, attempts, attempts > 0));
  if (text === undefined) {
    throw fail(`a body that is larger than maxResponseBytes (${call.limits.maxResponseBytes} bytes)`);
  }
  let value: unknown;
  let inexact: string | undefined;
  try {
    value = JSON.parse(text);
    inexact = inexactNumber(value);
  } catch {
    throw fail(text ? `a body that is not JSON (${contentType(final)}), or is cut short` : "an empty body");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw fail("JSON that is not an object");
  // A number beyond 2^53 has already lost digits. A wrong `seqnum`, for example, would skip or repeat lines.
  if (inexact !== undefined) throw fail(`a number in "${redact(inexact)}" that is too large to be exact`);
  return value;
}

/** Returns the name of the first member that is a number beyond 2^53, or a list with one: such numbers are not exact. */
export function inexactNumber(value: unknown, name = ""): string | undefined {
  if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER ? name : undefined;
  return typeof value === "object" && value !== null ? inexactMember(value, name) : undefined;
}

/** Searches an object or array. Arrays have their own loop: `for in` converts each index to a string, which takes longer than everything else here. */
function inexactMember(value: object, name: string): string | undefined {
  if (Array.isArray(value)) {
    for (const item of value) {
      const inexact = inexactNumber(item, name);
      if (inexact !== undefined) return inexact;
    }
    return undefined;
  }
  for (const key in value) {
    const inexact = inexactNumber((value as Record<string, unknown>)[key], key);
    if (inexact !== undefined) return inexact;
  }
  return undefined;
}

const contentType = ({ response: { headers }, redact }: FinalResponse) =>
  redact(headers.get("content-type")?.split(";")[0] ?? "no content type");

function makeApiError(call: PreparedCall, final: FinalResponse, { type, message, details }: ErrorBody): ApiError {
  const { response, attempts, unknown, redact } = final;
  const { status } = response;
  const headers = redactHeaders(final);
  const reason = isRedirect(status)
    ? redact(describeRedirect(headers))
    : (message ?? `the response has no error body (${contentType(final)}).`);
  return new ApiError(
    `${status || "redirect"}${type ? ` ${type}` : ""}: ${reason}`,
    {
      status,
      type: type ?? "unknown",
      details: details ?? [],
      headers,
      requestId: readRequestId(final),
      retryAfterMs: retryAfterMs(headers.get("retry-after"), call.settings.runtime.dateMs()),
    },
    { ...errorContext(call, attempts, unknown), budgetUsedUp: final.budgetUsedUp },
  );
}

/** Whether a status is a redirect to another URL. A browser's opaque redirect has the status 0. */
const isRedirect = (status: number) => [0, 301, 302, 303, 307, 308].includes(status);

function describeRedirect(headers: Headers): string {
  let target = "another URL";
  try {
    // Only the origin is shown, because a presigned URL has a credential in its query.
    target = new URL(headers.get("location") ?? "").origin;
  } catch {
    // The target is relative, missing, or hidden by a browser.
  }
  return `a redirect to ${target} was not followed; check baseUrl`;
}

interface ErrorBody {
  readonly type?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: ApiErrorDetail[] | undefined;
}

/** Parses the service's error body. Returns an empty object for any other body: a gateway's may be HTML, or empty. */
function parseErrorBody(text: string): ErrorBody {
  try {
    const { type, message, details } = (JSON.parse(text) as { error: Record<string, unknown> }).error;
    return {
      type: stringOrUndefined(type),
      message: stringOrUndefined(message),
      details: Array.isArray(details) ? details : undefined,
    };
  } catch {
    return {};
  }
}

const stringOrUndefined = (value: unknown) => (typeof value === "string" ? value : undefined);

/** The context of an error. `unknown` is true when a request may have been processed. */
export function errorContext(
  { operation, idempotencyKey }: Pick<PreparedCall, "operation" | "idempotencyKey">,
  attempts: number,
  unknown: boolean,
): ErrorContext {
  return { operation, attempts, idempotencyKey, ambiguous: unknown && operation.retry !== "read" };
}

/** Returns the request id from the service or a gateway before it. No header for it is documented, so the usual ones are read. */
export function readRequestId({ response: { headers }, redact }: CompleteResponse): string | undefined {
  // `undefined` when the caller's `fetch` returns a `Map` as headers.
  const id: string | null | undefined = headers.get("x-request-id") ?? headers.get("request-id");
  return id === null || id === undefined ? undefined : redact(id);
}
