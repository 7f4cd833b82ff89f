import type { Operation } from "../operation.js";
import { ApiError, type ApiErrorDetail, DecodeError, type ErrorContext } from "./errors.js";
import type { HttpRequest } from "./request.js";
import { processedBy, retryAfterMs } from "./retry.js";
import type { FinalResponse, PreparedCall } from "./send.js";

/** One complete answer: its body has been read, within the attempt's time limit. */
export interface CompleteResponse {
  readonly response: Response;
  /** `undefined`: the body is larger than `maxResponseBytes`. */
  readonly text: string | undefined;
  /** Takes the token out of whatever the server quotes, for messages, events and logs. */
  readonly redact: (text: string) => string;
}

/** The body, or `undefined` when it is larger than `maxBytes` once it is unpacked; the rest is not read then. */
export async function readText(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
  keep: HttpRequest["keep"],
): Promise<string | undefined> {
  const { headers } = response;
  const length = headers.get("content-length");
  // The size on the way says nothing of a compressed body.
  const size = length === null || headers.has("content-encoding") ? undefined : Number(length);
  if (size !== undefined && size > maxBytes) {
    await response.body?.cancel();
    return undefined;
  }
  // `body` is looked at only where it is needed: a transport may make the stream then.
  const body = size === undefined || keep ? response.body : null;
  if (!body) {
    const text = await response.text();
    return text.length > maxBytes ? undefined : text;
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let read = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    read += value.length;
    if (read > maxBytes || signal.aborted) {
      await reader.cancel();
      return undefined;
    }
    keep?.(value);
    text += decoder.decode(value, { stream: true });
  }
}

/** A gateway may quote the request that it refuses, and its words end up in messages and logs. Short tokens are words of a test. */
export function redactToken(text: string, token: string): string {
  if (token.length < 16) return text;
  const forms = [token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)];
  const pattern = forms.map((form) => form.replace(/\W/g, "\\$&")).join("|");
  return text.replace(new RegExp(pattern, "gi"), "[token]");
}

/** A body without the token, also where it is escaped as JSON allows: written again, every text has one form. */
export function redactBody(text: string, redact: (text: string) => string): string {
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
    // Nested too deep to be written again. Such a body is no error of the service.
    return "";
  }
}

/** Headers without the token; the same ones where none holds it. */
export function redactHeaders({ response: { headers }, redact }: CompleteResponse): Headers {
  // A `fetch` of the caller's may give headers that cannot be listed.
  if (!(Symbol.iterator in headers)) return new Headers();
  const entries = [...headers].map(([name, value]) => [name, redact(value)] as [string, string]);
  return entries.every(([name, value]) => headers.get(name) === value) ? headers : new Headers(entries);
}

/** What a final response means: the decoded body, `undefined` where there is none, or the service's error. */
export interface ParsedResponse {
  readonly data?: unknown;
  readonly error?: ApiError | undefined;
}

/** Parses a final response. Throws `DecodeError` for a success that cannot be read. */
export function parseResponse(call: PreparedCall, final: FinalResponse): ParsedResponse {
  const { operation } = call;
  const { response, text } = final;
  if (processedBy(response.status) === "yes") {
    // A body where none is declared is read too: a page that stands in for the service must not pass for a success.
    if (operation.empty && text === "") return {};
    // The shape of an unknown path's success is unknown too. A body that is too large was not read.
    if (call.request.keep && text !== undefined) return {};
    const data = decode(call, final);
    return operation.empty ? {} : { data };
  }
  const error = parseErrorBody(text ?? "");
  return isOwnDeletion(operation, final, error) ? {} : { error: makeApiError(call, final, error) };
}

/** What we asked to be gone is gone, and an earlier attempt of ours may be the reason. A gateway's own 404 says nothing of the kind. */
function isOwnDeletion(
  { repeat404 }: Operation,
  { response, earlierUnknown }: FinalResponse,
  { type }: ErrorBody,
): boolean {
  return repeat404 === "done" && response.status === 404 && earlierUnknown && type !== undefined;
}

function decode(call: PreparedCall, answer: FinalResponse): object {
  const { response, text, attempts, redact } = answer;
  const fail = (what: string) =>
    // Something on the way may have answered in the service's place, so even a success proves nothing about a write.
    new DecodeError(`${response.status} with ${what}.`, response.status, errorContext(call, attempts, true));
  if (text === undefined) {
    throw fail(`a body that is larger than maxResponseBytes (${call.limits.maxResponseBytes} bytes)`);
  }
  let value: unknown;
  let inexact: string | undefined;
  try {
    value = JSON.parse(text);
    inexact = inexactNumber(value);
  } catch {
    throw fail(text ? `a body that is not JSON (${contentType(answer)}), or is cut short` : "an empty body");
  }
  // A number beyond 2^53 has lost digits by now: a wrong `seqnum` would skip or repeat lines.
  if (inexact !== undefined) throw fail(`a number in "${redact(inexact)}" that is too large to be exact`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw fail("JSON that is not an object");
  return value;
}

/** The name of the first member that is a number beyond 2^53, where doubles are no longer exact. */
function inexactNumber(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (typeof member === "number" && Math.abs(member) > Number.MAX_SAFE_INTEGER) return name;
    const nested = inexactNumber(member);
    if (nested !== undefined) return nested;
  }
  return undefined;
}

const contentType = ({ response: { headers }, redact }: FinalResponse) =>
  redact(headers.get("content-type")?.split(";")[0] ?? "no content type");

function makeApiError(call: PreparedCall, answer: FinalResponse, { type, message, details }: ErrorBody): ApiError {
  const { response, attempts, unknown, redact } = answer;
  const { status } = response;
  const headers = redactHeaders(answer);
  const words = isRedirect(status)
    ? redact(redirect(headers))
    : (message ?? `the answer has no error body (${contentType(answer)}).`);
  return new ApiError(
    `${status || "redirect"}${type ? ` ${type}` : ""}: ${words}`,
    {
      status,
      type: type ?? "unknown",
      details: details ?? [],
      headers,
      requestId: readRequestId(answer),
      retryAfterMs: retryAfterMs(headers.get("retry-after"), call.settings.runtime.dateMs()),
    },
    { ...errorContext(call, attempts, unknown), budgetUsedUp: answer.budgetUsedUp },
  );
}

/** 0: a browser hides a redirect behind it. The other 3xx lead nowhere. */
const isRedirect = (status: number) => [0, 301, 302, 303, 307, 308].includes(status);

function redirect(headers: Headers): string {
  let target = "another place";
  try {
    // Only where to, never the path or query: they can be presigned.
    target = new URL(headers.get("location") ?? "").origin;
  } catch {
    // Relative, absent, or hidden by a browser.
  }
  return `a redirect to ${target} was not followed; is baseUrl right?`;
}

interface ErrorBody {
  readonly type?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: ApiErrorDetail[] | undefined;
}

/** The service's error body, as far as this is one: a gateway may have answered in HTML, or not at all. */
function parseErrorBody(text: string): ErrorBody {
  try {
    const { type, message, details } = (JSON.parse(text) as { error: Record<string, unknown> }).error;
    return { type: asString(type), message: asString(message), details: Array.isArray(details) ? details : undefined };
  } catch {
    return {};
  }
}

const asString = (value: unknown) => (typeof value === "string" ? value : undefined);

/** What an error tells of its call. `unknown`: an attempt may have taken effect. */
export function errorContext(
  { operation, idempotencyKey }: Pick<PreparedCall, "operation" | "idempotencyKey">,
  attempts: number,
  unknown: boolean,
): ErrorContext {
  return { operation, attempts, idempotencyKey, ambiguous: unknown && operation.retry !== "read" };
}

/** The id that the service, or a gateway before it, gave the request. No header is documented; these are the usual ones. */
export function readRequestId({ response: { headers }, redact }: CompleteResponse): string | undefined {
  const id = headers.get("x-request-id") ?? headers.get("request-id");
  return id === null ? undefined : redact(id);
}
