import type { Runtime } from "./options.js";

/** The longest delay of `setTimeout`. A timer with a longer one fires at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

/** The reason why the client ended an attempt. */
export type AbortKind = "aborted" | "timeoutMs" | "deadlineMs" | "usage";

/** Thrown only inside the wrappers. Callers receive an `AbortError`, `TimeoutError` or `UsageError`. */
export class AbortReason extends Error {
  readonly why: AbortKind;
  /** For `"usage"`: the option that is invalid. */
  readonly field: string;
  /** Whether the transport reported that it had not begun to send. */
  notSent = false;

  constructor(why: AbortKind, message = "", field = "", cause?: Error) {
    super(message, cause && { cause });
    this.why = why;
    this.field = field;
  }
}

/** The limits of one call. */
export interface Limits {
  readonly signal: AbortSignal | undefined;
  /** A second signal that ends the call: the signal of an iteration, or of a request that middleware makes. */
  readonly stop?: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** On the monotonic clock; `Infinity` without a deadline. */
  readonly deadlineAt: number;
}

/**
 * The interruption of one attempt. Its `AbortSignal` is created on first use: creating one, and listening to it, takes longer than preparing the request.
 */
export class Interruption {
  /** `undefined` until the attempt is aborted. */
  reason: DOMException | undefined;
  readonly #runs = new Set<(reason: unknown) => void>();
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.reason !== undefined) this.#controller.abort(this.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: DOMException): void {
    this.reason = reason;
    this.#controller?.abort(reason);
    for (const run of [...this.#runs]) run(reason);
  }

  throwIfAborted(): void {
    if (this.reason !== undefined) throw this.reason;
  }

  /** Calls `run` on abort. The returned function removes `run`. */
  onAbort(run: (reason: unknown) => void): () => void {
    this.#runs.add(run);
    return () => void this.#runs.delete(run);
  }
}

/**
 * The key of a property on each function that `createNodeFetch()` returns. Its value has the function itself, and a variant that takes the interruption in
 * place of a signal. A wrapper, proxy or copy is not the function in the property, so it receives a signal, like every other `fetch`.
 */
export const interruptibleFetch: unique symbol = /* @__PURE__ */ Symbol.for("sfc-preview-sdk.interruptibleFetch");

export interface InterruptibleFetch {
  readonly fetch: unknown;
  readonly send: (url: string, init: RequestInit, interruption: Interruption) => Promise<Response>;
}

/**
 * Runs one attempt, including the reading of its body, under the attempt's timeout, the call's deadline and the caller's signal. It settles when
 * a limit is reached even if `work` ignores its signal, and leaves neither a timer nor a listener behind.
 */
export function withinLimits<T>(
  runtime: Runtime,
  limits: Limits,
  work: (interruption: Interruption) => Promise<T>,
): Promise<T> {
  const { timeoutMs, deadlineAt } = limits;
  const remainingMs = deadlineAt - runtime.monotonicMs();
  return remainingMs < timeoutMs
    ? runInterruptible(runtime, limits, remainingMs, "deadlineMs", work)
    : runInterruptible(runtime, limits, timeoutMs, "timeoutMs", work);
}

/** Waits. The timer keeps the process alive. The wait ends at once when the caller aborts. */
export function sleep(runtime: Runtime, signals: Pick<Limits, "signal" | "stop">, ms: number): Promise<void> {
  return runInterruptible(runtime, signals, ms, undefined, () => new Promise<never>(() => undefined));
}

/** Runs work that a timer and the caller's signals can end. Without a `limit`, the promise resolves when the timer fires. */
function runInterruptible<T>(
  runtime: Runtime,
  { signal, stop }: Pick<Limits, "signal" | "stop">,
  ms: number,
  limit: AbortKind | undefined,
  work: (interruption: Interruption) => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const interruption = new Interruption();
    const release = () => {
      runtime.clearTimeout(timer);
      forgetSignal();
      forgetStop();
    };
    const settle = (value: T) => {
      release();
      resolve(value);
    };
    const fail = (reason: unknown) => {
      release();
      reject(reason);
    };
    const interrupt = (why: AbortKind) => {
      const interrupted = new AbortReason(why);
      fail(interrupted);
      // Called after `fail`, so that work that rejects because of the abort cannot settle the promise first.
      interruption.abort(makeAbortReason(interrupted));
    };
    const onTimer = () => (limit ? interrupt(limit) : settle(undefined as T));
    const onSignal = () => interrupt("aborted");
    // Added before the timer is set: if a signal of another library throws here, no timer is left behind.
    const forgetSignal = onAbort(signal, onSignal);
    const forgetStop = onAbort(stop, onSignal);
    const timer = runtime.setTimeout(onTimer, Math.min(Math.max(0, ms), longestTimerMs));
    try {
      if (signal?.aborted || stop?.aborted) onSignal();
      // The work must not start when a limit has already been reached.
      else if (ms <= 0) onTimer();
      else work(interruption).then(settle, fail);
    } catch (reason) {
      fail(reason);
    }
  });
}

/** Creates the same reason as `abort()` does by default, with a function that the transport can call to report that nothing was sent. */
function makeAbortReason(interrupted: AbortReason): DOMException {
  const reason = new DOMException("This operation was aborted", "AbortError");
  const value = () => {
    interrupted.notSent = true;
  };
  return Object.defineProperty(reason, notSent, { value });
}

/**
 * The key of a function on `signal.reason`. A transport that is aborted before it has sent a byte calls it. The client then knows, before `abort()` returns,
 * that the request was not processed.
 */
export const notSent: unique symbol = /* @__PURE__ */ Symbol.for("sfc-preview-sdk.notSent");

interface SharedListener {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

/** One listener per signal, shared by all calls with that signal. With one listener per call, Node would warn of a leak at more than ten calls. */
const sharedListeners = /* @__PURE__ */ new WeakMap<AbortSignal, SharedListener>();

/** Calls `run` when the signal aborts. The returned function removes `run`, and the listener with the last one. */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (signal === undefined) return nothing;
  const { callbacks, listener } = sharedListeners.get(signal) ?? addSharedListener(signal);
  // Adding the same listener again has no effect.
  signal.addEventListener("abort", listener);
  callbacks.add(run);
  return () => {
    if (callbacks.delete(run) && callbacks.size === 0) signal.removeEventListener("abort", listener);
  };
}

const nothing = () => undefined;

function addSharedListener(signal: AbortSignal): SharedListener {
  const callbacks = new Set<() => void>();
  const listener = () => {
    // A copy, because each function removes itself from the set.
    for (const run of [...callbacks]) run();
  };
  sharedListeners.set(signal, { callbacks, listener });
  return { callbacks, listener };
}
