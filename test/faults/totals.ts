import { isDeepStrictEqual } from "node:util";
import type { Played, PlayedList } from "./table.js";

/** The counts that must be zero, and the number of cells behind them. */
export interface Totals {
  readonly cells: number;
  readonly operations: number;
  readonly requests: number;
  readonly red: number;
  readonly duplicates: number;
  readonly hangs: number;
  readonly untyped: number;
  /** Lists that did not yield exactly the available rows. */
  readonly lostOrRepeated: number;
}

export function totalsOf(matrix: readonly Played[], lists: readonly PlayedList[]): Totals {
  const all = [...matrix, ...lists];
  const ended = (word: string) => all.filter(({ outcome }) => outcome.ended === word).length;
  return {
    cells: all.length,
    operations: new Set(all.map(({ cell }) => cell.operation.name)).size,
    requests: matrix.reduce((sum, { outcome }) => sum + outcome.attempts, 0),
    red: all.filter(({ red }) => red).length,
    duplicates: matrix.reduce((sum, { outcome }) => sum + Math.max(0, outcome.effects - 1), 0),
    hangs: ended("hang"),
    untyped: ended("untyped"),
    lostOrRepeated: all.filter(({ outcome, demand }) => !isDeepStrictEqual(outcome.rows, demand.rows)).length,
  };
}

export function sayTotals(totals: Totals, seconds: number): string {
  const { cells, operations, requests, red, duplicates, hangs, untyped, lostOrRepeated } = totals;
  return [
    `${cells} cells over ${operations} operations, ${requests} faulted or repeated requests, ${seconds.toFixed(1)} s`,
    `duplicates ${duplicates}, hangs ${hangs}, untyped errors ${untyped}, lost or repeated rows ${lostOrRepeated}, red cells ${red}`,
  ].join("\n");
}
