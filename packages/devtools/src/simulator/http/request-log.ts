import type { Fault } from "../faults/faults.js";

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

/** The requests so far: the newest ones, so that a simulator that runs for weeks does not fill the memory. */
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
