/** Compares what the callers saw with the state of the service. */
import { checkEffects } from "./check-effects.js";
import { checkManners } from "./check-manners.js";
import { checkMoney } from "./check-money.js";
import { checkReads } from "./check-reads.js";
import { checkRetries } from "./check-retries.js";
import type { Scene } from "./messages.js";
import type { Plan } from "./plan.js";
import type { History } from "./record.js";
import type { Simulator } from "./simulator.js";

export interface Violation {
  readonly rule: string;
  readonly text: string;
  readonly steps: readonly string[];
}

/** The input of a check. */
export interface Evidence {
  readonly plan: Plan;
  readonly history: History;
  readonly simulator: Simulator;
  readonly scene: Scene;
}

export function check(plan: Plan, history: History, simulator: Simulator, scene: Scene): Violation[] {
  const evidence = { plan, history, simulator, scene };
  return [checkEffects, checkReads, checkMoney, checkRetries, checkManners].flatMap((rule) => rule(evidence));
}
