/** What the runner and a client process send each other, and the headers by which the proxy knows a request. */
import type { Plan, Step } from "./plan.js";

export const headers = {
  /** Number of the request within its process. */
  request: "x-history-request",
  process: "x-history-process",
  life: "x-history-life",
  step: "x-history-step",
  /** The date of the client's virtual clock, in milliseconds. */
  clock: "x-history-clock",
} as const;

/** What the steps refer to. */
export interface Scene {
  readonly url: string;
  readonly token: string;
  readonly pool: string;
  readonly otherPool: string;
  readonly sku: string;
  readonly image: string;
  readonly workspace: string;
  readonly instances: readonly string[];
  /** Start of slot 0 of orders and transfers, in Unix seconds. */
  readonly slots: number;
  /** Where downloads go. */
  readonly folder: string;
}

export type ToClient =
  | {
      readonly type: "start";
      readonly process: number;
      /** Counts the starts of this process. */
      readonly life: number;
      readonly seed: string;
      readonly transport: Plan["transport"];
      readonly dateMs: number;
      readonly scene: Scene;
      readonly lanes: readonly (readonly Step[])[];
    }
  /** No response comes for this request, unless the client gives up. */
  | { readonly type: "silent"; readonly request: number }
  /** The response is held until so much time has passed for the client. */
  | { readonly type: "held"; readonly request: number; readonly ms: number };

export type ToRunner =
  | { readonly type: "ready" }
  | { readonly type: "invoke"; readonly step: string; readonly dateMs: number }
  | { readonly type: "end"; readonly step: string; readonly dateMs: number; readonly end: End }
  | { readonly type: "release"; readonly request: number }
  | { readonly type: "finished" }
  /** Nothing will ever happen by itself any more. */
  | { readonly type: "hang"; readonly steps: readonly string[] };

/** How a step ended for its caller. */
export type End =
  | { readonly as: "ok"; readonly result: Result }
  | { readonly as: "fail"; readonly error: string; readonly status?: number | undefined }
  | { readonly as: "ambiguous"; readonly error: string; readonly idempotencyKey?: string | undefined }
  /** Not one of the SDK's errors. */
  | { readonly as: "untyped"; readonly error: string };

export interface Result {
  readonly id?: string | undefined;
  /** Of lists and logs: what came, in its order. */
  readonly rows?: readonly string[] | undefined;
  readonly sha256?: string | undefined;
  /** Of placed orders: the most that it can cost. */
  readonly total?: string | undefined;
  /** Whether a key's second request was refused before it was sent. */
  readonly refused?: boolean | undefined;
  /** What a waiter saw last. */
  readonly status?: string | undefined;
}
