import { wasNeverSent } from "../wrappers/retry.js";

interface SystemWords {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
}

/**
 * The request never left: no connection came about. `syscall` says so to whoever decides about a repeat. The message of the system is kept; it
 * names hosts and certificates, and nothing of the request.
 */
export function neverSent(reason: unknown): TypeError {
  const { code, message } = asWords(reason);
  const cause = new Error(typeof message === "string" && message !== "" ? message : "no connection");
  return new TypeError("fetch failed", { cause: Object.assign(cause, { ...withCode(code), syscall: "connect" }) });
}

/**
 * The connection broke after the request was handed to it, so the request may have arrived. Only the system's words are kept: a parser's
 * complaint carries what it was reading.
 */
export function broken(reason: unknown): TypeError {
  const { code } = asWords(reason);
  const cause = Object.assign(new Error("the connection broke"), withCode(code));
  // A late word of the network, such as "port unreachable", must not look like a connection that was never made.
  return new TypeError("fetch failed", { cause: wasNeverSent(cause) ? new Error(cause.message) : cause });
}

/** The request cannot be sent as it stands. */
export function refused(what: string): TypeError {
  return new TypeError(`fetch cannot send this: ${what}`);
}

function asWords(reason: unknown): SystemWords {
  return typeof reason === "object" && reason !== null ? reason : {};
}

function withCode(code: unknown): { code?: string } {
  return typeof code === "string" ? { code } : {};
}
