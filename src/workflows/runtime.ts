import { aSignal, type Check, type Checks, checkedElsewhere } from "../wrappers/checks.js";
import { AbortError, ApiError, ConnectionError, DecodeError, TimeoutError } from "../wrappers/errors.js";
import type { CallOptions } from "../wrappers/options.js";
import { type Runtime, readRuntime } from "../wrappers/options.js";
import { backoffMs, isRetryableStatus } from "../wrappers/retry.js";
import { AbortReason, longestTimerMs, sleep, withinLimits } from "../wrappers/timeout.js";

/** The longest `Retry-After` that a workflow waits for. A response that requests a longer wait ends the workflow with its error. */
export const maxRequestedDelayMs: number = 3_600_000;

/** The time limit of a workflow, and the signal that ends it. */
export interface PaceOptions {
  /** Ends the workflow at once with an `AbortError`, whether a call or a wait is in progress. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the whole workflow may take, waits and calls included. Each call gets only the time that remains. `Infinity`: no limit. */
  readonly deadlineMs?: number | undefined;
  /** Clock, timers and random numbers, for tests that must not wait. @default the system's */
  readonly runtime?: Partial<Runtime> | undefined;
}

/** Unlike the deadline of a single call, it may be `Infinity`. */
export const aDeadline: Check = [
  (value) => typeof value === "number" && value > 0,
  "must be a positive number of milliseconds",
];

const paceChecks: Checks<PaceOptions> = {
  signal: aSignal,
  deadlineMs: aDeadline,
  runtime: checkedElsewhere,
};

/** Adds the checks of `PaceOptions` to those of a workflow's own options. */
export function pacedChecks<Options extends PaceOptions>(
  own: Checks<Omit<Options, keyof PaceOptions>>,
): Checks<Options> {
  return { ...paceChecks, ...own } as Checks<Options>;
}

/** The signal, deadline and waits of one running workflow. */
export class Pace {
  readonly runtime: Runtime;
  readonly signal: AbortSignal | undefined;
  readonly #deadlineAt: number;

  /** The options must have been checked. */
  constructor({ signal, deadlineMs, runtime }: PaceOptions, defaultDeadlineMs: number = Number.POSITIVE_INFINITY) {
    this.runtime = readRuntime(runtime);
    this.signal = signal;
    this.#deadlineAt = this.runtime.monotonicMs() + (deadlineMs ?? defaultDeadlineMs);
  }

  remainingMs(): number {
    return this.#deadlineAt - this.runtime.monotonicMs();
  }

  isOver(): boolean {
    return this.remainingMs() <= 0;
  }

  /**
   * Options for one call or for consecutive calls. `deadlineMs` is a getter for the remaining time, and the client reads it for each request. So a second
   * call, and each page of a list, has only the time that is left. After the deadline the client sends nothing and throws a `TimeoutError`.
   */
  callOptions(): CallOptions {
    const remainingMs = () => this.remainingMs();
    return {
      signal: this.signal,
      get deadlineMs() {
        const ms = remainingMs();
        return Number.isFinite(ms) ? Math.max(ms, Number.MIN_VALUE) : undefined;
      },
    };
  }

  /** Runs work that is not a call of the client and may never end, such as reading a stream. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    const limits = { signal: this.signal, timeoutMs: Number.POSITIVE_INFINITY, deadlineAt: this.#deadlineAt };
    try {
      return await withinLimits(this.runtime, limits, work);
    } catch (error) {
      if (!(error instanceof AbortReason)) throw error;
      throw error.why === "aborted"
        ? aborted()
        : new TimeoutError("the workflow's deadline was reached.", "deadlineMs", {});
    }
  }

  /**
   * Awaits the result of a caller's callback, if it is a promise. A rejection ends the workflow, just like an error that a callback throws. Without this,
   * the unhandled rejection would end the process.
   */
  async settle(returned: unknown): Promise<void> {
    if (typeof (returned as PromiseLike<unknown> | null | undefined)?.then !== "function") return;
    const settled = Promise.resolve(returned);
    // After the deadline the promise is no longer awaited, so its rejection is ignored.
    settled.catch(() => undefined);
    await this.within(() => settled);
  }

  /** Waits, but not past the deadline. */
  async sleep(ms: number): Promise<void> {
    try {
      // Waits in steps, because the longest timer is shorter than the longest wait that is possible.
      let rest = Math.min(ms, this.remainingMs());
      do {
        await sleep(this.runtime, this, Math.min(rest, longestTimerMs));
        rest -= longestTimerMs;
      } while (rest > 0);
    } catch (error) {
      throw error instanceof AbortReason ? aborted() : error;
    }
  }

  /** Waits before retry number `retry` (from 0), with jitter, and at least as long as `Retry-After` requests. */
  backoff(retry: number, error?: unknown): Promise<void> {
    return this.sleep(Math.max(backoffMs(retry, this.runtime.random()), requestedDelayMs(error)));
  }

  /**
   * Waits before the next request of a loop that may run for hours: `pollMs` after a success; after consecutive failures at least an exponential backoff of
   * up to 30 seconds, and at least as long as `Retry-After` requests.
   */
  pause(pollMs: number, failures: number, error?: unknown): Promise<void> {
    // Jitter removes at most half of the delay. With full jitter, many consecutive waits could be close to zero.
    const delayMs =
      failures === 0 ? 0 : Math.min(1_000 * 2 ** (failures - 1), 30_000) * (0.5 + this.runtime.random() / 2);
    return this.sleep(Math.max(pollMs, delayMs, requestedDelayMs(error)));
  }
}

function aborted(): AbortError {
  return new AbortError("aborted by the caller's signal.", {});
}

/** The `Retry-After` of an error, in milliseconds; 0 when it has none. */
export function requestedDelayMs(failure: unknown): number {
  return (failure as { retryAfterMs?: number } | null | undefined)?.retryAfterMs ?? 0;
}

/** Whether a failed read may succeed later, although the client has used up its retries for this call. */
export function isTransient(error: unknown): boolean {
  if (requestedDelayMs(error) > maxRequestedDelayMs) return false;
  if (ApiError.is(error)) return isRetryableStatus(error.status);
  return ConnectionError.is(error) || TimeoutError.is(error) || DecodeError.is(error);
}

/** An incremental SHA-256. WebCrypto accepts its input only as a whole. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** The digest, as 64 lowercase hexadecimal digits. Call it once, after the last `update`. */
  hex(): string;
}

/** Creates a hash: the runtime's own if it has one (Node, Bun, Deno), otherwise one in JavaScript, which is loaded only then. */
export async function sha256(): Promise<Hash> {
  return nativeSha256() ?? (await import("./portable-sha256.js")).portableSha256();
}

/** SHA-256 of a text in UTF-8, in hexadecimal. */
export async function sha256Hex(text: string): Promise<string> {
  const hash = await sha256();
  hash.update(new TextEncoder().encode(text));
  return hash.hex();
}

interface NativeHash {
  update(bytes: Uint8Array): unknown;
  digest(encoding: "hex"): string;
}

interface NativeCrypto {
  createHash(name: "sha256"): NativeHash;
}

function nativeSha256(): Hash | undefined {
  // `node:crypto` is not imported, so that bundlers for browsers do not resolve it.
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => NativeCrypto | undefined } };
  const native = process?.getBuiltinModule?.("node:crypto")?.createHash("sha256");
  return native && { update: (bytes) => void native.update(bytes), hex: () => native.digest("hex") };
}
