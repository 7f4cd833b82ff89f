import type { CallOptions } from "../options.js";
import { backoffMs, type RetryPolicy } from "../wrappers/backoff.js";
import { Interrupted, sleep } from "../wrappers/deadline.js";
import { AbortError, ApiError, ConnectionError, DecodeError, TimeoutError, UsageError } from "../wrappers/errors.js";
import { type Runtime, systemRuntime } from "../wrappers/runtime.js";

/** How long a workflow may take, and what ends it. */
export interface PaceOptions {
  /** Ends the workflow at once, whether it calls or waits, with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds the whole workflow may take, waits and calls included. `Infinity`: no limit. */
  readonly deadlineMs?: number | undefined;
  /** Clock, timers and chance, for tests that must not wait. @default the system's */
  readonly runtime?: Partial<Runtime> | undefined;
}

/** The time limits of one workflow under way. */
export class Pace {
  readonly runtime: Runtime;
  readonly signal: AbortSignal | undefined;
  readonly #deadlineAt: number;

  constructor({ signal, deadlineMs, runtime }: PaceOptions, defaultDeadlineMs: number = Number.POSITIVE_INFINITY) {
    if (deadlineMs !== undefined && !(deadlineMs > 0)) {
      throw new UsageError("options.deadlineMs", "must be a positive number of milliseconds");
    }
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

  /** Options that keep one call within the workflow's limits. Not to be asked for once the time is over. */
  callOptions(): CallOptions {
    const deadlineMs = this.remainingMs();
    return { signal: this.signal, ...(Number.isFinite(deadlineMs) && { deadlineMs }) };
  }

  /** Waits, but not beyond the deadline. */
  async sleep(ms: number): Promise<void> {
    try {
      await sleep(this.runtime, this, Math.min(ms, this.remainingMs()));
    } catch (error) {
      throw error instanceof Interrupted ? new AbortError("aborted by the caller's signal.", {}) : error;
    }
  }

  /** A wait before retry number `retry` (from 0), with jitter; at least what the service asked for. */
  backoff(retry: number, error?: unknown, policy?: RetryPolicy): Promise<void> {
    return this.sleep(Math.max(backoffMs(retry, this.runtime.random(), policy), askedMs(error)));
  }
}

/** Milliseconds that the service asked to wait, 0 when it did not. */
export function askedMs(error: unknown): number {
  return ApiError.is(error) ? (error.retryAfterMs ?? 0) : 0;
}

/** Whether a failed read may succeed a little later, although the client has given up on this one call. */
export function isPassing(error: unknown): boolean {
  if (ApiError.is(error)) return error.status >= 500 || error.status === 408 || error.status === 429;
  return ConnectionError.is(error) || TimeoutError.is(error) || DecodeError.is(error);
}
