import type { Operation } from "../operation.js";

/** Shared by every copy of the package in a process, so that `is()` works where `instanceof` does not. */
const kind: unique symbol = Symbol.for("sfc-preview-sdk.error");

/** `error.type` values that the service is known to send. New ones pass through as they are. */
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

/** One complaint about one field, as the service words it. */
export interface ApiErrorDetail {
  /** The field that is wrong, when the complaint is about one. */
  readonly field?: string | null;
  readonly code: string;
  readonly message: string;
}

/** What is known of the call that an error ended. */
export interface ErrorContext {
  /** The operation that was called; absent when the client itself was set up wrongly. */
  readonly operation?: Operation | undefined;
  /** Requests made, the first one included. 0: nothing was sent. */
  readonly attempts?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly ambiguous?: boolean | undefined;
  /** A retry was due, and the client's budget for retries had none left. */
  readonly budgetUsedUp?: boolean | undefined;
  readonly cause?: unknown;
}

/** The base of every error that this package throws. */
export abstract class SfcError extends Error {
  /** The method that was called, for example `"orders.create"`. */
  declare readonly operation: string | undefined;
  /** Requests made, the first one included. 0: nothing was sent. */
  declare readonly attempts: number;
  /** The key that every attempt carried. Call again with the same key to find out what became of the first call. */
  declare readonly idempotencyKey: string | undefined;
  /** `true`: it is not certain whether the write took effect. Look before you repeat it. Always `false` for reads. */
  declare readonly ambiguous: boolean;
  /**
   * Of a list: pass it as `starting_after` (or `ending_before`) to ask for the page that failed once more. Absent when that was the first
   * page, and outside of lists. Rows of that page that an iteration had yielded already come again.
   */
  declare readonly resumeFrom?: string | undefined;
  #items: readonly unknown[] | undefined;

  constructor(message: string, context: ErrorContext = {}) {
    super(describe(message, context), context.cause === undefined ? undefined : context);
    Object.defineProperty(this, kind, { value: new.target.prototype.name });
    const { operation, attempts = 0, idempotencyKey, ambiguous = false } = context;
    Object.assign(this, { operation: operation?.name, attempts, idempotencyKey, ambiguous });
  }

  /** The name of the class. On the prototype, because a minifier renames the class itself. */
  abstract override get name(): string;

  /** Of a list: what had been read and not yielded. All rows so far from `toArray()`; else those of a page that cannot be followed. */
  get items(): readonly unknown[] | undefined {
    return this.#items;
  }

  /** The same error, with the rows that had been read. */
  withItems(items: readonly unknown[]): this {
    this.#items = items;
    return this;
  }

  /** Whether `value` is an error of this package, also when it comes from another copy of it. */
  static is(value: unknown): value is SfcError {
    return kindOf(value) !== undefined;
  }

  /** What a log may keep: never headers, bodies or the token. */
  toJSON(): Record<string, unknown> {
    return Object.assign<Record<string, unknown>, object>({ name: this.name, message: this.message }, this);
  }
}

/** What is told of an answer that is an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly type: ApiErrorType;
  readonly details: readonly ApiErrorDetail[];
  readonly headers: Headers;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** The service answered with a status that is not a success. Narrow on `status` or `type`. */
export class ApiError extends SfcError {
  declare readonly status: number;
  /** The service's own word for what went wrong; `"unknown"` when the answer was not one of its error bodies. */
  declare readonly type: ApiErrorType;
  declare readonly details: readonly ApiErrorDetail[];
  /** The answer's request id, when it names one. Quote it to support. */
  declare readonly requestId: string | undefined;
  /** Milliseconds that the service asked to wait (`Retry-After`), when it did. */
  declare readonly retryAfterMs: number | undefined;
  readonly #headers: Headers;

  constructor(message: string, { headers, ...answer }: ErrorAnswer, context: ErrorContext) {
    super(message, context);
    Object.assign(this, answer);
    this.#headers = headers;
  }

  override get name(): "ApiError" {
    return "ApiError";
  }

  /** The answer's headers. Not a property of its own: a `Location` can hold a presigned URL, which must not be printed. */
  get headers(): Headers {
    return this.#headers;
  }

  static override is(value: unknown): value is ApiError {
    return kindOf(value) === "ApiError";
  }
}

/** No complete answer came: refused, reset, unreachable, or cut off in the middle. `cause.code` has the system's word. */
export class ConnectionError extends SfcError {
  override get name(): "ConnectionError" {
    return "ConnectionError";
  }

  static override is(value: unknown): value is ConnectionError {
    return kindOf(value) === "ConnectionError";
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
    return kindOf(value) === "TimeoutError";
  }
}

/** The caller's `signal` ended the call. `signal.reason` stays with the caller. */
export class AbortError extends SfcError {
  override get name(): "AbortError" {
    return "AbortError";
  }

  static override is(value: unknown): value is AbortError {
    return kindOf(value) === "AbortError";
  }
}

/** The service said that it succeeded, and the body cannot be read: not JSON, cut short, or a list without `data`. */
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
    return kindOf(value) === "DecodeError";
  }
}

/** A list cannot be read to its end without losing or repeating rows. */
export class PaginationError extends SfcError {
  constructor(message: string, items: readonly unknown[], resumeFrom: string | undefined, context: ErrorContext) {
    super(message, context);
    this.withItems(items);
    Object.assign(this, { resumeFrom });
  }

  override get name(): "PaginationError" {
    return "PaginationError";
  }

  /** What had been read: all of it from `toArray()`, else the rows of the page that could not be followed. */
  override get items(): readonly unknown[] {
    return super.items ?? [];
  }

  static override is(value: unknown): value is PaginationError {
    return kindOf(value) === "PaginationError";
  }
}

/** The call is wrong as it stands. Nothing was sent, unless `attempts` says so: a function that gives the token can fail before a retry. */
export class UsageError extends SfcError {
  /** What to mend, for example `"options.timeoutMs"` or `"id"`. */
  readonly field: string;

  constructor(field: string, message: string, context?: ErrorContext) {
    super(`${field}: ${message}`, context);
    this.field = field;
  }

  override get name(): "UsageError" {
    return "UsageError";
  }

  static override is(value: unknown): value is UsageError {
    return kindOf(value) === "UsageError";
  }
}

function kindOf(value: unknown): string | undefined {
  return (value as { [kind]?: string } | null | undefined)?.[kind];
}

/** Method and path template first, then the words, then what an uncertain write needs done. */
function describe(message: string, { operation, ambiguous, idempotencyKey, budgetUsedUp }: ErrorContext): string {
  if (operation === undefined) return message;
  const { method, path, lookup, retry } = operation;
  const text = `${method} ${path}: ${message}${
    budgetUsedUp ? " Not retried: this client's retry budget is used up by earlier failures." : ""
  }`;
  if (!ambiguous) return text;
  const unsure = `${text} It is not certain whether this took effect.`;
  if (idempotencyKey !== undefined) return `${unsure} Call again with the same idempotencyKey to get the first result.`;
  return `${unsure} Look at what exists${lookup ? ` with ${lookup}()` : ""} before you repeat it.${
    retry === "absolute" ? " The same values may be sent again." : ""
  }`;
}
