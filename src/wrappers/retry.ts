import type { Operation } from "../operation.js";
import type { HttpRequest } from "./request.js";
import type { CompleteResponse } from "./response.js";
import { AbortReason } from "./timeout.js";

/** The result of one attempt: a response or a failure. */
export interface AttemptResult {
  readonly received?: CompleteResponse | undefined;
  readonly failure?: unknown;
  /** Whether `received` is the response to the last request, and not one that middleware created. */
  readonly isFromService?: boolean;
  /** Number of requests that were passed to `fetch`. With middleware it can be 0, or more than 1. */
  readonly requests: number;
  /** Whether a request before the last one may have been processed. */
  readonly earlierUnknown?: boolean;
  /** The last request of this call, in this attempt or an earlier one. */
  readonly lastRequest?: HttpRequest | undefined;
  /** The token of the last request. */
  readonly token?: string | undefined;
  /** Whether the service processed the request. `"no"` means that it certainly did not. */
  readonly processed: "yes" | "no" | "unknown";
}

/** Whether the same request may succeed later, after this status. */
export function isRetryableStatus(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/** Whether a status is a success. Used in place of `response.ok`, which can contradict the status when the caller's `fetch` creates its own responses. */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Whether a request with this response status was processed. */
export function processedBy(status: number): "yes" | "no" | "unknown" {
  if (isSuccess(status)) return "yes";
  // Unknown for 5xx and 408, which may come from a gateway or a server after the request was passed on. Unknown for a redirect, which may follow the
  // processing (303) or replace it. Unknown for a status that is not a number, which the caller's `fetch` may return.
  return status >= 400 && status < 500 && status !== 408 ? "no" : "unknown";
}

/** Whether another attempt may follow, without any risk that the write is applied twice. */
export function isRetryable({ retry }: Operation, { received, failure, processed }: AttemptResult): boolean {
  // Reads, writes with a key and writes of absolute values are safe to repeat. Any other write must certainly not have been processed.
  if (retry === "unsafe" && processed !== "no") return false;
  if (received) return isRetryableStatus(received.response.status);
  // A retry cannot succeed after an abort, an expired deadline, an invalid token or a request that the transport refuses.
  if (failure instanceof AbortReason) return failure.why === "timeoutMs";
  return !permanentCodes.test(systemError(failure).code ?? "");
}

/** Milliseconds to wait before retry number `retry` (from 0). `undefined` when the wait is too long, or would leave no time for the retry. */
export function retryDelayMs(
  retry: number,
  { received }: AttemptResult,
  remainingMs: number,
  { random, dateMs }: { random(): number; dateMs(): number },
): number | undefined {
  const requested = retryAfterMs(received?.response.headers.get("retry-after"), dateMs());
  // `Retry-After` gets no jitter, because it is a minimum.
  const delay = requested ?? backoffMs(retry, random());
  return delay >= remainingMs || (requested ?? 0) > maxRetryAfterMs ? undefined : delay;
}

/** Units per budget: the number of retries that are possible without a success in between. */
const capacity = 100;

/**
 * Limits the retries of all calls of one client together, so that an outage does not triple the traffic. A retry costs one unit,
 * a success restores half a unit. Reads and writes have separate budgets: a polling loop must not use up the retries of a write.
 */
export class RetryBudget {
  readonly #units = { read: capacity, write: capacity };

  take({ retry }: Operation): boolean {
    const kind = retry === "read" ? "read" : "write";
    if (this.#units[kind] < 1) return false;
    this.#units[kind] -= 1;
    return true;
  }

  refund({ retry }: Operation): void {
    const kind = retry === "read" ? "read" : "write";
    this.#units[kind] = Math.min(capacity, this.#units[kind] + 0.5);
  }
}

/** Error codes of a connection that could not be established. */
const neverConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused)$/;

/**
 * Error codes of failures that occur before anything is sent and that a retry cannot fix: a certificate that the client does not accept (OpenSSL's names,
 * and Node's for a wrong host), or a header or URL that the transport refuses. TLS alerts from the server (`ERR_SSL_…`) are not included, because they can
 * arrive after the request was sent.
 */
const permanentCodes =
  /^(CERT_\w+|CRL_\w+|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|ERR_TLS_CERT_ALTNAME_INVALID|ERR_INVALID_(ARG_\w+|CHAR|HTTP_TOKEN|URL)|ERR_HTTP_INVALID_HEADER_VALUE|UND_ERR_(INVALID_ARG|NOT_SUPPORTED))$/;

/** Whether a `fetch` failed before the first byte of the request was sent. `false` for an unknown error code: the request may have been sent. */
export function wasNeverSent(failure: unknown): boolean {
  if (failure instanceof AbortReason) return failure.notSent;
  const { code = "", syscall } = systemError(failure);
  return syscall === "connect" || neverConnected.test(code) || permanentCodes.test(code);
}

interface SystemError {
  name?: string;
  code?: string;
  syscall?: string;
  /** The host that could not be reached, which may be a proxy: a name that was looked up, or an address and its port. */
  peer?: string;
}

/** The form of an error code or a class name: `ECONNRESET`, `UND_ERR_SOCKET`, `ConnectionRefused`, `TypeError`. */
const identifier = /^[A-Z]\w{1,60}$/;
const hostOrAddress = /^[a-z\d.:-]{1,259}$/;

/** Reads the name, code, system call and peer of a failure from the error or its causes. A value of an unexpected form is left out. */
export function systemError(failure: unknown): Readonly<SystemError> {
  const found: SystemError = {};
  const keep = (name: keyof SystemError, value: unknown, shape = identifier) => {
    if (typeof value === "string" && shape.test(value)) found[name] = value;
  };
  try {
    if (failure instanceof Error) keep("name", failure.name);
    let error = failure as Record<string, unknown> | undefined;
    for (let depth = 0; error && depth < 5; depth++) {
      const { code, syscall, cause } = error;
      keep("code", code);
      if (typeof code === "string") {
        keep("syscall", syscall, /^[a-z]{1,20}$/);
        keep("peer", error.hostname ?? (error.address && `${error.address}:${error.port}`), hostOrAddress);
      }
      error = typeof code === "string" ? undefined : (cause as typeof error);
    }
  } catch {
    // A getter or a proxy may throw.
  }
  return found;
}

/** Upper bound of the first delay. The bound doubles for each later delay. */
const baseDelayMs = 500;
/** Upper bound of every delay, except one that `Retry-After` requests. */
export const maxDelayMs = 8_000;
/** After a longer `Retry-After` the error is thrown at once, with that delay as `retryAfterMs`. */
const maxRetryAfterMs = 60_000;

/**
 * Exponential backoff with full jitter: a random delay between 0 and the bound, so that clients do not retry in step. `retry` counts
 * from 0; `random` is in [0, 1).
 */
export function backoffMs(retry: number, random: number): number {
  return random * Math.min(maxDelayMs, baseDelayMs * 2 ** retry);
}

/** Milliseconds that the service requests to wait, or `undefined` when the header is absent or unreadable. */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  // Digits first: Date.parse("1.5") is a moment in 2001, not one and a half seconds.
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  // Date.parse accepts almost anything. Only a date in HTTP's own form (IMF-fixdate) is written back as the same text.
  return !Number.isNaN(at) && new Date(at).toUTCString() === text ? Math.max(0, at - now) : undefined;
}
