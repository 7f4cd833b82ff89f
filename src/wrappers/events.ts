import type { Operation } from "../operation.js";
import type { SfcError } from "./errors.js";

export interface EventBase {
  /** Identifies the call. All events of one call have the same number, and no other call in this process has it. */
  readonly call: number;
  /** The method that was called, for example `"orders.create"`. */
  readonly operation: string;
  readonly method: Operation["method"];
  /** The path template. It contains no ids and no query, so it can label a metric. */
  readonly path: string;
  /** For `request`, `response` and `retry`: the number of the attempt, from 1. For `success` and `error`: the number of HTTP requests sent. */
  readonly attempt: number;
}

/** A request is about to be sent. Middleware can send several in one attempt, or none. */
export interface RequestEvent extends EventBase {
  readonly type: "request";
}

/** A complete response was received, whatever its status. */
export interface ResponseEvent extends EventBase {
  readonly type: "response";
  readonly status: number;
  /** Duration of this attempt in milliseconds, its body included. */
  readonly durationMs: number;
  readonly requestId: string | undefined;
}

/** The attempt failed, and another one is due after `delayMs`. It is not sent if the call ends earlier. */
export interface RetryEvent extends EventBase {
  readonly type: "retry";
  /** The response's status; absent without a complete response. */
  readonly status: number | undefined;
  readonly delayMs: number;
}

/** The call failed. Also emitted where the path client returns the failure as `error` instead of throwing it. */
export interface ErrorEvent extends EventBase {
  readonly type: "error";
  readonly status: number | undefined;
  /** Duration of the whole call in milliseconds. */
  readonly durationMs: number;
  readonly error: SfcError;
}

/** The call succeeded. */
export interface SuccessEvent extends EventBase {
  readonly type: "success";
  /** Status of the final response; 404 when a retried deletion found the resource already deleted. */
  readonly status: number;
  /** Duration of the whole call in milliseconds. */
  readonly durationMs: number;
}

/** What `onEvent` receives. No event contains a token, a header, a body or a query. Each call that passes validation ends with one `success` or `error`. */
export type SfcEvent = RequestEvent | ResponseEvent | RetryEvent | SuccessEvent | ErrorEvent;

/** The fields of an event that its call does not supply. */
type Details<E extends SfcEvent> = E extends SfcEvent ? Omit<E, "call" | "operation" | "method" | "path"> : never;

/** The members of a call that events need. */
export interface EmittingCall {
  readonly id: number;
  readonly operation: Operation;
  readonly settings: { readonly onEvent: ((event: SfcEvent) => void) | undefined };
}

let calls = 0;

/** A number for one call. Counted per process and not per client, because several clients may share one listener. */
export function nextCallNumber(): number {
  calls += 1;
  return calls;
}

/** Calls the listener. A listener that fails must not fail a call that may have bought something. */
export function emit(
  { id, operation: { name, method, path }, settings }: EmittingCall,
  details: Details<SfcEvent>,
): void {
  try {
    const returned = settings.onEvent?.({ ...details, call: id, operation: name, method, path }) as unknown;
    // The type allows an async function, and its promise may come from another realm. An unhandled rejection would end the process.
    if (returned) Promise.resolve(returned).catch(() => undefined);
  } catch {
    // Errors of the listener are ignored by design.
  }
}

/** What `logEvents` writes to: the console, or any logger that has these two methods. */
export interface EventLogger {
  info(line: string): void;
  warn(line: string): void;
}

/**
 * A listener for `onEvent` that logs each response, each retry and the end of each call: `onEvent: logEvents(console)`. Retries and failures use `warn`. No
 * line contains the token, a header, a body or a query.
 */
export function logEvents(logger: EventLogger): (event: SfcEvent) => void {
  return (event) => {
    const { operation, call, attempt } = event;
    const write = (line: string) => `${operation} #${call} ${line}`;
    // The logger's result is returned, because it may be a promise, and `emit` handles its rejection.
    if (event.type === "response") {
      const { status, durationMs, requestId } = event;
      const id = requestId === undefined ? "" : `, request id ${requestId}`;
      return logger.info(write(`attempt ${attempt}: ${status} in ${Math.round(durationMs)} ms${id}`));
    }
    if (event.type === "retry") {
      const { status = "no response", delayMs } = event;
      return logger.warn(write(`attempt ${attempt}: ${status}, retry in ${Math.round(delayMs)} ms`));
    }
    if (event.type === "success") {
      const { status, durationMs } = event;
      return logger.info(write(`succeeded: ${status} in ${Math.round(durationMs)} ms (requests: ${attempt})`));
    }
    if (event.type === "error") {
      return logger.warn(
        write(`failed in ${Math.round(event.durationMs)} ms (requests: ${attempt}): ${event.error.message}`),
      );
    }
  };
}
