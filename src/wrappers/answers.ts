import type { Operation } from "../operation.js";
import { retryAfterMs } from "./backoff.js";
import { ApiError, type ApiErrorDetail, DecodeError, type ErrorContext } from "./errors.js";
import { type Exchange, requestIdOf } from "./exchange.js";
import { processedBy } from "./retry.js";

/** What the caller gets from a final answer: the decoded body, or `undefined` where there is none. Throws `ApiError` or `DecodeError`. */
export function readAnswer(
  operation: Operation,
  answer: Exchange,
  idempotencyKey: string | undefined,
  now: number,
): unknown {
  const { status } = answer.response;
  const context = { operation, attempts: answer.attempts, idempotencyKey };
  if (processedBy(status) === "yes") {
    // A body where none is declared is read too: a page that stands in for the service must not pass for a success.
    const data = operation.empty && answer.text === "" ? undefined : decode(answer, context);
    return operation.empty ? undefined : data;
  }
  if (isOwnDeletion(operation, answer)) return undefined;
  throw apiError(answer, context, now);
}

/** What we asked to be gone is gone, and an earlier attempt of ours may be the reason. A gateway's own 404 says nothing of the kind. */
function isOwnDeletion({ repeat404 }: Operation, { response, text, earlierUnknown }: Exchange): boolean {
  return repeat404 === "done" && response.status === 404 && earlierUnknown && errorBody(text).type !== undefined;
}

function decode({ response, text }: Exchange, context: ErrorContext & { operation: Operation }): object {
  const fail = (what: string) =>
    // Something on the way may have answered in the service's place, so even a success proves nothing about a write.
    new DecodeError(`${response.status} ${what}.`, response.status, {
      ...context,
      ambiguous: context.operation.retry !== "read",
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail(
      text === ""
        ? "with an empty body"
        : `with a body that is not JSON (${contentType(response.headers)}), or is cut short`,
    );
  }
  if (typeof value !== "object" || value === null) throw fail("with JSON that is not an object");
  const inexact = mayHoldHugeNumber.test(text) ? hugeNumberIn(value) : undefined;
  if (inexact !== undefined) throw fail(`with a number in "${inexact}" that is too large to be exact`);
  return value;
}

/** Digits in a string may match too; then the slower look below finds nothing. */
const mayHoldHugeNumber = /\d{16}/;

/**
 * The field of a number beyond 2^53, which has lost digits by now: a wrong `seqnum` would skip or repeat lines. A list of what is left to look at, because
 * a hostile body can be nested deeper than calls can be.
 */
function hugeNumberIn(value: object): string | undefined {
  const left = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const [name, member] of Object.entries(next)) {
      if (typeof member === "object" && member !== null) left.push(member);
      else if (Number.isInteger(member) && !Number.isSafeInteger(member)) return name;
    }
  }
  return undefined;
}

const contentType = (headers: Headers) => headers.get("content-type")?.split(";")[0] ?? "no content type";

function apiError(
  { response, text, earlierUnknown }: Exchange,
  context: ErrorContext & { operation: Operation },
  now: number,
): ApiError {
  const { status, headers } = response;
  const { type, message, details } = errorBody(text);
  const ambiguous = context.operation.retry !== "read" && (earlierUnknown || processedBy(status) === "unknown");
  const words =
    status < 400 ? redirect(headers) : (message ?? `the answer has no error body (${contentType(headers)}).`);
  return new ApiError(
    `${status || "redirect"}${type ? ` ${type}` : ""}: ${words}`,
    {
      status,
      type: type ?? "unknown",
      details: details ?? [],
      headers,
      requestId: requestIdOf(headers),
      retryAfterMs: retryAfterMs(headers.get("retry-after"), now),
    },
    { ...context, ambiguous },
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
  return `a redirect to ${target} was not followed: it would drop the token or send the body elsewhere. Is baseUrl right?`;
}

interface ErrorBody {
  readonly type?: string;
  readonly message?: string;
  readonly details?: ApiErrorDetail[];
}

/** The service's error body, as far as this is one: a gateway may have answered in HTML, or not at all. */
function errorBody(text: string): ErrorBody {
  try {
    const { error } = JSON.parse(text) as { error?: Record<string, unknown> };
    return {
      ...(typeof error?.type === "string" && { type: error.type }),
      ...(typeof error?.message === "string" && { message: error.message }),
      ...(Array.isArray(error?.details) && { details: error.details as ApiErrorDetail[] }),
    };
  } catch {
    return {};
  }
}
