import { describe, expect, test } from "vitest";
import { sampleList, sampleOperations } from "../support/operations.js";
import type { Cell, Outcome } from "./cell.js";
import { faultNamed } from "./faults.js";
import { demandedOfList, type ListCell, listCellsOf } from "./list-cell.js";
import { demanded } from "./oracle.js";
import { listTable, matrixTable, type Played, type PlayedList } from "./table.js";
import { totalsOf } from "./totals.js";

const { keyed, unsafe } = sampleOperations;

function played(operation: Cell["operation"], faultName: string, change: Partial<Outcome> = {}): Played {
  const cell: Cell = { operation, fault: faultNamed(faultName), strikes: "first attempt" };
  const demand = demanded(cell);
  return { cell, demand, outcome: { ...demand, ...change }, red: Object.keys(change).length > 0 };
}

function playedList(change: object = {}): PlayedList {
  const [cell] = listCellsOf([sampleList()]) as [ListCell];
  const demand = demandedOfList(cell);
  return { cell, demand, outcome: { ...demand, ...change }, red: Object.keys(change).length > 0 };
}

describe("the totals", () => {
  test("are zero when every cell meets the demands", () => {
    const totals = totalsOf([played(keyed, "408"), played(unsafe, "408")], [playedList()]);
    expect(totals).toMatchObject({
      cells: 3,
      operations: 3,
      red: 0,
      duplicates: 0,
      hangs: 0,
      untyped: 0,
      lostOrRepeated: 0,
    });
  });

  test("count every second effect, hang, untyped error and wrong row", () => {
    const matrix = [
      played(keyed, "408", { effects: 3 }),
      played(unsafe, "408", { ended: "hang" }),
      played(unsafe, "429", { ended: "untyped" }),
    ];
    const totals = totalsOf(matrix, [playedList({ rows: ["row_1", "row_1"] })]);
    expect(totals).toMatchObject({ red: 4, duplicates: 2, hangs: 1, untyped: 1, lostOrRepeated: 1 });
  });
});

describe("the tables", () => {
  test("show the results of the calls of a class, and mark the failed cells", () => {
    const table = matrixTable([
      played(keyed, "408"),
      played(unsafe, "408"),
      played(unsafe, "429", { ended: "untyped" }),
    ]);
    const row = (name: string) => table.split("\n").find((line) => line.startsWith(`${name} `));
    expect(row("408")).toMatch(/first attempt +- +- +ok 2 +- +408\? 1$/);
    expect(row("429")).toMatch(/first attempt .*✗ 1 untyped 2$/);
  });

  test("show the results of lists, and how many rows were yielded", () => {
    expect(listTable([playedList()])).toContain("PaginationError, rows 2");
    expect(listTable([playedList({ ended: "hang" })])).toContain("✗ 1 hang, rows 2");
  });
});
