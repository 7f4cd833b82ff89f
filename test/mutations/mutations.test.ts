import { describe, expect, it } from "vitest";
import { readBase } from "./base.js";
import { expectOutcome } from "./expect-outcome.js";
import { mutations } from "./kinds/index.js";
import { beginMutation, type Outcome } from "./run-mutation.js";

/** `npm run mutations` applies every kind to a part of the description, `npm run mutations:whole` to all of it, and `npm test` a few to one resource. */
const { MODE } = process.env;
const isLong = MODE === "all" || MODE === "part";
const base = isLong ? readBase(MODE !== "all") : readBase(true, new Set(["Instances"]));
const chosen = mutations.filter(({ short }) => short !== undefined || isLong);

/** Work in other processes starts one mutation ahead. */
const begun = new Map<number, () => Promise<Outcome>>();

function outcomeOf(index: number): Promise<Outcome> {
  for (const one of [index, index + 1]) {
    const mutation = chosen[one];
    if (mutation === undefined || begun.has(one)) continue;
    begun.set(one, beginMutation(base, mutation, isLong || mutation.short === "called"));
  }
  return begun.get(index)?.() ?? Promise.reject(new Error("There is no such mutation."));
}

it("there are at least 40 kinds of change", () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  expect(mutations.length).toBeGreaterThanOrEqual(40);
});

describe("of a description in which", () => {
  for (const [index, mutation] of chosen.entries()) {
    it(mutation.name, async () => expectOutcome(mutation, await outcomeOf(index)), 120_000);
  }
});
