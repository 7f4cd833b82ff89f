import { type ErrorContext, SfcError } from "../wrappers/errors.js";

function isNamed(value: unknown, name: string): boolean {
  return SfcError.is(value) && value.name === name;
}

/** A wait ended without its goal: the state excludes it, or the time was up. */
export class WaitError<T = unknown> extends SfcError {
  /** `"unreachable"`: from the last state the goal cannot be reached any more. `"deadline"`: the time was up. */
  readonly reason: "unreachable" | "deadline";
  /** The last status that was read; `undefined` when none was. */
  readonly state: string | undefined;
  readonly #last: T | undefined;

  constructor(
    reason: "unreachable" | "deadline",
    message: string,
    state: string | undefined,
    last: T | undefined,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.reason = reason;
    this.state = state;
    this.#last = last;
  }

  /** What was read last. Not a property of its own, so that a logged error does not print it. */
  get last(): T | undefined {
    return this.#last;
  }

  override get name(): "WaitError" {
    return "WaitError";
  }

  static override is(value: unknown): value is WaitError {
    return isNamed(value, "WaitError");
  }
}

/** Something else has the name or the intent that was given, or it is not known whose it is. Nothing was changed. */
export class IntentConflictError<Resource = unknown> extends SfcError {
  readonly intent: string;
  /** Fields that differ between what exists and what was asked for; `"intent"` when it carries another intent, or none. */
  readonly differences: readonly string[];
  readonly #existing: Resource;
  readonly #requested: unknown;

  constructor(
    message: string,
    found: { intent: string; differences: readonly string[]; existing: Resource; requested: unknown },
    cause?: unknown,
  ) {
    // Of a request whose response was lost before this was found, it stays uncertain whether it took effect.
    super(message, { cause, ambiguous: SfcError.is(cause) && cause.ambiguous });
    this.intent = found.intent;
    this.differences = found.differences;
    this.#existing = found.existing;
    this.#requested = found.requested;
  }

  /** What exists. Not printed with the error: it may hold a startup script. */
  get existing(): Resource {
    return this.#existing;
  }

  /** The body that was asked for. Not printed with the error. */
  get requested(): unknown {
    return this.#requested;
  }

  override get name(): "IntentConflictError" {
    return "IntentConflictError";
  }

  static override is(value: unknown): value is IntentConflictError {
    return isNamed(value, "IntentConflictError");
  }
}

/** Whether a resource was created is still not known. Call again with the same intent: what exists is found then. */
export class CreateUncertainError extends SfcError {
  readonly intent: string;

  constructor(intent: string, message: string, context: Pick<ErrorContext, "attempts" | "cause">) {
    super(message, { ...context, ambiguous: true });
    this.intent = intent;
  }

  override get name(): "CreateUncertainError" {
    return "CreateUncertainError";
  }

  static override is(value: unknown): value is CreateUncertainError {
    return isNamed(value, "CreateUncertainError");
  }
}

/**
 * An order would cost more, or a sale bring less, than is allowed. This call placed nothing. `ambiguous: true`: an earlier call with the same intent may have.
 */
export class SpendLimitError extends SfcError {
  /** Exact, in US dollars: the most that a buy could cost, or the least that a sell could bring. */
  readonly totalDollars: string;
  readonly limitDollars: string;

  constructor(
    message: string,
    totalDollars: string,
    limitDollars: string,
    context: Pick<ErrorContext, "ambiguous"> = {},
  ) {
    super(message, context);
    this.totalDollars = totalDollars;
    this.limitDollars = limitDollars;
  }

  override get name(): "SpendLimitError" {
    return "SpendLimitError";
  }

  static override is(value: unknown): value is SpendLimitError {
    return isNamed(value, "SpendLimitError");
  }
}

/** There is no quote to place an order by. This call placed nothing. `ambiguous: true`: an earlier call with the same intent may have. */
export class QuoteError extends SfcError {
  /** The service's word (`no_availability` …), or `"not_as_asked"` for a quote of something else. */
  readonly reason: string;

  constructor(message: string, reason: string, context: Pick<ErrorContext, "ambiguous"> = {}) {
    super(message, context);
    this.reason = reason;
  }

  override get name(): "QuoteError" {
    return "QuoteError";
  }

  static override is(value: unknown): value is QuoteError {
    return isNamed(value, "QuoteError");
  }
}

/** The order that came back is not the one that was asked for: most likely its key stands for an older one. */
export class OrderMismatchError<Order = unknown> extends SfcError {
  readonly orderId: string;
  readonly differences: readonly string[];
  readonly #order: Order;

  constructor(message: string, orderId: string, differences: readonly string[], order: Order, idempotencyKey: string) {
    super(message, { idempotencyKey });
    this.orderId = orderId;
    this.differences = differences;
    this.#order = order;
  }

  /** The order that came back. */
  get order(): Order {
    return this.#order;
  }

  override get name(): "OrderMismatchError" {
    return "OrderMismatchError";
  }

  static override is(value: unknown): value is OrderMismatchError {
    return isNamed(value, "OrderMismatchError");
  }
}

/** Orders exist that fit the plan, and it is not certain whether one of them is of this intent. This call placed nothing. */
export class OrderUncertainError<Order = unknown> extends SfcError {
  readonly intent: string;
  readonly #orders: readonly Order[];

  constructor(
    intent: string,
    message: string,
    orders: readonly Order[],
    context: Pick<ErrorContext, "idempotencyKey" | "cause">,
  ) {
    super(message, { ...context, ambiguous: true });
    this.intent = intent;
    this.#orders = orders;
  }

  /** The orders that fit the plan. */
  get orders(): readonly Order[] {
    return this.#orders;
  }

  override get name(): "OrderUncertainError" {
    return "OrderUncertainError";
  }

  static override is(value: unknown): value is OrderUncertainError {
    return isNamed(value, "OrderUncertainError");
  }
}

/** An image's bytes did not get through. `imageId` names the image; what is stored stays, for the next call. */
export class TransferError extends SfcError {
  /**
   * - `"failed"`: parts or ranges did not get through in all attempts.
   * - `"source_changed"`: the file is not the one that the upload began with.
   * - `"wrong_size"`: the source has another length than it said.
   * - `"checksum"`: the bytes that were downloaded do not have the image's SHA-256.
   * - `"state"`: the image can take or give no bytes, for example because its upload failed or it was deleted.
   * - `"unconfirmed"`: it is not certain whether this upload created the image of this name. Nothing was written to it; the option `imageId` continues it.
   * - `"record"`: the file in which an upload keeps its progress is damaged, belongs to another image, or cannot be read or written.
   * - `"busy"`: another download into this path is running.
   * - `"exists"`: the target of a download exists, and `overwrite` is not set.
   * - `"target"`: the target of a download cannot be written: a directory, a missing folder, a full disk, or another process changed it.
   */
  readonly reason:
    | "failed"
    | "source_changed"
    | "wrong_size"
    | "checksum"
    | "state"
    | "unconfirmed"
    | "record"
    | "busy"
    | "exists"
    | "target";
  readonly imageId: string | undefined;
  /** The file that is concerned, where one is: the target of a download, or the record of an upload. */
  readonly path: string | undefined;

  constructor(
    reason: TransferError["reason"],
    message: string,
    imageId: string | undefined,
    context: Pick<ErrorContext, "attempts" | "cause" | "ambiguous"> & { readonly path?: string | undefined } = {},
  ) {
    super(message, context);
    this.reason = reason;
    this.imageId = imageId;
    this.path = context.path;
  }

  override get name(): "TransferError" {
    return "TransferError";
  }

  static override is(value: unknown): value is TransferError {
    return isNamed(value, "TransferError");
  }
}
