/**
 * The kind of a difference between a response and the description.
 *
 * - `unknown-member`: it has a member that the description does not declare.
 * - `missing-member`: a required member is missing.
 * - `wrong-type`: a value has another JSON type than the description declares, or the body is not JSON.
 * - `unknown-value`: a value is not one of those that the description lists.
 * - `undeclared-status`: the operation does not declare this status.
 */
export type DriftKind = "unknown-member" | "missing-member" | "wrong-type" | "unknown-value" | "undeclared-status";

/** One difference between a response and the description. It contains places and types, never a value. */
export interface Drift {
  readonly kind: DriftKind;
  /** The method, for example `"instances.list"`. */
  readonly operation: string;
  readonly status: number;
  /**
   * The place in the body: `"data[].image.name"`. Empty for the whole body and for a status. Keys of free-form maps, and member names that may be
   * your values, are written as `*`.
   */
  readonly place: string;
  /** The type in the description: `"string or null"`, `"one of 4 known values"`, `"no such member"`. */
  readonly expected: string;
  /** The JSON type in the response: `"number"`; `"nothing"` if it is missing. */
  readonly received: string;
  /** The JSON pointer of the part of the description that the response differs from. */
  readonly pointer: string;
}

/** Receives each difference once. Errors that it throws and values that it returns are ignored. */
export type OnDrift = (drift: Drift) => void;
