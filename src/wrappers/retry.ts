import type { Operation } from "../operation.js";
import { backoffMs, type RetryPolicy, retryAfterMs, retryPolicy } from "./backoff.js";
import { Interrupted } from "./deadline.js";
import type { Answer } from "./http.js";

/** How one attempt ended: in an answer, or in a failure. */
export interface Outcome {
  readonly answer?: Answer;
  readonly failure?: unknown;
  /** Whether a request was handed to `fetch`. */
  readonly sent: boolean;
  /** What is known of the write's effect on the service: `"no"` means certainly none. */
  readonly processed: "yes" | "no" | "unknown";
}

const retryableStatuses = [408, 429, 500, 502, 503, 504];

/** What an answer says about the write's effect. */
export function processedBy(status: number): "yes" | "no" | "unknown" {
  if (status >= 200 && status < 300) return "yes";
  // A gateway answers 5xx, and a server 408, also after the work was handed on. A redirect may follow the work (303) or stand in for it.
  return status >= 500 || status === 408 || status < 400 ? "unknown" : "no";
}

/** Whether this outcome may be followed by another attempt, without any chance of a second effect. */
export function mayRetry({ retry }: Operation, { answer, failure, processed }: Outcome): boolean {
  const transient = answer
    ? retryableStatuses.includes(answer.response.status)
    : // A caller who aborts, a deadline that has passed and a token that is unfit are not passing faults.
      !(failure instanceof Interrupted) || failure.why === "timeoutMs";
  // A key, absolute values or a read make a repeat harmless; anything else must certainly not have been processed.
  return transient && (retry !== "unsafe" || processed === "no");
}

/** Milliseconds to wait before retry number `retry` (from 0), or `undefined` when it would leave no time for one. */
export function delayBefore(
  retry: number,
  { answer }: Outcome,
  remainingMs: number,
  { random, dateMs }: { random(): number; dateMs(): number },
  policy: RetryPolicy = retryPolicy,
): number | undefined {
  const asked = retryAfterMs(answer?.response.headers.get("retry-after"), dateMs());
  // The service's wait is obeyed as it is: with jitter it could come early, which is what the header forbids.
  const delay = asked ?? backoffMs(retry, random(), policy);
  return delay >= remainingMs || (asked ?? 0) > policy.maxRetryAfterMs ? undefined : delay;
}

const capacity = 100;

/**
 * Bounds the retries of all calls of one client together: during an outage, three requests for every call would keep the
 * service down. Each retry takes one token, each success gives half a one back.
 */
export class RetryBudget {
  #tokens = capacity;

  take(): boolean {
    const some = this.#tokens >= 1;
    if (some) this.#tokens--;
    return some;
  }

  refund(): void {
    this.#tokens = Math.min(capacity, this.#tokens + 0.5);
  }
}

/** The system's words for a connection that was never made. */
const neverConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused)$/;

/** Whether a failed `fetch` ended before the first byte of the request left. Unknown words count as sent. */
export function wasNeverSent(failure: unknown): boolean {
  if (failure instanceof Interrupted) return failure.notSent;
  const { code = "", syscall } = systemError(failure);
  return syscall === "connect" || neverConnected.test(code);
}

interface SystemError {
  name?: string;
  code?: string;
  syscall?: string;
}

/** `ECONNRESET`, `UND_ERR_SOCKET`, `ConnectionRefused`, `TypeError`; not a token, an address or a sentence. */
const word = /^[A-Z]\w{1,60}$/;

/** The system's words for a failure, wherever the runtime keeps them. What does not look like one of them is not passed on. */
export function systemError(failure: unknown): Readonly<SystemError> {
  const words: SystemError = {};
  const keep = (name: keyof SystemError, value: unknown, shape = word) => {
    if (typeof value === "string" && shape.test(value)) words[name] = value;
  };
  try {
    if (failure instanceof Error) keep("name", failure.name);
    let error = failure as { code?: unknown; syscall?: unknown; cause?: unknown } | undefined;
    for (let depth = 0; error && depth < 5; depth++) {
      const { code, syscall, cause } = error;
      keep("code", code);
      if (typeof code === "string") keep("syscall", syscall, /^[a-z]{1,20}$/);
      error = typeof code === "string" ? undefined : (cause as typeof error);
    }
  } catch {
    // Reading a property may run code, and that may throw.
  }
  return words;
}
