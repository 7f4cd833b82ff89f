import type { Operation } from "../operation.js";
import type { HttpRequest } from "./request.js";
import type { CompleteResponse } from "./response.js";
import { AbortReason } from "./timeout.js";

/** How one attempt ended: in a response, or in a failure. */
export interface AttemptResult {
  readonly received?: CompleteResponse;
  readonly failure?: unknown;
  /** `received` is the response to the last request, and not one that middleware made. */
  readonly isFromService?: boolean;
  /** Requests that were passed to `fetch`. Middleware can make it none, or several. */
  readonly requests: number;
  /** A request before the last one may have been processed. */
  readonly earlierUnknown?: boolean;
  /** The last request of this call, in this attempt or an earlier one. */
  readonly lastRequest?: HttpRequest | undefined;
  /** The token that it was sent with. */
  readonly token?: string | undefined;
  /** Whether the service processed the request: `"no"` means certainly not. */
  readonly processed: "yes" | "no" | "unknown";
}

/** Statuses after which the same request may succeed later. */
export function isRetryableStatus(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/** Whether a request that got this status was processed. */
export function processedBy(status: number): "yes" | "no" | "unknown" {
  if (status >= 200 && status < 300) return "yes";
  // A gateway may return 5xx, and a server 408, after the request was passed on. A redirect may come after the work (303) or in place of it.
  return status >= 500 || status === 408 || status < 400 ? "unknown" : "no";
}

/** Whether another attempt may follow, without any chance that the write is applied twice. */
export function isRetryable({ retry }: Operation, { received, failure, processed }: AttemptResult): boolean {
  const transient = received
    ? isRetryableStatus(received.response.status)
    : // An abort, an expired deadline, an invalid token and a request that the transport refuses stay as they are.
      failure instanceof AbortReason
      ? failure.why === "timeoutMs"
      : !neverAccepted.test(systemError(failure).code ?? "");
  // A key, absolute values or a read make a repeat harmless; anything else must certainly not have been processed.
  return transient && (retry !== "unsafe" || processed === "no");
}

/** Milliseconds to wait before retry number `retry` (from 0), or `undefined` when it would leave no time for one. */
export function retryDelayMs(
  retry: number,
  { received }: AttemptResult,
  remainingMs: number,
  { random, dateMs }: { random(): number; dateMs(): number },
  policy: RetryPolicy = retryPolicy,
): number | undefined {
  const requested = retryAfterMs(received?.response.headers.get("retry-after"), dateMs());
  // No jitter on the service's own delay: a retry before it ends is what the header forbids.
  const delay = requested ?? backoffMs(retry, random(), policy);
  return delay >= remainingMs || (requested ?? 0) > policy.maxRetryAfterMs ? undefined : delay;
}

const capacity = 100;

/**
 * Bounds the retries of all calls of one client together: during an outage, three requests for every call would keep the
 * service down. Each retry takes one token, each success gives half a one back. Reads have a budget of their own: a polling loop
 * must not use up the retries of a write.
 */
export class RetryBudget {
  readonly #tokens = { read: capacity, write: capacity };

  take({ retry }: Operation): boolean {
    const kind = retry === "read" ? "read" : "write";
    if (this.#tokens[kind] < 1) return false;
    this.#tokens[kind] -= 1;
    return true;
  }

  refund({ retry }: Operation): void {
    const kind = retry === "read" ? "read" : "write";
    this.#tokens[kind] = Math.min(capacity, this.#tokens[kind] + 0.5);
  }
}

/** Error codes of a connection that was never made. */
const neverConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused)$/;

/**
 * Failures that come before anything is sent and that a repeat cannot change: a certificate that the client does not accept (OpenSSL's names, and
 * Node's for a wrong host), a header or an address that the transport refuses. Alerts of the server (`ERR_SSL_…`) can come later and are not among them.
 */
const neverAccepted =
  /^(CERT_\w+|CRL_\w+|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|ERR_TLS_CERT_ALTNAME_INVALID|ERR_INVALID_(ARG_\w+|CHAR|HTTP_TOKEN|URL)|ERR_HTTP_INVALID_HEADER_VALUE|UND_ERR_(INVALID_ARG|NOT_SUPPORTED))$/;

/** Whether a failed `fetch` ended before the first byte of the request was sent. After an unknown code it may have been. */
export function wasNeverSent(failure: unknown): boolean {
  if (failure instanceof AbortReason) return failure.notSent;
  const { code = "", syscall } = systemError(failure);
  return syscall === "connect" || neverConnected.test(code) || neverAccepted.test(code);
}

interface SystemError {
  name?: string;
  code?: string;
  syscall?: string;
}

/** `ECONNRESET`, `UND_ERR_SOCKET`, `ConnectionRefused`, `TypeError`; not a token, an address or a sentence. */
const identifier = /^[A-Z]\w{1,60}$/;

/** Name, code and system call of a failure, wherever the runtime keeps them. Anything that does not look like one is left out. */
export function systemError(failure: unknown): Readonly<SystemError> {
  const found: SystemError = {};
  const keep = (name: keyof SystemError, value: unknown, shape = identifier) => {
    if (typeof value === "string" && shape.test(value)) found[name] = value;
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
  return found;
}

/** How often and how long to wait. All times in milliseconds. */
export interface RetryPolicy {
  /** The first wait is at most this long, and each later one at most twice the one before. */
  readonly baseDelayMs: number;
  /** No computed wait is longer. */
  readonly maxDelayMs: number;
  /** After a longer `Retry-After` the error is thrown at once, with that delay on it. */
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

/** Milliseconds that the service requests to wait, or `undefined` when the header is absent or unreadable. */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  // Digits first: Date.parse("1.5") is a moment in 2001, not one and a half seconds.
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  // Date.parse accepts almost anything. What is written back as the same text is the one form of date that HTTP lets a sender use.
  return !Number.isNaN(at) && new Date(at).toUTCString() === text ? Math.max(0, at - now) : undefined;
}
