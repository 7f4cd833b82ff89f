/** Histories that have failed before. `npm test` runs each again. */
import { readFile } from "node:fs/promises";
import type { Plan, Subset } from "./plan.js";
import type { Outcome } from "./run.js";

/** The data to run one history again, and its violation. */
export interface Regression {
  readonly seed: string;
  readonly transport: Plan["transport"];
  readonly steps?: readonly string[] | undefined;
  readonly strikes?: readonly string[] | undefined;
  readonly why: string;
}

export async function readRegressions(): Promise<readonly Regression[]> {
  const text = await readFile(new URL("regressions.json", import.meta.url), "utf8");
  return JSON.parse(text) as readonly Regression[];
}

export function asRegression({ plan, violations }: Outcome, { steps, strikes }: Subset): Regression {
  const why = violations.map(({ rule, text }) => `${rule}: ${text}`).join("; ");
  const { seed, transport } = plan;
  return { seed, transport, steps: steps && [...steps], strikes: strikes && [...strikes], why };
}

export function readSubset({ steps, strikes }: Regression): Subset {
  return { ...(steps && { steps: new Set(steps) }), ...(strikes && { strikes: new Set(strikes) }) };
}
