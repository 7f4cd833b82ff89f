import { readFileSync } from "node:fs";
import type { Drift } from "../drift/drift.js";
import type { CheckedOperation } from "./check-live.js";

/** The file that `--out` writes. It contains places and types, never ids, names or values. */
export interface DriftFile {
  readonly format: 1;
  /** The version of `sfc-preview-devtools` whose description the responses were compared with. */
  readonly version: string;
  readonly operations: readonly {
    readonly operation: string;
    readonly request: string;
    readonly statuses: readonly number[];
    readonly reason?: string;
  }[];
  readonly drift: readonly Drift[];
}

export function driftFile(checked: readonly CheckedOperation[]): DriftFile {
  return {
    format: 1,
    version: ownVersion(),
    operations: checked.map(({ drift: _, ...operation }) => operation),
    drift: checked.flatMap(({ drift }) => drift),
  };
}

function ownVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** Prints a table of the operations, then the differences, then totals. */
export function printReport(checked: readonly CheckedOperation[]): string {
  const rows = checked.map(({ operation, statuses, reason, drift }) => [
    operation,
    statuses.length === 0 ? "no" : statuses.join(", "),
    statuses.length === 0 ? "-" : drift.length === 0 ? "yes" : "no",
    drift.length === 0 ? (reason ?? "") : String(drift.length),
  ]);
  const differences = checked.flatMap(({ drift }) => drift.map(printDrift));
  return [
    ...printTable([["operation", "called", "matches", "drift"], ...rows]),
    ...(differences.length === 0 ? [] : ["", ...differences]),
    "",
    summary(checked, differences.length),
  ].join("\n");
}

function summary(checked: readonly CheckedOperation[], differences: number): string {
  const called = checked.filter(({ statuses }) => statuses.length > 0).length;
  const found = differences === 1 ? "1 difference" : `${differences} differences`;
  return `${called} of ${checked.length} read operations called, ${found} found.`;
}

/** Prints one difference as one line. */
export function printDrift({ kind, operation, status, place, expected, received }: Drift): string {
  const at = place === "" ? "the body" : place;
  switch (kind) {
    case "unknown-member":
      return `${operation} ${status}: unknown member ${at} (${received})`;
    case "missing-member":
      return `${operation} ${status}: missing member ${at} (${expected})`;
    case "wrong-type":
      return `${operation} ${status}: wrong type at ${at}: expected ${expected}, received ${received}`;
    case "unknown-value":
      return `${operation} ${status}: unknown value at ${at}: expected ${expected}`;
    case "undeclared-status":
      return `${operation} ${status}: undeclared status`;
  }
}

function printTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
