import type { Operation } from "../../src/operation.js";
import { type Cell, isList, type Outcome } from "./cell.js";
import { faults } from "./faults.js";
import type { ListCell, ListOutcome } from "./list-cell.js";
import { listFaults } from "./list-faults.js";

export interface Played<C = Cell, O = Outcome> {
  readonly cell: C;
  readonly outcome: O;
  readonly demand: O;
  readonly red: boolean;
}

export type PlayedList = Played<ListCell, ListOutcome>;

const columns = ["read", "read, list", "keyed", "absolute", "unsafe"] as const;
const pagings = ["cursor", "forward", "whole"] as const;

const columnOf = (operation: Operation) => (isList(operation) ? "read, list" : operation.retry);

/** A table of class x fault, with the results of the calls of a class and their number of attempts. */
export function matrixTable(played: readonly Played[]): string {
  const rows = faults.flatMap(({ name }) =>
    (["first attempt", "all attempts"] as const).map((strikes) => [
      strikes === "first attempt" ? name : "",
      strikes,
      ...columns.map((column) =>
        summary(
          played.filter(
            ({ cell }) => cell.fault.name === name && cell.strikes === strikes && columnOf(cell.operation) === column,
          ),
          endOf,
        ),
      ),
    ]),
  );
  return layOut([["fault", "strikes", ...columns], ...rows]);
}

/** A table of kind of paging x fault of the pages. */
export function listTable(played: readonly PlayedList[]): string {
  const rows = listFaults.map(({ name }) => [
    name,
    ...pagings.map((paging) =>
      summary(
        played.filter(({ cell }) => cell.fault.name === name && cell.operation.paging === paging),
        ({ ended, rows: { length }, kept }) => `${short(ended)}, rows ${length}${kept.length ? `+${kept.length}` : ""}`,
      ),
    ),
  ]);
  return layOut([["pages", ...pagings], ...rows]);
}

export const legend = [
  "Read `ConnectionError? 3` as: the caller got that error, marked ambiguous (?), after 3 attempts; `ok 2`: the result, after 2.",
  "In lists `rows 2+2`: rows yielded, and rows of the unreadable page on the error. ✗ n: n calls ended otherwise than demanded.",
].join("\n");

function endOf({ ended, status, ambiguous, attempts }: Outcome): string {
  return `${status === undefined || ended === "DecodeError" ? short(ended) : status}${ambiguous ? "?" : ""} ${attempts}`;
}

const short = (ended: string) => (ended === "success" ? "ok" : ended);

/** The different results of several calls, and the number of failed cells. */
function summary<C, O>(played: readonly Played<C, O>[], word: (outcome: O) => string): string {
  if (played.length === 0) return "-";
  const red = played.filter(({ red }) => red).length;
  const ends = [...new Set(played.map(({ outcome }) => word(outcome)))].sort();
  return `${red > 0 ? `✗ ${red} ` : ""}${ends.join(", ")}`;
}

function layOut(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...body.map(line)].join("\n");
}
