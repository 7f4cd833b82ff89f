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
  readonly cause?: unknown;
}

/** The base of every error that this package throws. */
export abstract class SfcError extends Error {
  /** The method that was called, for example `"orders.create"`. */
  readonly operation: string | undefined;
  /** Requests made, the first one included. 0: nothing was sent. */
  readonly attempts: number;
  /** The key that every attempt carried. Call again with the same key to find out what became of the first call. */
  readonly idempotencyKey: string | undefined;
  /** `true`: it is not certain whether the write took effect. Look before you repeat it. Always `false` for reads. */
  readonly ambiguous: boolean;

  constructor(name: string, message: string, context: ErrorContext = {}) {
    super(describe(message, context), context.cause === undefined ? undefined : { cause: context.cause });
    Object.defineProperty(this, "name", { value: name, configurable: true });
    Object.defineProperty(this, kind, { value: name });
    this.operation = context.operation?.name;
    this.attempts = context.attempts ?? 0;
    this.idempotencyKey = context.idempotencyKey;
    this.ambiguous = context.ambiguous ?? false;
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

/** The service answered with a status that is not a success. Narrow on `status` or `type`. */
export class ApiError extends SfcError {
  readonly status: number;
  /** The service's own word for what went wrong; `"unknown"` when the answer was not one of its error bodies. */
  readonly type: ApiErrorType;
  readonly details: readonly ApiErrorDetail[];
  /** The answer's request id, when it names one. Quote it to support. */
  readonly requestId: string | undefined;
  /** Milliseconds that the service asked to wait (`Retry-After`), when it did. */
  readonly retryAfterMs: number | undefined;
  readonly #headers: Headers;

  constructor(
    message: string,
    answer: {
      status: number;
      type: ApiErrorType;
      details: readonly ApiErrorDetail[];
      headers: Headers;
      requestId: string | undefined;
      retryAfterMs: number | undefined;
    },
    context: ErrorContext,
  ) {
    super("ApiError", message, context);
    this.status = answer.status;
    this.type = answer.type;
    this.details = answer.details;
    this.requestId = answer.requestId;
    this.retryAfterMs = answer.retryAfterMs;
    this.#headers = answer.headers;
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
  constructor(message: string, context: ErrorContext) {
    super("ConnectionError", message, context);
  }

  static override is(value: unknown): value is ConnectionError {
    return kindOf(value) === "ConnectionError";
  }
}

/** An attempt (`timeoutMs`) or the whole call (`deadlineMs`) took too long. */
export class TimeoutError extends SfcError {
  /** Which limit was reached. */
  readonly limit: "timeoutMs" | "deadlineMs";

  constructor(message: string, limit: "timeoutMs" | "deadlineMs", context: ErrorContext) {
    super("TimeoutError", message, context);
    this.limit = limit;
  }

  static override is(value: unknown): value is TimeoutError {
    return kindOf(value) === "TimeoutError";
  }
}

/** The caller's `signal` ended the call. `signal.reason` stays with the caller. */
export class AbortError extends SfcError {
  constructor(message: string, context: ErrorContext) {
    super("AbortError", message, context);
  }

  static override is(value: unknown): value is AbortError {
    return kindOf(value) === "AbortError";
  }
}

/** The service said that it succeeded, and the body cannot be read: not JSON, cut short, or a list without `data`. */
export class DecodeError extends SfcError {
  readonly status: number;

  constructor(message: string, status: number, context: ErrorContext) {
    super("DecodeError", message, context);
    this.status = status;
  }

  static override is(value: unknown): value is DecodeError {
    return kindOf(value) === "DecodeError";
  }
}

/** A list cannot be read to its end without losing or repeating rows. */
export class PaginationError extends SfcError {
  /**
   * Asks for the page that could not be followed once more, when passed as `starting_after` (or `ending_before`); absent when that was the
   * first page. Rows of that page which were handed out already come again.
   */
  readonly resumeFrom: string | undefined;
  #items: readonly unknown[];

  constructor(message: string, items: readonly unknown[], resumeFrom: string | undefined, context: ErrorContext) {
    super("PaginationError", message, context);
    this.#items = items;
    this.resumeFrom = resumeFrom;
  }

  /** What had been read: all of it from `toArray()`, else the rows of the page that could not be followed. */
  get items(): readonly unknown[] {
    return this.#items;
  }

  /** The same error, with what `toArray()` had gathered. */
  withItems(items: readonly unknown[]): this {
    this.#items = items;
    return this;
  }

  static override is(value: unknown): value is PaginationError {
    return kindOf(value) === "PaginationError";
  }
}

/** The call is wrong as it stands. Nothing was sent, unless `attempts` says so: a function that gives the token can fail before a retry. */
export class UsageError extends SfcError {
  /** What to mend, for example `"options.timeoutMs"` or `"id"`. */
  readonly field: string;

  constructor(field: string, message: string, context: ErrorContext = {}) {
    super("UsageError", `${field}: ${message}`, context);
    this.field = field;
  }

  static override is(value: unknown): value is UsageError {
    return kindOf(value) === "UsageError";
  }
}

function kindOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null ? (value as { [kind]?: string })[kind] : undefined;
}

/** Method and path template first, then the words, then what an uncertain write needs done. */
function describe(message: string, { operation, ambiguous, idempotencyKey }: ErrorContext): string {
  if (operation === undefined) return message;
  const text = `${operation.method} ${operation.path}: ${message}`;
  return ambiguous ? `${text} ${advice(operation, idempotencyKey)}` : text;
}

function advice({ lookup, retry }: Operation, idempotencyKey: string | undefined): string {
  const unsure = "It is not certain whether this took effect.";
  if (idempotencyKey !== undefined) return `${unsure} Call again with the same idempotencyKey to get the first result.`;
  const look = lookup === undefined ? "Look at what exists" : `Look at what exists with ${lookup}()`;
  return `${unsure} ${look} before you repeat it.${retry === "absolute" ? " The same values may be sent again." : ""}`;
}
