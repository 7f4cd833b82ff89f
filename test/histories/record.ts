/** Records what the callers and the network saw. */
import type { Fault, FaultKind } from "./faults.js";
import type { End } from "./messages.js";
import type { Step } from "./plan.js";
import type { Sent } from "./proxy.js";

/** One run of a step. A step can run again when its process was killed. */
export interface Run {
  readonly step: Step;
  readonly begins: number;
  /** Whether the faults had stopped when it began. */
  readonly quiet: boolean;
  /** For a list: the rows on the service when it began and when it ended. */
  readonly before: readonly string[];
  ends?: number;
  after?: readonly string[];
  end: End | { readonly as: "crashed" } | undefined;
}

export interface SentRequest extends Sent {
  readonly nth: number;
  fault?: Fault;
}

export class History {
  readonly runs: Run[] = [];
  readonly requests: SentRequest[] = [];
  readonly #counts = new Map<string, number>();

  invoke(step: Step, begins: number, before: readonly string[], quiet: boolean): void {
    this.runs.push({ step, begins, before, quiet, end: undefined });
  }

  end(step: Step, ends: number, end: End, after: readonly string[]): void {
    const run = this.#current(step);
    if (run !== undefined) Object.assign(run, { ends, end, after });
  }

  crash(step: Step): void {
    const run = this.#current(step);
    if (run !== undefined) run.end = { as: "crashed" };
  }

  /** Counts a request of a step, from 1. */
  request(sent: Sent): number {
    const nth = (this.#counts.get(sent.step) ?? 0) + 1;
    this.#counts.set(sent.step, nth);
    this.requests.push({ ...sent, nth });
    return nth;
  }

  strike({ step }: Sent, nth: number, fault: Fault): void {
    const request = this.requests.find((one) => one.step === step && one.nth === nth);
    if (request !== undefined) request.fault = fault;
  }

  /** The step that the error message advises, for each key whose outcome is still uncertain. */
  open(): Step[] {
    const open = new Map<string, Step>();
    for (const { step, end } of this.runs) {
      const advised = end?.as === "ok" ? undefined : advisedStep(step, end);
      if (advised !== undefined && "key" in advised) open.set(advised.key, advised);
    }
    for (const { step, end } of this.runs) if ("key" in step && end?.as === "ok") open.delete(step.key);
    return [...open.values()];
  }

  /** The number of faults by kind. */
  faults(): Partial<Record<FaultKind, number>> {
    const counts: Partial<Record<FaultKind, number>> = {};
    for (const { fault } of this.requests) if (fault) counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
    return counts;
  }

  #current(step: Step): Run | undefined {
    return this.runs.findLast((run) => run.step.id === step.id && run.end === undefined);
  }
}

/** The same call again if that is safe, and otherwise a check of what exists. */
function advisedStep(step: Step, end: Run["end"]): Step | undefined {
  if (repeatable.has(step.kind)) return step;
  const { id, client } = step;
  switch (step.kind) {
    case "create":
      return { id, client, kind: "look up", key: step.key, resource: step.resource };
    case "deployment":
      return { id, client, kind: "look up", key: step.key, resource: "deployments" };
    case "order without key":
    case "reused key": {
      // When a process is killed, its generated key is lost.
      const idempotencyKey = end?.as === "ambiguous" ? end.idempotencyKey : undefined;
      if (idempotencyKey === undefined) return undefined;
      return { id, client, kind: "order again", key: step.key, slot: step.slot, idempotencyKey };
    }
    default:
      return undefined;
  }
}

/** Kinds of steps that may be called again with the same key or intent, also by another process. */
export const repeatable: ReadonlySet<Step["kind"]> = new Set([
  "order",
  "placeOrder",
  "transfer",
  "replace",
  "createOnce",
  "upload file",
]);
