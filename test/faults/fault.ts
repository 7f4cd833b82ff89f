import type { IncomingMessage, ServerResponse } from "node:http";
import type { Operation } from "../../src/operation.js";

/** What a client can see of a fault. What it must do follows from this alone. */
export type Shows =
  /** The connection was never made. */
  | { readonly as: "refusal" }
  /** The connection broke before the response was complete. */
  | { readonly as: "break" }
  /** Nothing comes any more, and the connection stays open. */
  | { readonly as: "silence" }
  /** Something keeps coming, and would not be complete within any limit of a client. */
  | { readonly as: "trickle" }
  | { readonly as: "status"; readonly status: number; readonly retryAfterMs?: number }
  /** A success, and a body that is not the service's. */
  | { readonly as: "garble" }
  /** A success without a body. */
  | { readonly as: "nothing" }
  | { readonly as: "success" };

/** What a proper service would return. */
export interface Reply {
  readonly status: number;
  readonly body: object | undefined;
}

/** Where a fault is played: one request, what should have been returned, and the places around it. */
export interface Stage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reply: Reply;
  /** An address of another origin. */
  readonly elsewhere: string;
  /** Reports to the test that no response will come. */
  stalled(): void;
  /** Lets the client's time pass. */
  pass(ms: number): void;
}

/**
 * Whether and when a write takes effect: by the time the fault strikes, never, or once the client has given up on the request; then before its next
 * request is carried out, or after it.
 */
export type Commits = boolean | "late, before the next request" | "late, after the next request";

export interface Fault {
  readonly name: string;
  readonly commits: Commits;
  readonly shows: Shows;
  /** Strikes before the request's body is read. */
  readonly early?: true;
  /** The service gets the request twice, as from a proxy that repeats it, and sends the response to that delivery. */
  readonly delivers?: "twice, first response" | "twice, second response";
  /** The operations that the fault is played on. @default all */
  readonly appliesTo?: (operation: Operation) => boolean;
  /** `"refuse"` never reaches the server. */
  readonly play: "refuse" | ((stage: Stage) => void);
}
