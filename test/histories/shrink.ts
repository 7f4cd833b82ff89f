/** The shortest history that still fails: steps and faults are left out while it does. */
import { type PlanOptions, planFor, type Subset } from "./plan.js";
import { type Outcome, runPlan } from "./run.js";

/** The scheduling of processes differs from run to run, so what fails once in a few runs still counts as failing. */
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
  /** Leaves out halves, then quarters, and so on to single ones. */
  const reduce = async (all: readonly string[], subsetWith: (kept: ReadonlySet<string>) => Subset) => {
    let kept = [...all];
    for (
      let size = Math.ceil(kept.length / 2);
      size >= 1 && runs < mostRuns;
      size = size === 1 ? 0 : Math.ceil(size / 2)
    ) {
      for (let from = 0; from < kept.length; ) {
        const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
        if (await fails(subsetWith(new Set(rest)))) kept = rest;
        else from += size;
      }
    }
    return new Set(kept);
  };

  // Steps that a violation names are tried alone before anything else.
  const named = new Set(violations.flatMap(({ steps }) => steps));
  const all = plan.processes.flat(2).map(({ id }) => id);
  const start = named.size > 0 && (await fails({ steps: named })) ? [...named] : all;
  const steps = await reduce(start, (kept) => ({ steps: kept }));
  const strikes = history.requests
    .filter(({ fault, step }) => fault && steps.has(step))
    .map(({ step, nth }) => `${step}:${nth}`);
  await reduce([...new Set(strikes)], (kept) => ({ steps, strikes: kept }));
  return best;
}
