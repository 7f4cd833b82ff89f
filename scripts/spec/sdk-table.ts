import { isMap, type ParsedNode, parseDocument, type Scalar, stringify } from "yaml";
import { closeIds } from "../generate/names.js";
import type { RawOperation } from "../generate/operations.js";
import { listFaults, versionPrefix } from "../generate/rows.js";
import { rowByRule } from "../generate/rules.js";
import { columns, type OperationRow, type SdkTable } from "../generate/sdk-table.js";

/** A change of a row that makes the table match the description. */
export interface RowChange {
  readonly id: string;
  /** The new operationId of the row. Absent when the row was removed. */
  readonly now?: string;
  readonly row?: OperationRow;
  /** The text for the maintainer. */
  readonly text: string;
}

/**
 * Adapts the table to another description. Rows follow renamed operations, rows that the
 * description contradicts are decided by rule, and rows without an operation are removed. `others` are the operations of the
 * other description, by which a renamed operation is recognized.
 */
export function fitTable(
  operations: readonly RawOperation[],
  table: SdkTable,
  others: readonly RawOperation[],
  otherSide: "earlier" | "later" = "earlier",
): { table: SdkTable; changes: RowChange[] } {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const matches = matchOperations(others, operations);
  const moved = new Map([...matches].filter(([, id]) => !table.operations.has(id)));
  const unknown = [...byId.keys()].filter((id) => !table.operations.has(id) && ![...moved.values()].includes(id));
  const changes = [...table.operations].map(([id, row]): RowChange => {
    const operation = byId.get(id) ?? byId.get(moved.get(id) ?? "");
    if (operation === undefined) {
      const [close] = closeIds(id, unknown);
      const perhaps = close === undefined ? "" : `; if it is ${close} now, give that the row: it was ${columns(row)}`;
      return { id, text: `row ${id}: removed, the operation is gone${perhaps}` };
    }
    const now = operation.id;
    const earlier = otherSide === "earlier" ? others.find((one) => matches.get(one.id) === now) : undefined;
    const fitted = fitRow(operation, row, earlier);
    const news = [...(now === id ? [] : [`the operation is now called ${now}`]), ...differences(row, fitted)];
    return { id, now, row: fitted, text: news.length === 0 ? "" : `row ${id}: ${news.join("; ")}` };
  });
  const rows = changes.flatMap(({ now, row }) => (now && row ? [[now, row] as const] : []));
  return { table: { ...table, operations: new Map(rows) }, changes: changes.filter(({ text }) => text !== "") };
}

/** The reviewed row if the description agrees with it, and otherwise the row by rule. */
function fitRow(operation: RawOperation, row: OperationRow, earlier: RawOperation | undefined): OperationRow {
  const byRule = rowByRule(operation, row.resource);
  // A request that was safe to repeat as a GET or PUT may be applied twice as a POST. The class was reviewed for the previous method.
  const isReviewed = operation.http !== "GET" && (earlier === undefined || earlier.http === operation.http);
  const isWider = row.paging === "forward" && byRule.paging === "cursor";
  const isFit = (isReviewed || row.retry === byRule.retry) && !isWider && listFaults({ operation, row }).length === 0;
  return isFit ? row : { ...byRule, method: row.method };
}

function differences(before: OperationRow, after: OperationRow): string[] {
  const columns = ["retry", "paging", "repeat404"] as const;
  return columns
    .filter((column) => before[column] !== after[column])
    .map((column) => `${column} is now ${after[column] ?? "none"} (was ${before[column] ?? "none"})`);
}

/** The text of `sdk.yaml` with some rows changed or removed. Every other byte is unchanged, including comments. */
export function editRows(text: string, changes: readonly RowChange[]): string {
  // Edits are applied from the end, so that no edit moves the place of another.
  return readRows(text).reduceRight((done, { id, start, end }) => {
    const change = changes.find((one) => one.id === id);
    if (change === undefined) return done;
    const { now, row } = change;
    return done.slice(0, start) + (now && row ? printRow(now, row) : "") + done.slice(end);
  }, text);
}

function printRow(id: string, row: OperationRow): string {
  return `  ${stringify(id).trim()}: ${columns(row)}\n`;
}

/** The lines of the rows in the text. */
function readRows(text: string): { readonly id: string; readonly start: number; readonly end: number }[] {
  const operations = parseDocument(text).get("operations");
  const rows = isMap<Scalar.Parsed, ParsedNode | null>(operations) ? operations.items : [];
  return rows.map(({ key, value }) => {
    // A row of several lines ends after its last newline, and any other row ends before it.
    const newline = text.indexOf("\n", (value ?? key).range[1] - 1);
    const end = newline === -1 ? text.length : newline + 1;
    return { id: String(key.value), start: text.lastIndexOf("\n", key.range[0]) + 1, end };
  });
}

const HEADING = "  # Written by rule: review names, retry classes and paging, then remove this line.\n";

/** The text of `sdk.yaml` with additional rows after the existing ones. Every other byte is unchanged. */
export function addRows(text: string, rows: ReadonlyMap<string, OperationRow>): string {
  if (rows.size === 0) return text;
  const added = HEADING + [...rows].map(([id, row]) => printRow(id, row)).join("");
  const last = readRows(text).at(-1);
  if (last === undefined) {
    // A section without rows, such as `operations: {}`, is replaced by one with rows.
    const rest = text.replace(/^operations:[ \t]*(\{\s*\})?[ \t]*\n?/m, "");
    return `${rest}${/[^\n]$/.test(rest) ? "\n" : ""}operations:\n${added}`;
  }
  const before = text.slice(0, last.end);
  return `${before}${before.endsWith("\n") ? "" : "\n"}\n${added}${text.slice(last.end)}`;
}

/**
 * Matches the operations of two descriptions by operationId, or else by method and
 * path, or else by the same path with another version prefix.
 */
export function matchOperations(from: readonly RawOperation[], to: readonly RawOperation[]): Map<string, string> {
  const matches = new Map<string, string>();
  // The names of path parameters are ignored.
  const shape = (path: string) => path.replace(/\{[^}]*\}/g, "{}");
  const identities: ((operation: RawOperation) => string)[] = [
    ({ id }) => id,
    ({ http, path }) => `${http} ${shape(path)}`,
    ({ http, path }) => `${http} ${shape(path.slice(versionPrefix(path).length))}`,
  ];
  for (const identify of identities) {
    for (const one of from.filter(({ id }) => !matches.has(id))) {
      const taken = new Set(matches.values());
      const other = to.find((candidate) => !taken.has(candidate.id) && identify(candidate) === identify(one));
      if (other !== undefined) matches.set(one.id, other.id);
    }
  }
  return matches;
}
