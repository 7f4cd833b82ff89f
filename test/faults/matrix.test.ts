import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { often } from "../support/long.js";
import { type Bench, startBench } from "./bench.js";
import { type Cell, play } from "./cell.js";
import { faults } from "./faults.js";
import { allOperations, cellsOf, nameOf, representatives } from "./matrix.js";
import { demanded } from "./oracle.js";

/** A sample for one operation of each kind. `npm run faults` runs all cells of all operations, and `-- --transport node` runs them with the other fetch. */
const cells = cellsOf(representatives(allOperations))
  .filter((_, index) => index % often(3, 1) === 0)
  .map((cell): [string, Cell] => [nameOf(cell), cell]);

describe("a call with a fault ends as the rules demand", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench(allOperations);
  });
  afterAll(() => bench.close());

  test.each(cells)("%s", async (_, cell) => {
    expect(await play(bench, cell)).toEqual(demanded(cell));
  });
});

describe("the rules themselves", () => {
  const all = cellsOf(allOperations).map((cell) => ({ cell, demand: demanded(cell) }));

  test("cover every operation with every fault", () => {
    expect(new Set(all.map(({ cell }) => cell.operation.name)).size).toBe(allOperations.length);
    const left = faults.filter(({ appliesTo }) => appliesTo !== undefined).map(({ name }) => name);
    for (const { name } of faults.filter(({ name }) => !left.includes(name))) {
      expect([name, all.filter(({ cell }) => cell.fault.name === name).length]).toEqual([
        name,
        allOperations.length * 2,
      ]);
    }
    // A fault that applies only to some operations must apply to at least one.
    for (const name of left) expect(all.some(({ cell }) => cell.fault.name === name)).toBe(true);
  });

  test("allow no operation a second effect", () => {
    expect(all.filter(({ demand }) => demand.effects > 1)).toEqual([]);
  });

  test("repeat an unsafe operation only after a fault before the commit", () => {
    const repeated = all.filter(({ cell, demand }) => cell.operation.retry === "unsafe" && demand.attempts > 1);
    expect(new Set(repeated.map(({ cell }) => cell.fault.name))).toEqual(
      new Set(["connection refused", "429", "429, Retry-After 2 s"]),
    );
    expect(repeated.filter(({ cell }) => cell.fault.commits)).toEqual([]);
  });

  test("allow one effect of a keyed operation that is delivered twice or executed late", () => {
    const keyed = all.filter(({ cell }) => cell.operation.retry === "keyed");
    const late = keyed.filter(
      ({ cell }) => cell.fault.delivers !== undefined || typeof cell.fault.commits === "string",
    );
    expect(new Set(late.map(({ cell }) => cell.fault.name)).size).toBe(5);
    expect(late.filter(({ demand }) => demand.effects !== 1)).toEqual([]);
  });

  test("make every failed write ambiguous that took effect", () => {
    const hidden = all.filter(({ demand }) => demand.effects > 0 && demand.ended !== "success" && !demand.ambiguous);
    expect(hidden).toEqual([]);
  });
});
