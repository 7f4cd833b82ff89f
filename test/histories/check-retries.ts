/** Checks that a few transient failures do not fail a call that may be repeated. */
import type { Evidence, Violation } from "./check.js";
import type { FaultKind } from "./faults.js";
import type { Step } from "./plan.js";

/** A call has three attempts. */
const survived = 2;
const transient: ReadonlySet<FaultKind> = new Set([
  ...(["drop", "reset", "refuse", "gateway"] as const),
  ...(["delay", "duplicate", "stale"] as const),
]);
/** Steps whose calls are all read, keyed or absolute, which are the three classes that are repeated. */
const repeated: ReadonlySet<Step["kind"]> = new Set(["list", "logs", "order", "order without key", "batch"]);

export function checkRetries({ history }: Evidence): Violation[] {
  return history.runs.flatMap(({ step, end }): Violation[] => {
    if (!repeated.has(step.kind) || (end?.as !== "fail" && end?.as !== "ambiguous")) return [];
    const faults = history.requests.flatMap(({ fault, step: id }) => (fault && id === step.id ? [fault.kind] : []));
    if (faults.length > survived || faults.some((kind) => !transient.has(kind))) return [];
    // An error status of the service itself is final.
    if (end.as === "fail" && end.status !== undefined && end.status < 429) return [];
    const text = `${end.error} after ${faults.length === 0 ? "no fault" : faults.join(" and ")}`;
    return [{ rule: "retries", text, steps: [step.id] }];
  });
}
