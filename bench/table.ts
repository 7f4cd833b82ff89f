import { type Contender, contenders, names } from "./contenders.js";

/** The middle of the samples, and the bounds of their middle half. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** How a contender's sample is compared with that of raw fetch in the same round. */
export type Against = "ratio" | "difference";

export function summarize(samples: readonly number[]): Summary {
  return { median: quantile(samples, 0.5), low: quantile(samples, 0.25), high: quantile(samples, 0.75) };
}

/** The quantile of the samples, interpolated between the two nearest ones. */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error("there are no samples");
  return below + (above - below) * (at % 1);
}

/** The comparison is made within each round, because other load affects every contender of a round. */
export function compare(samples: readonly number[], base: readonly number[], against: Against): number[] {
  if (samples.length !== base.length) throw new Error(`${samples.length} rounds against ${base.length}`);
  return samples.map((sample, round) => {
    const other = base[round] as number;
    return against === "ratio" ? sample / other : sample - other;
  });
}

/** The result of one contender in one row, or the reason why there is none. */
export type Cell = string | Measured;

export interface Measured extends Summary {
  /** The unit of the cell: that of the row, `×` for a ratio to raw fetch, or `+` for a difference from it. */
  readonly as: "value" | Against;
  /** The measured values, one per round. */
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
  /** The targets, in the unit of the cells. */
  readonly targets: Readonly<Partial<Record<Contender, number>>>;
}

export type Samples = Readonly<Partial<Record<Contender, readonly number[] | string>>>;

/** Cells without a comparison: sizes and counts. */
export function values(samples: Samples): Row["cells"] {
  return mapped(samples, (own) => ({ as: "value", samples: own, ...summarize(own) }));
}

/** Raw fetch itself, and every other contender compared with it. */
export function againstRaw(samples: Samples, against: Against): Row["cells"] {
  const { raw, ...others } = samples;
  if (raw === undefined || typeof raw === "string") throw new Error("raw fetch was not measured");
  return { ...values({ raw }), ...againstBase(others, raw, against) };
}

/** Every contender compared with the same base, round by round. */
export function againstBase(samples: Samples, base: readonly number[], against: Against): Row["cells"] {
  return mapped(samples, (own) => ({ as: against, samples: own, ...summarize(compare(own, base, against)) }));
}

function mapped(samples: Samples, cell: (own: readonly number[]) => Measured): Row["cells"] {
  return Object.fromEntries(
    Object.entries(samples).map(([name, own]) => [name, typeof own === "string" ? own : cell(own)]),
  );
}

/** Whether a target is reached. `undefined` when nothing was measured. Only the printed digits count, so that no target is missed by a digit that is not shown. */
export function isReached({ better, digits, cells, targets }: Row, contender: Contender): boolean | undefined {
  const cell = cells[contender];
  const target = targets[contender];
  if (cell === undefined || typeof cell === "string" || target === undefined) return undefined;
  const reached = Number(cell.median.toFixed(digits));
  return better === "lower" ? reached <= target : reached >= target;
}

/** The rows as an aligned Markdown table. */
export function printTable(rows: readonly Row[]): string {
  const head = ["", ...names.map((name) => contenders[name]), "must reach", "reached"];
  const body = rows.map((row) => [
    `${row.title}${row.unit && `, ${row.unit}`}`,
    ...names.map((name) => printCell(row, row.cells[name])),
    printTargets(row),
    printReached(row),
  ]);
  return markdownTable(head, body);
}

/** Prints a cell, such as `24` or `×1.83 (1.79–1.90)`. The spread is the middle half of the rounds. */
function printCell(row: Row, cell: Cell | undefined): string {
  if (cell === undefined) return "";
  if (typeof cell === "string") return cell;
  // When the other cells are ratios, raw fetch is their scale and not a result.
  const digits = cell.as === "value" && cell.median >= 100 ? 0 : row.digits;
  const value = sign(cell.as, cell.median) + number(cell.median, digits);
  if (cell.samples.length === 1) return value;
  return `${value} (${number(cell.low, digits)}–${number(cell.high, digits)})`;
}

function sign(as: Measured["as"], value: number): string {
  if (as === "value") return "";
  return as === "ratio" ? "×" : value < 0 ? "" : "+";
}

function number(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function listTargets(row: Row): Contender[] {
  return names.filter((name) => row.targets[name] !== undefined);
}

/** A target without a name is that of our client. */
function label(name: Contender): string {
  return name === "ours" ? "" : `${contenders[name].replace("ours, ", "")} `;
}

function printTargets(row: Row): string {
  return listTargets(row)
    .map((name) => {
      const target = row.targets[name] as number;
      return label(name) + sign(findUnit(row), target) + number(target, Number.isInteger(target) ? 0 : row.digits);
    })
    .join(", ");
}

/** The unit of the row's comparisons. */
function findUnit({ cells }: Row): Measured["as"] {
  const measured = Object.values(cells).filter((cell) => typeof cell !== "string");
  return measured.find(({ as }) => as !== "value")?.as ?? "value";
}

function printReached(row: Row): string {
  return listTargets(row)
    .map((name) => {
      const reached = isReached(row, name);
      return label(name) + (reached === undefined ? "?" : reached ? "yes" : "NO");
    })
    .join(", ");
}

/** Aligns the columns, so that the table is readable in a terminal too. The first column is text, and the others are numbers. */
export function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((line) => (line[column] ?? "").length)));
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  return [head, rule, ...body].map((line) => `| ${line.map(pad).join(" | ")} |`).join("\n");
}
