/**
 * Whether repeating the same request can do harm.
 *
 * - `read`: it changes nothing.
 * - `keyed`: it declares `Idempotency-Key`, so the service returns the first result for a repeat.
 * - `absolute`: it sets a state rather than adding to one, so a repeat has no further effect.
 * - `unsafe`: each request may be applied again.
 */
export type RetryClass = "read" | "keyed" | "absolute" | "unsafe";

/**
 * How a list is paginated.
 *
 * - `cursor`: pages, forward and backward.
 * - `forward`: pages, forward only.
 * - `whole`: everything in one response, no cursor is accepted.
 * - `seqnum`: a range of sequence numbers, inclusive; no pages.
 */
export type Paging = "cursor" | "forward" | "whole" | "seqnum";

/** One operation, as data. */
export interface Operation {
  /** Resource and method, as a user writes them: `instances.list`. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path template, with the names of its parameters in braces. */
  readonly path: string;
  readonly retry: RetryClass;
  /** Absent: not a list. */
  readonly paging?: Paging;
  /** The largest `limit` that the description allows. */
  readonly maxLimit?: number;
  /** Whether a JSON body is required. */
  readonly body?: true;
  /** Whether a successful response has no body. */
  readonly empty?: true;
  /** A 404 on a retry, after an attempt whose outcome is unknown, counts as success. */
  readonly repeat404?: "done";
  /** The method that shows whether an uncertain write was applied: `instances.list`. */
  readonly lookup?: string;
}
