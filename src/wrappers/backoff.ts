/** How often and how long to wait. All times in milliseconds. */
export interface RetryPolicy {
  /** The first wait is at most this long, and each later one at most twice the one before. */
  readonly baseDelayMs: number;
  /** No computed wait is longer. */
  readonly maxDelayMs: number;
  /** A `Retry-After` beyond this is not waited for: the error is raised at once, with the value on it. */
  readonly maxRetryAfterMs: number;
}

export const retryPolicy: RetryPolicy = { baseDelayMs: 500, maxDelayMs: 8_000, maxRetryAfterMs: 60_000 };

/**
 * Exponential backoff with full jitter: anything between nothing and the bound, so that clients that failed
 * together do not come back together. `retry` counts from 0; `random` is in [0, 1).
 */
export function backoffMs(
  retry: number,
  random: number,
  { baseDelayMs, maxDelayMs }: RetryPolicy = retryPolicy,
): number {
  return random * Math.min(maxDelayMs, baseDelayMs * 2 ** retry);
}

/** Milliseconds that the service asked to wait, or `undefined` when the header is absent or unreadable. */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  // Digits first: Date.parse("1.5") is a moment in 2001, not one and a half seconds.
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  // Date.parse accepts almost anything. What is written back as the same text is the one form of date that HTTP lets a sender use.
  return !Number.isNaN(at) && new Date(at).toUTCString() === text ? Math.max(0, at - now) : undefined;
}
