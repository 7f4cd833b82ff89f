import type { Operation } from "../operation.js";
import type { HttpRequest } from "./request.js";
import type { CompleteResponse } from "./response.js";
import { AbortReason } from "./timeout.js";

/** How one attempt ended: in a response, or in a failure. */
export interface AttemptResult {
  readonly received?: CompleteResponse | undefined;
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

/** In place of `response.ok`, which can contradict the status when the caller's `fetch` makes its own responses. */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Whether a request that got this status was processed. */
export function processedBy(status: number): "yes" | "no" | "unknown" {
  if (isSuccess(status)) return "yes";
  // A gateway may return 5xx, and a server 408, after the request was passed on. A redirect may come after the work (303) or in place of it. The caller's
  // `fetch` may return no number at all.
  return status >= 400 && status < 500 && status !== 408 ? "no" : "unknown";
}

/** Whether another attempt may follow, without any chance that the write is applied twice. */
export function isRetryable({ retry }: Operation, { received, failure, processed }: AttemptResult): boolean {
  // A key, absolute values or a read make a repeat harmless; any other write must certainly not have been processed.
  if (retry === "unsafe" && processed !== "no") return false;
  if (received) return isRetryableStatus(received.response.status);
  // A repeat cannot help after an abort, an expired deadline, an invalid token or a request that the transport refuses.
  if (failure instanceof AbortReason) return failure.why === "timeoutMs";
  return !permanentCodes.test(systemError(failure).code ?? "");
}

/** Milliseconds to wait before retry number `retry` (from 0), or `undefined` when it would leave no time for one. */
export function retryDelayMs(
  retry: number,
  { received }: AttemptResult,
  remainingMs: number,
  { random, dateMs }: { random(): number; dateMs(): number },
): number | undefined {
  const requested = retryAfterMs(received?.response.headers.get("retry-after"), dateMs());
  // No jitter on `Retry-After`: it is a minimum.
  const delay = requested ?? backoffMs(retry, random());
  return delay >= remainingMs || (requested ?? 0) > maxRetryAfterMs ? undefined : delay;
}

/** Units per budget: how many retries are possible without a success in between. */
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

/** Error codes of a connection that was never made. */
const neverConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused)$/;

/**
 * Failures that come before anything is sent and that a repeat cannot change: a certificate that the client does not accept (OpenSSL's names, and
 * Node's for a wrong host), a header or a URL that the transport refuses. Alerts of the server (`ERR_SSL_…`) can come later and are not among them.
 */
const permanentCodes =
  /^(CERT_\w+|CRL_\w+|UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|ERR_TLS_CERT_ALTNAME_INVALID|ERR_INVALID_(ARG_\w+|CHAR|HTTP_TOKEN|URL)|ERR_HTTP_INVALID_HEADER_VALUE|UND_ERR_(INVALID_ARG|NOT_SUPPORTED))$/;

/** Whether a failed `fetch` ended before the first byte of the request was sent. After an unknown code it may have been. */
export function wasNeverSent(failure: unknown): boolean {
  if (failure instanceof AbortReason) return failure.notSent;
  const { code = "", syscall } = systemError(failure);
  return syscall === "connect" || neverConnected.test(code) || permanentCodes.test(code);
}

interface SystemError {
  name?: string;
  code?: string;
  syscall?: string;
  /** What could not be reached, such as a proxy: a name that was looked up, or an address and its port. */
  peer?: string;
}

/** The form of an error code or a class name: `ECONNRESET`, `UND_ERR_SOCKET`, `ConnectionRefused`, `TypeError`. */
const identifier = /^[A-Z]\w{1,60}$/;
const hostOrAddress = /^[a-z\d.:-]{1,259}$/;

/** Name, code, system call and peer of a failure, wherever the runtime keeps them. Anything that does not look like one is left out. */
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
    // Reading a property may run code, and that may throw.
  }
  return found;
}

/** The first delay is at most this long, and each later one at most twice the one before. */
const baseDelayMs = 500;
/** The longest delay that is computed. */
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
