import type { Operation } from "../operation.js";
import { backoffMs, type RetryPolicy, retryAfterMs, retryPolicy } from "./backoff.js";
import type { Answer } from "./http.js";

/**
 * How one attempt ended. `sent` is whether a request was handed to `fetch`; `processed` what is known of the write's effect on the
 * service: `"no"` means certainly none.
 */
export type Outcome =
  | { readonly answer: Answer; readonly sent: boolean; readonly processed: "yes" | "no" | "unknown" }
  | { readonly failure: unknown; readonly sent: boolean; readonly processed: "no" | "unknown" };

const retryableStatuses = [408, 429, 500, 502, 503, 504];

/** What an answer says about the write's effect. */
export function processedBy(status: number): "yes" | "no" | "unknown" {
  if (status >= 200 && status < 300) return "yes";
  // A gateway answers 5xx, and a server 408, also after the work was handed on. A redirect may follow the work (303) or stand in for it.
  return status >= 500 || status === 408 || status < 400 ? "unknown" : "no";
}

/** Whether this outcome may be followed by another attempt, without any chance of a second effect. */
export function mayRetry({ retry }: Operation, outcome: Outcome): boolean {
  const transient = "failure" in outcome || retryableStatuses.includes(outcome.answer.response.status);
  // A key, absolute values or a read make a repeat harmless; anything else must certainly not have been processed.
  return transient && (retry !== "unsafe" || outcome.processed === "no");
}

/** Milliseconds to wait before retry number `retry` (from 0), or `undefined` when it would leave no time for one. */
export function delayBefore(
  retry: number,
  outcome: Outcome,
  remainingMs: number,
  { random, dateMs }: { random(): number; dateMs(): number },
  policy: RetryPolicy = retryPolicy,
): number | undefined {
  const header = "answer" in outcome ? outcome.answer.response.headers.get("retry-after") : null;
  const asked = retryAfterMs(header, dateMs());
  // The service's wait is obeyed as it is: with jitter it could come early, which is what the header forbids.
  const delay = asked ?? backoffMs(retry, random(), policy);
  return delay >= remainingMs || (asked ?? 0) > policy.maxRetryAfterMs ? undefined : delay;
}

const budget = { capacity: 100, refund: 0.5 };

/**
 * Bounds the retries of all calls of one client together: during an outage, three requests for every call would keep the
 * service down. Each retry takes one token, each success gives half a one back.
 */
export class RetryBudget {
  #tokens = budget.capacity;

  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  refund(): void {
    this.#tokens = Math.min(budget.capacity, this.#tokens + budget.refund);
  }
}

/** The system's words for a connection that was never made. */
const neverConnected = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
]);

/** Whether a failed `fetch` ended before the first byte of the request left. Unknown words count as sent. */
export function wasNeverSent(failure: unknown): boolean {
  const { code, syscall } = systemError(failure);
  return syscall === "connect" || (code !== undefined && neverConnected.has(code));
}

interface SystemError {
  readonly name?: string;
  readonly code?: string;
  readonly syscall?: string;
}

/** The system's words for a failure, wherever the runtime keeps them. What does not look like one of them is not passed on. */
export function systemError(failure: unknown): SystemError {
  try {
    const name = failure instanceof Error ? word(failure.name) : undefined;
    for (let error = failure, depth = 0; typeof error === "object" && error !== null && depth < 5; depth++) {
      const { code, syscall, cause } = error as { code?: unknown; syscall?: unknown; cause?: unknown };
      if (typeof code === "string") return defined({ name, code: word(code), syscall: word(syscall, /^[a-z]{1,20}$/) });
      error = cause;
    }
    return defined({ name });
  } catch {
    // Reading a property may run code, and that may throw.
    return {};
  }
}

/** `ECONNRESET`, `UND_ERR_SOCKET`, `ConnectionRefused`, `TypeError`; not a token, an address or a sentence. */
function word(value: unknown, shape = /^[A-Z][A-Za-z0-9_]{1,60}$/): string | undefined {
  return typeof value === "string" && shape.test(value) ? value : undefined;
}

function defined(words: { [Name in keyof SystemError]: string | undefined }): SystemError {
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
}
