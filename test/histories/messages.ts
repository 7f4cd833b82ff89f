/** The messages between the runner and a client process, and the headers by which the proxy identifies a request. */
import type { Plan, Step } from "./plan.js";

export const headers = {
  /** The number of the request within its process. */
  request: "x-history-request",
  process: "x-history-process",
  life: "x-history-life",
  step: "x-history-step",
  /** The date of the client's virtual clock, in milliseconds. */
  clock: "x-history-clock",
} as const;

/** The resources and values to which the steps refer. */
export interface Scene {
  readonly url: string;
  readonly token: string;
  readonly pool: string;
  readonly otherPool: string;
  readonly sku: string;
  readonly image: string;
  readonly workspace: string;
  readonly instances: readonly string[];
  /** The start of slot 0 of orders and transfers, in Unix seconds. */
  readonly slots: number;
  /** The folder for downloads. */
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
  /** This request gets no response unless the client gives up. */
  | { readonly type: "silent"; readonly request: number }
  /** The response is held until this time has passed on the client's clock. */
  | { readonly type: "held"; readonly request: number; readonly ms: number };

export type ToRunner =
  | { readonly type: "ready" }
  | { readonly type: "invoke"; readonly step: string; readonly dateMs: number }
  | { readonly type: "end"; readonly step: string; readonly dateMs: number; readonly end: End }
  | { readonly type: "release"; readonly request: number }
  | { readonly type: "finished" }
  /** The process hangs: nothing more will happen. */
  | { readonly type: "hang"; readonly steps: readonly string[] };

/** The result of a step, as its caller saw it. */
export type End =
  | { readonly as: "ok"; readonly result: Result }
  | { readonly as: "fail"; readonly error: string; readonly status?: number | undefined }
  | { readonly as: "ambiguous"; readonly error: string; readonly idempotencyKey?: string | undefined }
  /** An error that is not one of the SDK's errors. */
  | { readonly as: "untyped"; readonly error: string };

export interface Result {
  readonly id?: string | undefined;
  /** For lists and logs: the received items in order. */
  readonly rows?: readonly string[] | undefined;
  readonly sha256?: string | undefined;
  /** For placed orders: the maximum cost. */
  readonly total?: string | undefined;
  /** Whether the second request with a key was refused before it was sent. */
  readonly refused?: boolean | undefined;
  /** The last status that a waiter saw. */
  readonly status?: string | undefined;
}
