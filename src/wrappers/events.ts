import type { Operation } from "../operation.js";
import type { SfcError } from "./errors.js";

export interface EventBase {
  /** The same in every event of one call, and in no event of another call of this process. */
  readonly call: number;
  /** The method that was called, for example `"orders.create"`. */
  readonly operation: string;
  readonly method: Operation["method"];
  /** The path template: no ids, no query, so it can label a metric. */
  readonly path: string;
  /** 1 for the first request of a call. */
  readonly attempt: number;
}

/** An attempt is about to be sent. */
export interface RequestEvent extends EventBase {
  readonly type: "request";
}

/** A complete answer came, whatever its status. */
export interface ResponseEvent extends EventBase {
  readonly type: "response";
  readonly status: number;
  /** Of this attempt, in milliseconds, its body included. */
  readonly durationMs: number;
  readonly requestId: string | undefined;
}

/** The attempt failed and another one follows after `delayMs`. */
export interface RetryEvent extends EventBase {
  readonly type: "retry";
  /** The answer's status; absent when no complete answer came. */
  readonly status: number | undefined;
  readonly delayMs: number;
}

/** The call failed for good; told also where the path client hands the failure out as `error` and does not throw. */
export interface ErrorEvent extends EventBase {
  readonly type: "error";
  readonly status: number | undefined;
  /** Of the whole call, in milliseconds. */
  readonly durationMs: number;
  readonly error: SfcError;
}

/** The call did what it was to do. */
export interface SuccessEvent extends EventBase {
  readonly type: "success";
  /** The final answer's. 404 where a repeated deletion found that an earlier attempt had done it. */
  readonly status: number;
  /** Of the whole call, in milliseconds. */
  readonly durationMs: number;
}

/** What `onEvent` is told. No event holds a token, a header, a body or a query. Each call ends with `success` or `error`. */
export type SfcEvent = RequestEvent | ResponseEvent | RetryEvent | SuccessEvent | ErrorEvent;

/** An event without what it takes from its call. */
type Details<E extends SfcEvent> = E extends SfcEvent ? Omit<E, "call" | "operation" | "method" | "path"> : never;

/** A call, as far as its events emit of it. */
export interface EmittingCall {
  readonly id: number;
  readonly operation: Operation;
  readonly settings: { readonly onEvent: ((event: SfcEvent) => void) | undefined };
}

let calls = 0;

/** A number for one call. Counted here and not by client, because one listener may be told by several clients. */
export function nextCallNumber(): number {
  calls += 1;
  return calls;
}

/** Tells the listener. A broken listener must not break a call that may have bought something. */
export function emit(
  { id, operation: { name, method, path }, settings }: EmittingCall,
  details: Details<SfcEvent>,
): void {
  const ignore = () => undefined; // EmittingCall in the option's documentation.
  try {
    const told: unknown = settings.onEvent?.({ ...details, call: id, operation: name, method, path });
    // An async function fits the type too; what it rejects with would end the process.
    if (told instanceof Promise) told.catch(ignore);
  } catch {
    ignore();
  }
}
