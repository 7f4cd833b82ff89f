import type { IncomingMessage, ServerResponse } from "node:http";

/** What a client can see of a fault. What it must do follows from this alone. */
export type Shows =
  /** The connection was never made. */
  | { readonly as: "refusal" }
  /** The connection broke before the answer was complete. */
  | { readonly as: "break" }
  /** Nothing comes any more, and the connection stays open. */
  | { readonly as: "silence" }
  | { readonly as: "status"; readonly status: number; readonly retryAfterMs?: number }
  /** A success, and a body that is not the service's. */
  | { readonly as: "garble" }
  /** A success without a body. */
  | { readonly as: "nothing" }
  | { readonly as: "success" };

/** What a proper service would answer. */
export interface Answer {
  readonly status: number;
  readonly body: object | undefined;
}

/** Where a fault is played: one request, what should have been answered, and the places around it. */
export interface Stage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: Answer;
  /** An address of another origin. */
  readonly elsewhere: string;
  /** Tells the test that no answer will come. */
  stalled(): void;
}

export interface Fault {
  readonly name: string;
  /** Whether a write has taken effect when the fault strikes. */
  readonly commits: boolean;
  readonly shows: Shows;
  /** Strikes before the request's body is read. */
  readonly early?: true;
  /** `"refuse"` never reaches the server. */
  readonly play: "refuse" | ((stage: Stage) => void);
}
