import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { often } from "../support/long.js";
import { type Bench, startBench } from "./bench.js";
import { type Cell, play } from "./cell.js";
import { allOperations, cellsOf, nameOf, representatives } from "./matrix.js";
import { forbidden, harmless, violationOf } from "./middleware.js";
import { demanded } from "./oracle.js";

/** A sample of the cells. `npm run faults -- --middleware` runs all of them. */
const all = cellsOf(representatives(allOperations)).map((cell): [string, Cell] => [nameOf(cell), cell]);
const everyNth = (nth: number, from: number) => all.filter((_, index) => index % nth === from % nth);

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(allOperations);
});
afterAll(() => bench.close());

describe("through middleware that changes nothing, a call with a fault ends as the rules demand", () => {
  test.each(everyNth(often(15, 5), 0))("%s", async (_, cell) => {
    expect(await play({ ...bench, middleware: harmless }, cell)).toEqual(demanded(cell));
  });
});

describe("no fault causes a second effect, a hang, an untyped error or a hidden effect", () => {
  test.each(Object.entries(forbidden).map(([name, middleware], index) => ({ name, middleware, index })))(
    "through middleware that $name",
    async ({ name, middleware, index }) => {
      const violations: unknown[] = [];
      for (const [title, cell] of everyNth(often(51, 17), index)) {
        const outcome = await play({ ...bench, middleware: [middleware] }, cell);
        const violation = violationOf(name, cell, outcome);
        if (violation !== undefined) violations.push([title, violation, outcome]);
      }
      expect(violations).toEqual([]);
    },
  );
});
