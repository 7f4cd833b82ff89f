import { wasNeverSent } from "../wrappers/retry.js";

/** The members of an error from the system, TLS or an agent that are read here. */
export type Failure = { readonly code?: unknown; readonly message?: unknown } | null | undefined;

/**
 * The error for a request that was not sent because there was no connection. The client recognizes it by `syscall` when it decides whether to retry. A
 * message is kept when the error has a code: it then names hosts and certificates, but no part of the request.
 */
export function neverSentError(failure: Failure): TypeError {
  const { code, message } = typeof failure?.code === "string" ? failure : { code: "ERR_NO_CONNECTION", message: "" };
  const cause = new Error(String(message || "no connection"));
  return new TypeError("fetch failed", { cause: Object.assign(cause, { code, syscall: "connect" }) });
}

/**
 * The error for a connection that broke after sending had begun: the server may have received the request. Only the code is kept, because the message may
 * quote the response.
 */
export function brokenConnectionError(failure: Failure): TypeError {
  const { code } = failure ?? {};
  return failedRequestError(Object.assign(new Error("the connection broke"), typeof code === "string" && { code }));
}

/**
 * The error for any failure after sending had begun. A cause that looks like a connection that was never made is replaced, because the client would
 * conclude that nothing was sent.
 */
export function failedRequestError(cause: unknown): TypeError {
  return new TypeError("fetch failed", { cause: wasNeverSent(cause) ? new Error("the request broke") : cause });
}
