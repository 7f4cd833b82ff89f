import type { IncomingMessage, ServerResponse } from "node:http";
import type { Operation } from "../../src/operation.js";

/** What a client can observe of a fault. The demanded behavior depends on this alone. */
export type Shows =
  /** The connection was never established. */
  | { readonly as: "refusal" }
  /** The connection broke before the response was complete. */
  | { readonly as: "break" }
  /** Nothing more arrives, and the connection stays open. */
  | { readonly as: "silence" }
  /** Bytes keep arriving, but the response does not complete within any limit of a client. */
  | { readonly as: "trickle" }
  | { readonly as: "status"; readonly status: number; readonly retryAfterMs?: number }
  /** A success with a body that does not come from the service. */
  | { readonly as: "garble" }
  /** A success without a body. */
  | { readonly as: "nothing" }
  | { readonly as: "success" };

/** The response of a correct service. */
export interface Reply {
  readonly status: number;
  readonly body: object | undefined;
}

/** What a fault acts on: one request, the response that is correct for it, and its environment. */
export interface Stage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reply: Reply;
  /** A URL of another origin. */
  readonly elsewhere: string;
  /** Reports to the test that no response will arrive. */
  stalled(): void;
  /** Advances the clock of the client. */
  pass(ms: number): void;
}

/**
 * Whether and when a write takes effect: `true` before the fault occurs, `false` never. A late commit happens after the client has given up on the
 * request, and either before or after the service processes the next request.
 */
export type Commits = boolean | "late, before the next request" | "late, after the next request";

export interface Fault {
  readonly name: string;
  readonly commits: Commits;
  readonly shows: Shows;
  /** The fault occurs before the body of the request is read. */
  readonly early?: true;
  /** The service receives the request twice, as from a proxy that repeats it. The client gets the response to the first or to the second delivery. */
  readonly delivers?: "twice, first response" | "twice, second response";
  /** The operations to which the fault applies. @default all */
  readonly appliesTo?: (operation: Operation) => boolean;
  /** With `"refuse"`, the request never reaches the server. */
  readonly play: "refuse" | ((stage: Stage) => void);
}
