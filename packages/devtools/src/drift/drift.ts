/**
 * How a response differs from the description.
 *
 * - `unknown-member`: it has a member that the description does not know.
 * - `missing-member`: a required member is absent.
 * - `wrong-type`: a value has another JSON type than the description says, or the body is not JSON.
 * - `unknown-value`: a value is not among those that the description lists.
 * - `undeclared-status`: the operation does not declare this status.
 */
export type DriftKind = "unknown-member" | "missing-member" | "wrong-type" | "unknown-value" | "undeclared-status";

/** One difference between a response and the description. It holds places and types, never a value. */
export interface Drift {
  readonly kind: DriftKind;
  /** The method, as in `"instances.list"`. */
  readonly operation: string;
  readonly status: number;
  /**
   * Where in the body: `"data[].image.name"`; empty for the body as a whole, and for a status. Keys of free-form maps, and member names that may be
   * values of yours, are written as `*`.
   */
  readonly place: string;
  /** The type in the description: `"string or null"`, `"one of 4 known values"`, `"no such member"`. */
  readonly expected: string;
  /** The JSON type in the response: `"number"`; `"nothing"` for what is missing. */
  readonly received: string;
  /** JSON pointer to the part of the description that the response differs from. */
  readonly pointer: string;
}

/** Receives each difference once. What it throws is ignored, and so is what it returns. */
export type OnDrift = (drift: Drift) => void;
