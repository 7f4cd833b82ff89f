import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/lib/package.js";
import { type Budget, judge, printJudged } from "../../scripts/release/check-size.js";

const budgets: Budget[] = [
  { id: "whole", title: "whole", budget: 8.8, goal: 8 },
  { id: "files", title: "files", budget: 10 },
];

test("a budget may be used up, and not exceeded by anything", () => {
  const of = (whole: number) => judge(budgets, { whole, files: 10 }).map(({ isExceeded }) => isExceeded);
  expect(of(8.8)).toEqual([false, false]);
  expect(of(8.8001)).toEqual([true, false]);
});

test("what has no budget, and a budget of nothing that was measured, are mistakes", () => {
  expect(() => judge(budgets, { whole: 1, files: 1, more: 1 })).toThrow("more has no budget");
  expect(() => judge(budgets, { whole: 1 })).toThrow("files was not measured");
});

test("the table shows what is exceeded by a little as exceeded", () => {
  expect(printJudged(judge(budgets, { whole: 8.8001, files: 9 }))).toBe(
    `        now  budget  goal
whole  8.81     8.8     8  EXCEEDED
files     9      10`,
  );
});

test("every budget has a number and an id of its own", () => {
  const own = JSON.parse(readFileSync(join(root, "scripts/release/budgets.json"), "utf8")) as Budget[];
  expect(own.filter(({ budget }) => !(budget > 0))).toEqual([]);
  expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
});
