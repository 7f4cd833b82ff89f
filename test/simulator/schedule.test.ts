import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  clip,
  covers,
  excess,
  fromRanges,
  lower,
  nodeSeconds,
  nodesAt,
  rangesProblem,
  rectangle,
  type Schedule,
  subtract,
  sum,
  toRanges,
} from "../../packages/devtools/src/simulator/market/schedule.js";

const minute = fc.integer({ min: 0, max: 60 }).map((n) => n * 60);
const block = fc.record({
  start: minute,
  length: fc.integer({ min: 1, max: 30 }),
  nodes: fc.integer({ min: 1, max: 9 }),
});
const schedule: fc.Arbitrary<Schedule> = fc
  .array(block, { maxLength: 6 })
  .map((blocks) => sum(blocks.map(({ start, length, nodes }) => rectangle(start, start + length * 60, nodes))));
const moments = Array.from({ length: 100 }, (_, index) => index * 60);

describe("schedules", () => {
  it("have at every moment the result that their counts have", () => {
    fc.assert(
      fc.property(schedule, schedule, (a, b) => {
        for (const at of moments) {
          const [x, y] = [nodesAt(a, at), nodesAt(b, at)];
          expect(nodesAt(add(a, b), at)).toBe(x + y);
          expect(nodesAt(subtract(a, b), at)).toBe(x - y);
          expect(nodesAt(lower(a, b), at)).toBe(Math.min(x, y));
          expect(nodesAt(excess(a, b), at)).toBe(Math.max(0, x - y));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are unchanged after a conversion to the ranges of the API and back", () => {
    fc.assert(
      fc.property(schedule, (a) => {
        expect(fromRanges(toRanges(a))).toEqual(a);
      }),
    );
  });

  it("lose nothing when they are split at a moment", () => {
    fc.assert(
      fc.property(schedule, minute, (a, at) => {
        expect(add(clip(a, 0, at), clip(a, at, null))).toEqual(a);
      }),
    );
  });

  it("cover their own parts, and have the same number of node-seconds together as separately", () => {
    fc.assert(
      fc.property(schedule, schedule, (a, b) => {
        expect(covers(add(a, b), a)).toBe(true);
        expect(nodeSeconds(add(a, b))).toBe(nodeSeconds(a) + nodeSeconds(b));
        expect(add(lower(a, b), excess(a, b))).toEqual(a);
      }),
    );
  });

  it("are half-open: a range does not include its end", () => {
    const range = rectangle(60, 120, 3);
    expect([59, 60, 119, 120].map((at) => nodesAt(range, at))).toEqual([0, 3, 3, 0]);
  });

  it("treat a missing end as the next start, and null as the last end as unbounded", () => {
    const read = fromRanges([
      { start_at: 0, node_count: 2 },
      { start_at: 60, end_at: null, node_count: 5 },
    ]);
    expect([0, 59, 60, 1e9].map((at) => nodesAt(read, at))).toEqual([2, 2, 5, 5]);
  });

  it.each([
    ["off the minute", [{ start_at: 1, end_at: 60, node_count: 1 }]],
    ["negative", [{ start_at: 0, end_at: 60, node_count: -1 }]],
    ["backward", [{ start_at: 60, end_at: 60, node_count: 1 }]],
    [
      "overlapping",
      [
        { start_at: 0, end_at: 120, node_count: 1 },
        { start_at: 60, end_at: 180, node_count: 1 },
      ],
    ],
    [
      "out of order",
      [
        { start_at: 120, node_count: 1 },
        { start_at: 60, end_at: 180, node_count: 1 },
      ],
    ],
    ["empty", []],
  ])("refuse ranges that are %s", (_, ranges) => {
    expect(rangesProblem(ranges)).toBeDefined();
  });
});
