import type { Fault } from "../faults/faults.js";

/** One request that reached the simulator. */
export interface LoggedRequest {
  /** The number of the request, from 1. The response contains it as `x-request-id: req_1`. */
  readonly number: number;
  readonly method: string;
  /** Path and query as they were sent. */
  readonly path: string;
  /** The method, such as `orders.create`. `undefined` when no operation has this path; `upload_part` and `download_bytes` for presigned URLs. */
  readonly operation: string | undefined;
  /** The operation's id in the API description, such as `create_order`. */
  readonly operationId: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Whether the request has an `Authorization` header. Requests to presigned URLs must not have one. */
  readonly authorization: boolean;
  /** `undefined` while the request is in progress, and if the connection ended without a response. */
  readonly status: number | undefined;
  /** Whether the request changed the simulated world. */
  readonly committed: boolean;
  /** Whether an idempotency key returned an earlier result. */
  readonly replayed: boolean;
  readonly fault: Fault["kind"] | undefined;
}

export type OpenEntry = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };

/** Keeps only the newest requests, so that a simulator that runs for weeks does not run out of memory. */
export class RequestLog {
  readonly entries: OpenEntry[] = [];
  readonly #keep: number;
  #count = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  clear(): void {
    this.entries.length = 0;
    this.#count = 0;
  }

  nextNumber(): number {
    this.#count += 1;
    return this.#count;
  }

  add(entry: OpenEntry): void {
    this.entries.push(entry);
    if (this.entries.length > this.#keep) this.entries.shift();
  }
}
