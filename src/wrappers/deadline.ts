import type { Runtime } from "./runtime.js";

/** A longer delay wraps around to a negative one and fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Why a wait ended before its work did. */
export type Interruption = "aborted" | "timeoutMs" | "deadlineMs";

/** Thrown inside the wrappers only; callers see `AbortError` or `TimeoutError`. */
export class Interrupted {
  readonly why: Interruption;

  constructor(why: Interruption) {
    this.why = why;
  }
}

/** The time limits of one call. */
export interface Limits {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** On the monotonic clock; `Infinity` without a deadline. */
  readonly deadlineAt: number;
}

/**
 * Runs one attempt, body included, under the attempt's timeout, the call's deadline and the caller's signal. It settles when
 * a limit is reached even if `work` ignores its signal, and leaves neither a timer nor a listener behind.
 */
export function withinLimits<T>(
  runtime: Runtime,
  { signal, timeoutMs, deadlineAt }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const remainingMs = deadlineAt - runtime.monotonicMs();
  const limit = remainingMs < timeoutMs ? "deadlineMs" : "timeoutMs";
  const controller = new AbortController();
  return interruptible(runtime, signal, Math.min(timeoutMs, remainingMs), limit, (interrupt, settle) => {
    // A work that fails because it was interrupted must not win over the reason for the interruption.
    work(controller.signal).then(settle, interrupt);
    return () => controller.abort();
  });
}

/** Waits. Keeps the process alive; ends at once when the caller aborts. */
export function sleep(runtime: Runtime, signal: AbortSignal | undefined, ms: number): Promise<void> {
  return interruptible(runtime, signal, ms, undefined, () => undefined);
}

/** A promise that a timer and the caller's signal can end. Without `limit` the timer is its success. */
function interruptible<T>(
  runtime: Runtime,
  signal: AbortSignal | undefined,
  ms: number,
  limit: Interruption | undefined,
  start: (fail: (reason: unknown) => void, settle: (value: T) => void) => (() => void) | undefined,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let cancel: (() => void) | undefined;
    const release = () => {
      runtime.clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const fail = (reason: unknown) => {
      release();
      reject(reason);
    };
    const stop = (why: Interruption) => {
      fail(new Interrupted(why));
      cancel?.();
    };
    const settle = (value: T) => {
      release();
      resolve(value);
    };
    const onAbort = () => stop("aborted");
    const onTimer = () => (limit === undefined ? settle(undefined as T) : stop(limit));
    const timer = runtime.setTimeout(onTimer, Math.min(Math.max(0, ms), longestTimerMs));
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort);
    cancel = start(fail, settle);
  });
}
