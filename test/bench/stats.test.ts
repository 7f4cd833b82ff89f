import { describe, expect, test } from "vitest";
import { inTurn } from "../../bench/rounds.js";
import { compare, quantile, summarize } from "../../bench/table.js";

describe("a summary", () => {
  test("is the median and the bounds of the middle half, for samples in any order", () => {
    expect(summarize([50, 10, 30, 20, 40])).toEqual({ median: 30, low: 20, high: 40 });
  });

  test("lies between the two middle samples when their number is even", () => {
    expect(quantile([1, 2, 3, 10], 0.5)).toBe(2.5);
    expect(quantile([1, 2], 0.25)).toBe(1.25);
  });

  test("of one sample is that sample, and of no samples an error", () => {
    expect(summarize([7])).toEqual({ median: 7, low: 7, high: 7 });
    expect(() => summarize([])).toThrow("no samples");
  });

  test("is not affected by one outlier", () => {
    expect(summarize([10, 10, 10, 10, 10_000]).high).toBe(10);
  });

  test("does not reorder the given samples", () => {
    const samples = [3, 1, 2];
    summarize(samples);
    expect(samples).toEqual([3, 1, 2]);
  });
});

describe("a comparison", () => {
  test("is made within each round, so that a slow round has no effect", () => {
    expect(compare([20, 200], [10, 100], "ratio")).toEqual([2, 2]);
    expect(compare([12, 103], [10, 100], "difference")).toEqual([2, 3]);
  });

  test("requires the same rounds of both", () => {
    expect(() => compare([1, 2], [1], "ratio")).toThrow("2 rounds against 1");
  });
});

test("contenders start the rounds in turn", () => {
  const items = ["a", "b", "c"];
  expect([0, 1, 2, 3].map((round) => inTurn(items, round).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
});
