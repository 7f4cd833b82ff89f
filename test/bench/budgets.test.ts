import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/lib/package.js";
import { type Budget, judge, printJudged } from "../../scripts/release/check-size.js";

const budgets: Budget[] = [
  { id: "whole", title: "whole", budget: 8.8, goal: 8 },
  { id: "files", title: "files", budget: 10 },
];

test("a budget may be used up but not exceeded", () => {
  const of = (whole: number) => judge(budgets, { whole, files: 10 }).map(({ isExceeded }) => isExceeded);
  expect(of(8.8)).toEqual([false, false]);
  expect(of(8.8001)).toEqual([true, false]);
});

test("a measurement without a budget and a budget without a measurement are errors", () => {
  expect(() => judge(budgets, { whole: 1, files: 1, more: 1 })).toThrow("more has no budget");
  expect(() => judge(budgets, { whole: 1 })).toThrow("files was not measured");
});

test("the table shows a slightly exceeded budget as exceeded", () => {
  expect(printJudged(judge(budgets, { whole: 8.8001, files: 9 }))).toBe(
    `        now  budget  goal
whole  8.81     8.8     8  EXCEEDED
files     9      10`,
  );
});

test("every budget has a number and a unique id", () => {
  const own = JSON.parse(readFileSync(join(root, "scripts/release/budgets.json"), "utf8")) as Budget[];
  expect(own.filter(({ budget }) => !(budget > 0))).toEqual([]);
  expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
});
