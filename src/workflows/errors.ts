import { type ErrorContext, SfcError } from "../wrappers/errors.js";

function isNamed(value: unknown, name: string): boolean {
  return SfcError.is(value) && value.name === name;
}

/** A wait ended without reaching its goal: the goal became unreachable, or the deadline passed. */
export class WaitError<T = unknown> extends SfcError {
  /** `"unreachable"`: the goal can no longer be reached from the last state. `"deadline"`: the deadline passed. */
  readonly reason: "unreachable" | "deadline";
  /** The last status that was read; `undefined` when no read succeeded. */
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

  /** The last value that was read. Not an own property, so that a logged error does not print it. */
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

/** A resource with this name or intent exists and differs from the request, or may belong to another intent. Nothing was changed. */
export class IntentConflictError<Resource = unknown> extends SfcError {
  readonly intent: string;
  /** Fields that differ between the existing resource and the request; `"intent"` when the resource has the tag of another intent, or no intent tag. */
  readonly differences: readonly string[];
  readonly #existing: Resource;
  readonly #requested: unknown;

  constructor(
    message: string,
    found: { intent: string; differences: readonly string[]; existing: Resource; requested: unknown },
    cause?: unknown,
  ) {
    // If the response of a creation was lost earlier, it is still uncertain whether that creation took effect.
    super(message, { cause, ambiguous: SfcError.is(cause) && cause.ambiguous });
    this.intent = found.intent;
    this.differences = found.differences;
    this.#existing = found.existing;
    this.#requested = found.requested;
  }

  /** The existing resource. Not an own property, so that a logged error does not print it. */
  get existing(): Resource {
    return this.#existing;
  }

  /** The requested body. Not an own property, so that a logged error does not print it: it may contain a startup script. */
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

/** It is not certain whether the resource was created. Call again with the same intent, which finds the resource if it exists. */
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
 * The order could cost more than `maxSpend`, or bring less than `minProceeds`. This call placed nothing. `ambiguous: true`: an earlier call with the
 * same intent may have placed an order.
 */
export class SpendLimitError extends SfcError {
  /** US dollars, exact: the most that a buy could cost, or the least that a sell could bring. */
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

/**
 * No quote is available, or it does not match the plan. This call placed nothing. `ambiguous: true`: an earlier call with the same intent may have placed
 * an order.
 */
export class QuoteError extends SfcError {
  /** The service's reason (`no_availability` …), `"not_as_asked"` for a quote that differs from the plan, or `"no_fee"` when `minProceeds` needs a quoted fee. */
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

/** The service returned an order that differs from the plan: most likely an older one with the same idempotency key. */
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

  /** The order that the service returned. Not an own property, so that a logged error does not print it. */
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

/**
 * It is not certain whether an order of this intent exists: orders that match the plan may belong to it, or the service knows the key from another
 * request. This call placed nothing.
 */
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

  /** The orders that fit the plan. Not an own property, so that a logged error does not print them. */
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

/** The transfer of an image's bytes failed. `imageId` names the image. Stored bytes are kept for the next call, except after `checksum`. */
export class TransferError extends SfcError {
  /**
   * - `"failed"`: bytes could not be read, sent or received; the message states why.
   * - `"source_changed"`: the file has changed since the upload began.
   * - `"wrong_size"`: the source has more or fewer bytes than its size.
   * - `"checksum"`: the SHA-256 of the downloaded bytes is not that of the image.
   * - `"state"`: the image cannot be uploaded to or downloaded in its state, for example because its upload failed or it was deleted.
   * - `"unconfirmed"`: it is not certain whether this upload created the image with this name. Nothing was written to it. Continue it with the option `imageId`.
   * - `"record"`: the file with the progress of an upload is damaged, belongs to another image, or cannot be read or written.
   * - `"busy"`: another download to this path is running.
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
  /** The target of a download, or the record of an upload; `undefined` when the error concerns no file. */
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
