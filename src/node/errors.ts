import { wasNeverSent } from "../wrappers/retry.js";

/** What the system, TLS or an agent says about a failure. */
export type Failure = { readonly code?: unknown; readonly message?: unknown } | null | undefined;

/**
 * The request was not sent: there was no connection. `syscall` says so to the client, which decides about a retry. A message that comes with a code is kept:
 * it names hosts and certificates, and nothing of the request.
 */
export function neverSent(failure: Failure): TypeError {
  const { code, message } = typeof failure?.code === "string" ? failure : { code: "ERR_NO_CONNECTION", message: "" };
  const cause = new Error(String(message || "no connection"));
  return new TypeError("fetch failed", { cause: Object.assign(cause, { code, syscall: "connect" }) });
}

/** The connection broke after the request began to leave, so it may have arrived. Only the code is kept: a message may quote what was read. */
export function broken(failure: Failure): TypeError {
  const { code } = failure ?? {};
  return failed(Object.assign(new Error("the connection broke"), typeof code === "string" && { code }));
}

/** Something failed after the request began to leave. What looks like a connection that was never made must not be seen: the client believes it. */
export function failed(cause: unknown): TypeError {
  return new TypeError("fetch failed", { cause: wasNeverSent(cause) ? new Error("the request broke") : cause });
}
