import { anything, aSignal, type Check, type Checks } from "../wrappers/checks.js";
import { AbortError, ApiError, ConnectionError, DecodeError, TimeoutError } from "../wrappers/errors.js";
import type { CallOptions } from "../wrappers/options.js";
import { type Runtime, systemRuntime } from "../wrappers/options.js";
import { backoffMs, isRetryableStatus, type RetryPolicy } from "../wrappers/retry.js";
import { AbortReason, longestTimerMs, sleep, withinLimits } from "../wrappers/timeout.js";

/** A server that asks for more is not waited for: its error ends the workflow. */
export const maxRequestedDelayMs: number = 3_600_000;

/** How long a workflow may take, and what ends it. */
export interface PaceOptions {
  /** Ends the workflow at once, whether it calls or waits, with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds the whole workflow may take, waits and calls included: each call gets only the time that remains. `Infinity`: no limit. */
  readonly deadlineMs?: number | undefined;
  /** Clock, timers and chance, for tests that must not wait. @default the system's */
  readonly runtime?: Partial<Runtime> | undefined;
}

/** Unlike the limit of a single call it may be `Infinity`. */
export const aDeadline: Check = [
  (value) => typeof value === "number" && value > 0,
  "must be a positive number of milliseconds",
];

const paceChecks: Checks<PaceOptions> = {
  signal: aSignal,
  deadlineMs: aDeadline,
  runtime: anything,
};

/** Rows for a workflow's own options, with those that every workflow has. */
export function pacedChecks<Options extends PaceOptions>(
  own: Checks<Omit<Options, keyof PaceOptions>>,
): Checks<Options> {
  return { ...paceChecks, ...own } as Checks<Options>;
}

/** The time limits of one workflow under way. */
export class Pace {
  readonly runtime: Runtime;
  readonly signal: AbortSignal | undefined;
  readonly #deadlineAt: number;

  /** The options have been checked. */
  constructor({ signal, deadlineMs, runtime }: PaceOptions, defaultDeadlineMs: number = Number.POSITIVE_INFINITY) {
    this.runtime = { ...systemRuntime, ...runtime };
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
   * Options for one call or for several in a row. `deadlineMs` is the time that remains when it is read, which the client does for each request: the second call,
   * and each page of a list, get only what the first left over. Once the time is over the client sends nothing, and throws a `TimeoutError`.
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

  /** Does work that is not a call of the client, such as reading a stream, which may never end by itself. */
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

  /** Waits, but not beyond the deadline. */
  async sleep(ms: number): Promise<void> {
    try {
      // In steps: the longest timer is shorter than what a service can ask for.
      let rest = Math.min(ms, this.remainingMs());
      do {
        await sleep(this.runtime, this, Math.min(rest, longestTimerMs));
        rest -= longestTimerMs;
      } while (rest > 0);
    } catch (error) {
      throw error instanceof AbortReason ? aborted() : error;
    }
  }

  /** A wait before retry number `retry` (from 0), with jitter; at least what the service asked for. */
  backoff(retry: number, error?: unknown, policy?: RetryPolicy): Promise<void> {
    return this.sleep(Math.max(backoffMs(retry, this.runtime.random(), policy), requestedDelayMs(error)));
  }

  /**
   * A wait before the next request of a loop that may go on for hours: `pollMs` while all is well. After failures in a row it is never shorter than a delay that doubles
   * with each of them, up to 30 seconds, and than what the service asked for.
   */
  pause(pollMs: number, failures: number, error?: unknown): Promise<void> {
    // Half of the delay is certain: with full jitter many waits in a row could be close to nothing.
    const delayMs =
      failures === 0 ? 0 : Math.min(1_000 * 2 ** (failures - 1), 30_000) * (0.5 + this.runtime.random() / 2);
    return this.sleep(Math.max(pollMs, delayMs, requestedDelayMs(error)));
  }
}

function aborted(): AbortError {
  return new AbortError("aborted by the caller's signal.", {});
}

/** Milliseconds that the server asked to wait with this failure, 0 when it did not. */
export function requestedDelayMs(failure: unknown): number {
  return (failure as { retryAfterMs?: number } | null | undefined)?.retryAfterMs ?? 0;
}

/** Whether a failed read may succeed a little later, although the client has given up on this one call. */
export function isTransient(error: unknown): boolean {
  if (requestedDelayMs(error) > maxRequestedDelayMs) return false;
  if (ApiError.is(error)) return isRetryableStatus(error.status);
  return ConnectionError.is(error) || TimeoutError.is(error) || DecodeError.is(error);
}

/** A SHA-256 that takes its input piece by piece; WebCrypto's takes it only as a whole. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** 64 lowercase hexadecimal digits. Ends the hash. */
  hex(): string;
}

/** The runtime's own where there is one (Node, Bun, Deno), else one in JavaScript, which is loaded only then. */
export async function sha256(): Promise<Hash> {
  return nativeSha256() ?? (await import("./portable-sha256.js")).portableSha256();
}

/** SHA-256 of a text's UTF-8, in hexadecimal. */
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
  // Not an import: a bundle for other places must not ask for a module that only Node has.
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => NativeCrypto | undefined } };
  const native = process?.getBuiltinModule?.("node:crypto")?.createHash("sha256");
  return native && { update: (bytes) => void native.update(bytes), hex: () => native.digest("hex") };
}
