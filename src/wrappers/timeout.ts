import type { Runtime } from "./options.js";

/** The longest delay of `setTimeout`; a longer one fires at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

/** What ended an attempt on the client's side. */
export type AbortKind = "aborted" | "timeoutMs" | "deadlineMs" | "usage";

/** Thrown inside the wrappers only; callers see `AbortError`, `TimeoutError` or `UsageError`. */
export class AbortReason extends Error {
  readonly why: AbortKind;
  /** For `"usage"`: the option that is invalid. */
  readonly field: string;
  /** The transport reported that it had not begun to send. */
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
  /** A second signal that ends the call: that of an iteration, or of a request made by middleware. */
  readonly stop?: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** On the monotonic clock; `Infinity` without a deadline. */
  readonly deadlineAt: number;
}

/**
 * What ends one attempt. Its `AbortSignal` is created on first use: making one, and listening to it, takes longer than preparing the request.
 */
export class Interruption {
  /** `undefined` until it aborts. */
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
 * Key of a property of the functions that `createNodeFetch()` returns: the function itself, and a variant that takes the interruption in place of a signal.
 * A wrapper, a proxy or a copy is not the function that its property names, so it gets a signal, like every other `fetch`.
 */
export const interruptibleFetch: unique symbol = /* @__PURE__ */ Symbol.for("sfc-preview-sdk.interruptibleFetch");

export interface InterruptibleFetch {
  readonly fetch: unknown;
  readonly send: (url: string, init: RequestInit, interruption: Interruption) => Promise<Response>;
}

/**
 * Runs one attempt, body included, under the attempt's timeout, the call's deadline and the caller's signal. It settles when
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
    ? interruptible(runtime, limits, remainingMs, "deadlineMs", work)
    : interruptible(runtime, limits, timeoutMs, "timeoutMs", work);
}

/** Waits. Keeps the process alive; ends at once when the caller aborts. */
export function sleep(runtime: Runtime, signals: Pick<Limits, "signal" | "stop">, ms: number): Promise<void> {
  return interruptible(runtime, signals, ms, undefined, () => new Promise<never>(() => undefined));
}

/** Work that a timer and the caller's signals can end. Without a `limit`, it resolves when the timer fires. */
function interruptible<T>(
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
      // After `fail`, so that work which rejects because of the abort cannot settle first.
      interruption.abort(abortReason(interrupted));
    };
    const onTimer = () => (limit ? interrupt(limit) : settle(undefined as T));
    const onSignal = () => interrupt("aborted");
    // Before the timer, which must not stay behind when a signal of another library throws.
    const forgetSignal = onAbort(signal, onSignal);
    const forgetStop = onAbort(stop, onSignal);
    const timer = runtime.setTimeout(onTimer, Math.min(Math.max(0, ms), longestTimerMs));
    try {
      if (signal?.aborted || stop?.aborted) onSignal();
      // A limit that has already been reached must keep the work from starting.
      else if (ms <= 0) onTimer();
      else work(interruption).then(settle, fail);
    } catch (reason) {
      fail(reason);
    }
  });
}

/** The reason that `abort()` makes by itself, with a way for the transport to report that nothing was sent. */
function abortReason(interrupted: AbortReason): DOMException {
  const reason = new DOMException("This operation was aborted", "AbortError");
  const value = () => {
    interrupted.notSent = true;
  };
  return Object.defineProperty(reason, notSent, { value });
}

/**
 * A transport that is aborted before it has sent a byte calls the function with this name on `signal.reason`. The client then knows, before `abort()`
 * returns, that the request was not processed.
 */
export const notSent: unique symbol = /* @__PURE__ */ Symbol.for("sfc-preview-sdk.notSent");

interface SharedListener {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

/** One listener per signal, which its calls share: many calls may have one signal, and Node warns of a leak at more than ten listeners. */
const sharedListeners = /* @__PURE__ */ new WeakMap<AbortSignal, SharedListener>();

/** Calls `run` when the signal aborts. The returned function removes `run`, and the listener with the last one. */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (signal === undefined) return nothing;
  const { callbacks, listener } = sharedListeners.get(signal) ?? addSharedListener(signal);
  // Added again, it is still one listener.
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
    // A copy: each function removes itself from the set.
    for (const run of [...callbacks]) run();
  };
  sharedListeners.set(signal, { callbacks, listener });
  return { callbacks, listener };
}
