import { expect } from "vitest";
import { sentence } from "../../scripts/spec/report.js";
import type { Mutation } from "./mutation.js";
import type { Outcome } from "./run-mutation.js";

/** Checks everything that is expected of the outcome of a mutation. */
export function expectOutcome({ impact, says, notices = [], refused }: Mutation, outcome: Outcome): void {
  const { refusal, comparison, errors, disturbed, faults } = outcome;
  if (refused !== undefined) {
    expect(refusal).toMatch(refused);
    expect(refusal).toContain("To fix: ");
    return;
  }
  expect(refusal).toBeUndefined();
  expect(errors, "errors in the generated code").toEqual([]);
  expect(disturbed, "methods that changed without a word").toEqual([]);
  expect(faults, "what fails on the mock server of the new description").toEqual([]);
  for (const notice of notices) expect(outcome.notices).toContainEqual(expect.stringMatching(notice));
  const entries = comparison?.entries ?? [];
  expect(entries.filter(({ kind }) => kind !== "words").map(sentence)).toEqual(says);
  expect(comparison?.impact ?? "none").toBe(impact);
}
