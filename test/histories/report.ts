import type { PlanOptions, Subset } from "./plan.js";
import { repeatable } from "./record.js";
import type { Outcome } from "./run.js";

/** The totals of all seeds of one run. */
export class Totals {
  #seeds = 0;
  failures = 0;
  readonly #counts = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  readonly #ends = new Map<string, number>();
  readonly #startMs = Date.now();

  add({ history, violations }: Outcome): void {
    this.#seeds += 1;
    if (violations.length > 0) this.failures += 1;
    add(this.#counts, "operations", history.runs.length);
    add(this.#counts, "requests", history.requests.length);
    add(this.#counts, "violations", violations.length);
    for (const [kind, count] of Object.entries(history.faults())) add(this.#faults, kind, count);
    for (const { end } of history.runs) add(this.#ends, end?.as ?? "open", 1);
  }

  text(): string {
    const list = (counts: ReadonlyMap<string, number>) =>
      [...counts]
        .sort()
        .map(([name, count]) => `${name} ${count}`)
        .join(", ");
    const seconds = ((Date.now() - this.#startMs) / 1_000).toFixed(0);
    return `${this.#seeds} seeds in ${seconds} s, ${this.failures} failed: ${list(this.#counts)}\nends: ${list(this.#ends)}\nfaults: ${list(this.#faults)}`;
  }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

/** Prints the violation, the steps that led to it, and the command that runs it again. */
export function describeFailure({ plan, history, violations }: Outcome, subset: Subset, options: PlanOptions): string {
  const lines = violations.map(({ rule, text, steps }) => `  ${rule}: ${text} (${steps.join(" ")})`);
  const events = history.runs.map(({ step, end }) => {
    const { id, kind, ...more } = step;
    const struck = history.requests.filter((request) => request.step === id && request.fault);
    // An outage counts as one fault.
    const shown = kind === "outage" ? struck.slice(0, 1) : struck;
    const faults = shown.map(({ nth, method, path, fault }) => `${nth}: ${method} ${path} ${JSON.stringify(fault)}`);
    const again = repeatable.has(kind) ? "" : " (once)";
    return [
      `    ${id} ${kind}${again} ${JSON.stringify(more)} -> ${JSON.stringify(end)}`,
      ...faults.map((text) => `      ${text}`),
    ].join("\n");
  });
  return [
    `seed ${plan.seed} (${plan.transport}) fails:`,
    ...lines,
    "  history:",
    ...events,
    `  ${replay(plan.seed, subset, options)}`,
  ].join("\n");
}

function replay(seed: string, { steps, strikes }: Subset, { transport }: PlanOptions): string {
  const flags = [
    `--seed ${seed}`,
    ...(transport ? [`--transport ${transport}`] : []),
    ...(steps ? [`--only ${[...steps].join(",")}`] : []),
    ...(strikes ? [`--strikes ${[...strikes].join(",")}`] : []),
  ];
  return `npm run histories -- ${flags.join(" ")}`;
}
