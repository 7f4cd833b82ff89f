import type { OperationErrors } from "../generated/errors.js";
import type { Operation } from "../operation.js";

/** Shared by every copy of the package in a process, so that `is()` works where `instanceof` does not. */
const kind: unique symbol = Symbol.for("sfc-preview-sdk.error");

/** Values of `error.type` that the API description declares. New ones pass through unchanged. */
export type ApiErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "payment_required"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "unprocessable_entity"
  | "api_error"
  | "service_unavailable"
  | "idempotency_error"
  | "request_timed_out"
  | "not_implemented"
  | "upgrade_required"
  | "gone"
  | "unknown"
  | (string & {});

/** One field error, as the service returned it. */
export interface ApiErrorDetail {
  /** The invalid field, where there is one. */
  readonly field?: string | null;
  readonly code: string;
  readonly message: string;
}

/** What is known about the call that ended with an error. */
export interface ErrorContext {
  /** The operation that was called; absent for an invalid option of a client, and for most invalid options of a call. */
  readonly operation?: Operation | undefined;
  /** HTTP requests sent, including the first. 0: nothing was sent. */
  readonly attempts?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly ambiguous?: boolean | undefined;
  /** A retry was allowed, but the client's retry budget was used up. */
  readonly budgetUsedUp?: boolean | undefined;
  readonly cause?: unknown;
}

/** The base of every error that this package throws. */
export abstract class SfcError extends Error {
  /** The method that was called, for example `"orders.create"`. */
  declare readonly operation: string | undefined;
  /** HTTP requests sent, including the first. 0: nothing was sent. */
  declare readonly attempts: number;
  /** The idempotency key that was sent with every attempt. Call again with the same key to get the first result. */
  declare readonly idempotencyKey: string | undefined;
  /** `true`: it is uncertain whether the write was applied. Check before you repeat it. Always `false` for reads. */
  declare readonly ambiguous: boolean;
  /**
   * For lists: pass it as `starting_after` (or `ending_before`) to retry from the page that failed. Absent on the first page and outside of lists. Items of
   * that page that the iteration had already yielded are repeated.
   */
  declare readonly resumeFrom?: string | undefined;
  #items: readonly unknown[] | undefined;

  constructor(message: string, context: ErrorContext = {}) {
    super(formatMessage(message, context), context.cause === undefined ? undefined : context);
    Object.defineProperty(this, kind, { value: new.target.prototype.name });
    const { operation, attempts = 0, idempotencyKey, ambiguous = false } = context;
    Object.assign(this, { operation: operation?.name, attempts, idempotencyKey, ambiguous });
  }

  /** The name of the class. On the prototype, because a minifier renames the class itself. */
  abstract override get name(): string;

  /** For lists: items that were read before the failure. From `toArray()` all items so far; otherwise those of a page that cannot be followed. */
  get items(): readonly unknown[] | undefined {
    return this.#items;
  }

  /** Sets `items`. Returns the same error. */
  withItems(items: readonly unknown[]): this {
    this.#items = items;
    return this;
  }

  /** Whether `value` is an error of this package. It may come from another copy of the package. */
  static is(value: unknown): value is SfcError {
    return readKind(value) !== undefined;
  }

  /** For logs: the message and the details of the service's error, never headers, request bodies or the token. */
  toJSON(): Record<string, unknown> {
    return Object.assign<Record<string, unknown>, object>({ name: this.name, message: this.message }, this);
  }
}

/** The response of an `ApiError`. */
export interface ErrorResponse {
  readonly status: number;
  readonly type: ApiErrorType;
  readonly details: readonly ApiErrorDetail[];
  readonly headers: Headers;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** The service responded with an error status. Narrow on `status` or `type`. */
export class ApiError<Type extends string = ApiErrorType> extends SfcError {
  declare readonly status: number;
  /** The kind of error, as the service names it; `"unknown"` when the response has no error body of the service. */
  declare readonly type: Type;
  declare readonly details: readonly ApiErrorDetail[];
  /** The request id, when the response has one. Include it when you contact support. */
  declare readonly requestId: string | undefined;
  /** Milliseconds to wait before the next request (`Retry-After`), when the response states them. */
  declare readonly retryAfterMs: number | undefined;
  readonly #headers: Headers;

  constructor(message: string, { headers, ...response }: ErrorResponse, context: ErrorContext) {
    super(message, context);
    Object.assign(this, response);
    this.#headers = headers;
  }

  override get name(): "ApiError" {
    return "ApiError";
  }

  /** The response's headers. Not an own property: a `Location` can contain a presigned URL, which must not be printed. */
  get headers(): Headers {
    return this.#headers;
  }

  /**
   * Whether `value` is an `ApiError` that the named method threw. Narrows `type` to the values that the API declares for that method, and any other string.
   *
   * ```ts
   * if (ApiError.is(error, "orders.create") && error.type === "payment_required") topUp();
   * ```
   */
  static override is<Name extends keyof OperationErrors>(
    value: unknown,
    operation: Name,
  ): value is ApiError<OperationErrors[Name] | (string & {})> & { readonly operation: Name };
  static override is(value: unknown): value is ApiError;
  static override is(value: unknown, operation?: unknown): boolean {
    if (readKind(value) !== "ApiError") return false;
    // `errors.filter(ApiError.is)` passes an index.
    return typeof operation !== "string" || (value as ApiError).operation === operation;
  }
}

/** The connection failed or was closed before the response was complete. `cause.code` is the system's error code. */
export class ConnectionError extends SfcError {
  override get name(): "ConnectionError" {
    return "ConnectionError";
  }

  static override is(value: unknown): value is ConnectionError {
    return readKind(value) === "ConnectionError";
  }
}

/** An attempt (`timeoutMs`) or the whole call (`deadlineMs`) took too long, or the caller's `AbortSignal.timeout()` ended it (`signal`). */
export class TimeoutError extends SfcError {
  /** Which limit was reached. */
  readonly limit: "timeoutMs" | "deadlineMs" | "signal";

  constructor(message: string, limit: TimeoutError["limit"], context: ErrorContext) {
    super(message, context);
    this.limit = limit;
  }

  override get name(): "TimeoutError" {
    return "TimeoutError";
  }

  static override is(value: unknown): value is TimeoutError {
    return readKind(value) === "TimeoutError";
  }
}

/** The caller's `signal` ended the call. The error does not include `signal.reason`. */
export class AbortError extends SfcError {
  override get name(): "AbortError" {
    return "AbortError";
  }

  static override is(value: unknown): value is AbortError {
    return readKind(value) === "AbortError";
  }
}

/** The status is a success, and the body cannot be used: not a JSON object, truncated, too large, with a number beyond 2^53, or a list without `data`. */
export class DecodeError extends SfcError {
  readonly status: number;

  constructor(message: string, status: number, context: ErrorContext) {
    super(message, context);
    this.status = status;
  }

  override get name(): "DecodeError" {
    return "DecodeError";
  }

  static override is(value: unknown): value is DecodeError {
    return readKind(value) === "DecodeError";
  }
}

/** A list cannot be read to its end without skipping or repeating items. */
export class PaginationError extends SfcError {
  constructor(message: string, items: readonly unknown[], resumeFrom: string | undefined, context: ErrorContext) {
    super(message, context);
    this.withItems(items);
    Object.assign(this, { resumeFrom });
  }

  override get name(): "PaginationError" {
    return "PaginationError";
  }

  /** Items that were read: all of them from `toArray()`, otherwise those of the page that cannot be followed. */
  override get items(): readonly unknown[] {
    return super.items as readonly unknown[];
  }

  static override is(value: unknown): value is PaginationError {
    return readKind(value) === "PaginationError";
  }
}

/** An argument or option is invalid. Nothing was sent, unless `attempts` is above 0: a token function or middleware can fail after earlier requests. */
export class UsageError extends SfcError {
  /** What to fix, for example `"options.timeoutMs"` or `"id"`. */
  readonly field: string;

  constructor(field: string, message: string, context?: ErrorContext) {
    super(`${field}: ${message}`, context);
    this.field = field;
  }

  override get name(): "UsageError" {
    return "UsageError";
  }

  static override is(value: unknown): value is UsageError {
    return readKind(value) === "UsageError";
  }
}

function readKind(value: unknown): string | undefined {
  return (value as { [kind]?: string } | null | undefined)?.[kind];
}

/** Builds a message: method and path template, then the message, then what to do after an uncertain write. */
function formatMessage(message: string, { operation, ambiguous, idempotencyKey, budgetUsedUp }: ErrorContext): string {
  if (operation === undefined) return message;
  const { method, path } = operation;
  let text = `${method} ${path}: ${message}`;
  if (budgetUsedUp) text = append(text, "Not retried: this client's retry budget is used up by earlier failures.");
  return ambiguous ? append(text, adviceAfter(operation, idempotencyKey)) : text;
}

/** Appends a sentence. Adds a period first, because the service's messages may end without one. */
function append(text: string, sentence: string): string {
  return `${text.replace(/[^.!?]$/, "$&.")} ${sentence}`;
}

/** Marks an error of a call as ambiguous: an earlier request of the same call may have been applied. Returns the same error. */
export function markAmbiguous<E extends SfcError>(error: E, operation: Operation): E {
  if (error.ambiguous) return error;
  const message = append(error.message, adviceAfter(operation, error.idempotencyKey));
  return Object.assign(error, { ambiguous: true, message });
}

/** Returns what to do after a write that may have been applied. */
function adviceAfter({ lookup, retry }: Operation, idempotencyKey: string | undefined): string {
  const unsure = "It is uncertain whether the write was applied.";
  if (idempotencyKey !== undefined) return `${unsure} Call again with the same idempotencyKey to get the first result.`;
  return `${unsure} Check${lookup ? ` with ${lookup}()` : ""} what exists before you repeat it.${
    retry === "absolute" ? " Sending the same values again is safe." : ""
  }`;
}
