import type { Contender } from "./contenders.js";
import { type Against, compare, type Summary, summarize } from "./stats.js";

/** What one contender reached in one row; a text says why there is no number. */
export type Cell = string | Measured;

export interface Measured extends Summary {
  /** The unit of the cell: of the row itself, or `×` for a ratio to raw fetch, or `+` for a difference from it. */
  readonly as: "value" | Against;
  /** As measured, one per round. */
  readonly samples: readonly number[];
}

/** One line of the table. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  readonly digits: number;
  readonly cells: Readonly<Partial<Record<Contender, Cell>>>;
  /** What ours has to reach, in what the cells are in. */
  readonly targets: Readonly<Partial<Record<Contender, number>>>;
}

export type Samples = Readonly<Partial<Record<Contender, readonly number[] | string>>>;

/** Cells of what does not need a comparison: sizes, counts. */
export function values(samples: Samples): Row["cells"] {
  return mapped(samples, (own) => ({ as: "value", samples: own, ...summarize(own) }));
}

/** Raw fetch as it is, everyone else against it. */
export function againstRaw(samples: Samples, against: Against): Row["cells"] {
  const { raw, ...others } = samples;
  if (raw === undefined || typeof raw === "string") throw new Error("raw fetch was not measured");
  return { ...values({ raw }), ...againstBase(others, raw, against) };
}

/** Everyone against the same base, round by round. */
export function againstBase(samples: Samples, base: readonly number[], against: Against): Row["cells"] {
  return mapped(samples, (own) => ({ as: against, samples: own, ...summarize(compare(own, base, against)) }));
}

function mapped(samples: Samples, cell: (own: readonly number[]) => Measured): Row["cells"] {
  return Object.fromEntries(
    Object.entries(samples).map(([name, own]) => [name, typeof own === "string" ? own : cell(own)]),
  );
}

/** Whether a target is reached; `undefined` when nothing was measured. As printed counts: no target is missed by a digit that is not shown. */
export function isReached({ better, digits, cells, targets }: Row, contender: Contender): boolean | undefined {
  const cell = cells[contender];
  const target = targets[contender];
  if (cell === undefined || typeof cell === "string" || target === undefined) return undefined;
  const reached = Number(cell.median.toFixed(digits));
  return better === "lower" ? reached <= target : reached >= target;
}
