import { isMap, isPair, type Pair, parseDocument, Scalar } from "yaml";
import type { RowChange } from "../diff/fit-table.js";
import type { OperationRow } from "../generate/sdk-table.js";

/** The text of `sdk.yaml` with some rows changed or gone; every other byte, comments included, stays. */
export function editRows(text: string, changes: readonly RowChange[]): string {
  const rows = rowsOf(text);
  const edits = changes.flatMap((change) => {
    const range = rows.get(change.id);
    return range === undefined ? [] : [{ ...range, text: rowText(change) }];
  });
  // From the end, so that no edit moves the place of another.
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((done, edit) => done.slice(0, edit.start) + edit.text + done.slice(edit.end), text);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where each row stands: whole lines, from the first letter of its first one to the start of the next row. */
function rowsOf(text: string): Map<string, Range> {
  const operations = parseDocument(text).get("operations");
  if (!isMap(operations)) return new Map();
  return new Map(operations.items.filter(isPair).flatMap((pair) => rangeOf(text, pair as Pair)));
}

function rangeOf(text: string, { key, value }: Pair): [string, Range][] {
  if (!(key instanceof Scalar) || !key.range) return [];
  const range = (value as { range?: readonly [number, number, number] } | null)?.range ?? key.range;
  const start = text.lastIndexOf("\n", key.range[0]) + 1;
  const newline = text.indexOf("\n", range[1]);
  return [[String(key.value), { start, end: newline === -1 ? text.length : newline + 1 }]];
}

function rowText({ now, row }: RowChange): string {
  return now === undefined || row === undefined ? "" : `  ${now}: ${columns(row)}\n`;
}

/** A row as the table writes it: `{ resource: orders, method: get, retry: read }`. */
export function columns(row: OperationRow): string {
  const entries = Object.entries(row).map(([column, value]) => `${column}: ${value}`);
  return `{ ${entries.join(", ")} }`;
}
