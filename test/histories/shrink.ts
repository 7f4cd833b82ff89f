/** Finds a short history that still fails, by omitting steps and faults. */
import { minimize } from "./minimize.js";
import { type PlanOptions, planFor, type Subset } from "./plan.js";
import { type Outcome, runPlan } from "./run.js";

/** The number of runs of each smaller history. The scheduling of processes differs between runs, so one failure in a few runs counts as failing. */
const tries = 2;
const mostRuns = 60;

export async function shortest(first: Outcome, options: PlanOptions, program: string) {
  const { plan, history, violations } = first;
  const rules = new Set(violations.map(({ rule }) => rule));
  let runs = 0;
  let best = { outcome: first, subset: {} as Subset };

  const fails = async (subset: Subset): Promise<boolean> => {
    for (let attempt = 0; attempt < tries && runs < mostRuns; attempt++) {
      runs += 1;
      const outcome = await runPlan(planFor(plan.seed, options, subset), program, subset);
      if (!outcome.violations.some(({ rule }) => rules.has(rule))) continue;
      best = { outcome, subset };
      return true;
    }
    return false;
  };
  // First, the steps that a violation names are tried alone.
  const named = new Set(violations.flatMap(({ steps }) => steps));
  const all = plan.processes.flat(2).map(({ id }) => id);
  const start = named.size > 0 && (await fails({ steps: named })) ? [...named] : all;
  const steps = new Set(await minimize(start, (kept) => fails({ steps: new Set(kept) })));
  const strikes = history.requests
    .filter(({ fault, step }) => fault && steps.has(step))
    .map(({ step, nth }) => `${step}:${nth}`);
  await minimize([...new Set(strikes)], (kept) => fails({ steps, strikes: new Set(kept) }));
  return best;
}
