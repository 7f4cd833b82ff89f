import type { Fault } from "./faults.js";

/** One request that reached the simulator. */
export interface LoggedRequest {
  /** From 1; the answer carries it as `x-request-id: req_1`. */
  readonly number: number;
  readonly method: string;
  /** Path and query as they were sent. */
  readonly path: string;
  /** `undefined` when no operation has this path; `upload_part` and `download_bytes` for presigned URLs. */
  readonly operationId: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Whether an `Authorization` header came along; presigned URLs must not get one. */
  readonly authorization: boolean;
  /** `undefined` while it runs, and when the connection ended without an answer. */
  readonly status: number | undefined;
  /** Whether it changed the state of the world. */
  readonly committed: boolean;
  /** Whether an idempotency key brought back an earlier result. */
  readonly replayed: boolean;
  readonly fault: Fault["kind"] | undefined;
}

export type OpenEntry = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };
