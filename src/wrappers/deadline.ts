import { onAbort } from "./abort.js";
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
  const controller = new AbortController();
  return interruptible<T>(runtime, signal, Math.min(timeoutMs, remainingMs), {
    limit: remainingMs < timeoutMs ? "deadlineMs" : "timeoutMs",
    cancel: () => controller.abort(),
    start: (settle, fail) => void work(controller.signal).then(settle, fail),
  });
}

/** Waits. Keeps the process alive; ends at once when the caller aborts. */
export function sleep(runtime: Runtime, signal: AbortSignal | undefined, ms: number): Promise<void> {
  return interruptible(runtime, signal, ms, {});
}

/** What is waited for besides the timer. */
interface Work<T> {
  /** What the timer means. Absent: the timer is the success. */
  readonly limit?: Interruption;
  /** Called once the wait has ended in an interruption, so that a work that fails because of it cannot win over the reason. */
  readonly cancel?: () => void;
  readonly start?: (settle: (value: T) => void, fail: (reason: unknown) => void) => void;
}

/** A promise that a timer and the caller's signal can end. */
function interruptible<T>(
  runtime: Runtime,
  signal: AbortSignal | undefined,
  ms: number,
  { limit, cancel, start }: Work<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) return reject(new Interrupted("aborted"));
    const release = () => {
      runtime.clearTimeout(timer);
      forgetSignal();
    };
    const fail = (reason: unknown) => {
      release();
      reject(reason);
    };
    const settle = (value: T) => {
      release();
      resolve(value);
    };
    const stop = (why: Interruption) => {
      fail(new Interrupted(why));
      cancel?.();
    };
    const onTimer = () => (limit === undefined ? settle(undefined as T) : stop(limit));
    const timer = runtime.setTimeout(onTimer, Math.min(Math.max(0, ms), longestTimerMs));
    const forgetSignal = onAbort(signal, () => stop("aborted"));
    try {
      start?.(settle, fail);
    } catch (reason) {
      fail(reason);
    }
  });
}
