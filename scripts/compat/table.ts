import { alignColumns } from "../lib/table.js";

/** One line of a table: what was tried, and per column `"ok"`, or the reason why not. */
export interface Row {
  readonly name: string;
  readonly cells: Readonly<Record<string, string>>;
}

export const passed = "ok";
/** Could not be tried here. Told as such, because it has not passed. */
export const notHad = "not had";

/** A table in plain text, with every reason below it. */
export function printTable(title: string, columns: readonly string[], rows: readonly Row[]): string {
  const head = [title, ...columns];
  const body = rows.map(({ name, cells }) => [name, ...columns.map((column) => shortOf(cells[column]))]);
  return [...alignColumns([head, ...body], { rule: true }), ...reasons(rows)].join("\n");
}

function shortOf(cell = notHad): string {
  if (cell === passed) return passed;
  return cell.startsWith(notHad) ? notHad : "FAILED";
}

function reasons(rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ name, cells }) =>
    Object.entries(cells)
      .filter(([, cell]) => cell !== passed)
      .map(([column, cell]) => `${name}, ${column}: ${cell}`),
  );
  return lines.length > 0 ? ["", ...new Set(lines)] : [];
}

/** Whether everything passed. */
export function allPassed(columns: readonly string[], rows: readonly Row[]): boolean {
  return rows.every(({ cells }) => columns.every((column) => cells[column] === passed));
}
