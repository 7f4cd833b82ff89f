import { type Contender, contenders, names } from "./contenders.js";
import { markdownTable } from "./markdown-table.js";
import { type Cell, isReached, type Measured, type Row } from "./row.js";

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

/** `24`, `×1.83 (1.79–1.90)`; the spread is the middle half of the rounds. */
function printCell(row: Row, cell: Cell | undefined): string {
  if (cell === undefined) return "";
  if (typeof cell === "string") return cell;
  // Where everyone else is a ratio, raw fetch is the scale and not a result.
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

function targetsOf(row: Row): Contender[] {
  return names.filter((name) => row.targets[name] !== undefined);
}

/** Ours is meant where no name stands. */
function label(name: Contender): string {
  return name === "ours" ? "" : `${contenders[name].replace("ours, ", "")} `;
}

function printTargets(row: Row): string {
  return targetsOf(row)
    .map((name) => {
      const target = row.targets[name] as number;
      return label(name) + sign(unitOf(row), target) + number(target, Number.isInteger(target) ? 0 : row.digits);
    })
    .join(", ");
}

/** What the row compares by; of each contender. */
function unitOf({ cells }: Row): Measured["as"] {
  const measured = Object.values(cells).filter((cell) => typeof cell !== "string");
  return measured.find(({ as }) => as !== "value")?.as ?? "value";
}

function printReached(row: Row): string {
  return targetsOf(row)
    .map((name) => {
      const reached = isReached(row, name);
      return label(name) + (reached === undefined ? "?" : reached ? "yes" : "NO");
    })
    .join(", ");
}
