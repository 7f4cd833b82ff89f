import type { Operation } from "../operation.js";
import { retryAfterMs } from "./backoff.js";
import { ApiError, type ApiErrorDetail, DecodeError } from "./errors.js";
import { contextOf, type Exchange, type Exchangeable, requestIdOf } from "./exchange.js";
import { redactHeaders } from "./http.js";
import { processedBy } from "./retry.js";

/** What the caller gets from a final answer: the decoded body, or `undefined` where there is none. Throws `ApiError` or `DecodeError`. */
export function readAnswer(call: Exchangeable, answer: Exchange): unknown {
  const { operation } = call;
  const { response, text } = answer;
  if (processedBy(response.status) === "yes") {
    // A body where none is declared is read too: a page that stands in for the service must not pass for a success.
    const data = operation.empty && text === "" ? undefined : decode(call, answer);
    return operation.empty ? undefined : data;
  }
  const error = errorBody(text ?? "");
  if (!isOwnDeletion(operation, answer, error)) throw apiError(call, answer, error);
  return undefined;
}

/** What we asked to be gone is gone, and an earlier attempt of ours may be the reason. A gateway's own 404 says nothing of the kind. */
function isOwnDeletion({ repeat404 }: Operation, { response, earlierUnknown }: Exchange, { type }: ErrorBody): boolean {
  return repeat404 === "done" && response.status === 404 && earlierUnknown && type !== undefined;
}

function decode(call: Exchangeable, answer: Exchange): object {
  const { response, text, attempts, redact } = answer;
  const fail = (what: string) =>
    // Something on the way may have answered in the service's place, so even a success proves nothing about a write.
    new DecodeError(`${response.status} with ${what}.`, response.status, contextOf(call, attempts, true));
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

const contentType = ({ response: { headers }, redact }: Exchange) =>
  redact(headers.get("content-type")?.split(";")[0] ?? "no content type");

function apiError(call: Exchangeable, answer: Exchange, { type, message, details }: ErrorBody): ApiError {
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
      requestId: requestIdOf(answer),
      retryAfterMs: retryAfterMs(headers.get("retry-after"), call.settings.runtime.dateMs()),
    },
    { ...contextOf(call, attempts, unknown), budgetUsedUp: answer.budgetUsedUp },
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
function errorBody(text: string): ErrorBody {
  try {
    const { type, message, details } = (JSON.parse(text) as { error: Record<string, unknown> }).error;
    return { type: textOf(type), message: textOf(message), details: Array.isArray(details) ? details : undefined };
  } catch {
    return {};
  }
}

const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);
