import type { Operation } from "../operation.js";
import { retryAfterMs } from "./backoff.js";
import { ApiError, type ApiErrorDetail, DecodeError } from "./errors.js";
import { contextOf, type Exchange, type Exchangeable, requestIdOf } from "./exchange.js";
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
  const error = errorBody(text);
  if (!isOwnDeletion(operation, answer, error)) throw apiError(call, answer, error);
  return undefined;
}

/** What we asked to be gone is gone, and an earlier attempt of ours may be the reason. A gateway's own 404 says nothing of the kind. */
function isOwnDeletion({ repeat404 }: Operation, { response, earlierUnknown }: Exchange, { type }: ErrorBody): boolean {
  return repeat404 === "done" && response.status === 404 && earlierUnknown && type !== undefined;
}

function decode(call: Exchangeable, { response, text, attempts }: Exchange): object {
  const fail = (what: string) =>
    // Something on the way may have answered in the service's place, so even a success proves nothing about a write.
    new DecodeError(`${response.status} with ${what}.`, response.status, contextOf(call, attempts, true));
  let value: unknown;
  let inexact: string | undefined;
  try {
    value = JSON.parse(text);
    if (mayHoldHugeNumber(text)) {
      JSON.parse(text, (name, member) => {
        if (Number.isInteger(member) && !Number.isSafeInteger(member)) inexact = name;
      });
    }
  } catch {
    throw fail(text ? `a body that is not JSON (${contentType(response)}), or is cut short` : "an empty body");
  }
  // A number beyond 2^53 has lost digits by now: a wrong `seqnum` would skip or repeat lines.
  if (inexact !== undefined) throw fail(`a number in "${inexact}" that is too large to be exact`);
  if (typeof value !== "object" || value === null) throw fail("JSON that is not an object");
  return value;
}

/**
 * Digits in a string may count too; then the slower look finds nothing. A run of 16 covers every 16th place and one of those 8 away from it, so
 * no other is looked at.
 */
function mayHoldHugeNumber(text: string): boolean {
  // "0" is 48 and "9" is 57; beyond the ends of the text there is no number.
  const isDigit = (at: number) => Math.abs(text.charCodeAt(at) - 52.5) < 5;
  for (let at = 15; at < text.length; at += 16) {
    const isLong = isDigit(at) && (isDigit(at - 8) || isDigit(at + 8));
    if (isLong && /[:,[\s]-?\d{16}/.test(text.slice(Math.max(0, at - 17), at + 16))) return true;
  }
  return false;
}

const contentType = ({ headers }: Response) => headers.get("content-type")?.split(";")[0] ?? "no content type";

function apiError(
  call: Exchangeable,
  { response, attempts, unknown }: Exchange,
  { type, message, details }: ErrorBody,
): ApiError {
  const { status, headers } = response;
  const words =
    status < 400 ? redirect(headers) : (message ?? `the answer has no error body (${contentType(response)}).`);
  return new ApiError(
    `${status || "redirect"}${type ? ` ${type}` : ""}: ${words}`,
    {
      status,
      type: type ?? "unknown",
      details: details ?? [],
      headers,
      requestId: requestIdOf(headers),
      retryAfterMs: retryAfterMs(headers.get("retry-after"), call.settings.runtime.dateMs()),
    },
    contextOf(call, attempts, unknown),
  );
}

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
