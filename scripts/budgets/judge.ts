import { alignColumns } from "../lib/table.js";

/** A number that must not be exceeded. */
export interface Budget {
  readonly id: string;
  readonly title: string;
  readonly budget: number;
  /** Where it is to go. */
  readonly goal?: number;
}

export interface Judged extends Budget {
  readonly measured: number;
  readonly isExceeded: boolean;
}

/** Every budget needs a measurement and every measurement a budget: what nobody looks at grows. */
export function judge(budgets: readonly Budget[], measurements: Readonly<Record<string, number>>): Judged[] {
  const without = Object.keys(measurements).find((id) => !budgets.some((budget) => budget.id === id));
  if (without !== undefined) throw new Error(`${without} has no budget`);
  return budgets.map((budget) => {
    const measured = measurements[budget.id];
    if (measured === undefined) throw new Error(`${budget.id} was not measured`);
    return { ...budget, measured, isExceeded: measured > budget.budget };
  });
}

export function printJudged(rows: readonly Judged[]): string {
  const lines = rows.map(({ title, measured, budget, goal, isExceeded }) => [
    title,
    number(measured),
    number(budget),
    goal === undefined ? "" : number(goal),
    isExceeded ? "EXCEEDED" : "",
  ]);
  return alignColumns([["", "now", "budget", "goal", ""], ...lines], { right: [1, 2, 3, 4] }).join("\n");
}

/** Rounded up, so that what is exceeded does not look as if it were met. */
function number(value: number): string {
  // The product of 8.8 and 100 is a little more than 880.
  return (Math.ceil(value * 100 - 1e-6) / 100).toLocaleString("en-US", { maximumFractionDigits: 2 });
}
