import { describe, expect, it } from "vitest";
import { sentence } from "../../scripts/diff/entry.js";
import { readBase } from "./base.js";
import { mutations } from "./kinds/index.js";
import { beginMutation, type Outcome } from "./run-mutation.js";

/** `npm run mutations` tries every kind on a part of the description, `npm run mutations:whole` on all of it, `npm test` some on a part. */
const { MODE } = process.env;
const base = readBase(MODE !== "all");
const chosen = mutations.filter(({ short }) => short || MODE === "all" || MODE === "part");

/** What waits for another process begins one mutation ahead. */
const begun = new Map<number, () => Promise<Outcome>>();

function outcomeOf(index: number): Promise<Outcome> {
  for (const one of [index, index + 1]) {
    const mutation = chosen[one];
    if (mutation !== undefined && !begun.has(one)) begun.set(one, beginMutation(base, mutation));
  }
  return begun.get(index)?.() ?? Promise.reject(new Error("There is no such mutation."));
}

it("knows at least 40 kinds of change", () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  expect(mutations.length).toBeGreaterThanOrEqual(40);
});

describe("of a description in which", () => {
  for (const [index, { name, impact, says, refused }] of chosen.entries()) {
    it(name, async () => {
      const { refusal, comparison, errors, disturbed } = await outcomeOf(index);
      if (refused !== undefined) {
        expect(refusal).toMatch(refused);
        expect(refusal).toContain("To mend: ");
        return;
      }
      expect(refusal).toBeUndefined();
      expect(errors, "errors in the generated code").toEqual([]);
      expect(disturbed, "methods that changed without a word").toEqual([]);
      const entries = comparison?.entries ?? [];
      expect(entries.filter(({ kind }) => kind !== "words").map(sentence)).toEqual(says);
      expect(comparison?.impact ?? "none").toBe(impact);
    }, 120_000);
  }
});
