import { describe, expect, test } from "vitest";
import { againstRaw, isReached, printTable, type Row, values } from "../../bench/table.js";

const row: Row = {
  id: "loopback",
  title: "requests",
  unit: "/s",
  better: "higher",
  digits: 2,
  cells: againstRaw({ raw: [1_000, 2_000], ours: [950, 1_800], "ours-node": "not built" }, "ratio"),
  targets: { ours: 0.95, "ours-node": 1.35 },
};

const size: Row = {
  id: "size",
  title: "whole client",
  unit: "KiB",
  better: "lower",
  digits: 1,
  cells: values({ raw: [0.5], ours: [8.04] }),
  targets: { ours: 8 },
};

describe("a row", () => {
  test("has the absolute value of raw fetch, and the ratios of the others to it", () => {
    expect(row.cells.raw).toMatchObject({ as: "value", median: 1_500 });
    expect(row.cells.ours).toMatchObject({ as: "ratio", samples: [950, 1_800] });
    expect((row.cells.ours as { median: number }).median).toBeCloseTo(0.925);
  });

  test("is compared with its target by the printed digits", () => {
    const ours = (median: number): Row["cells"] => values({ ours: [median] });
    expect(isReached({ ...size, cells: ours(8.04) }, "ours")).toBe(true);
    expect(isReached({ ...size, cells: ours(8.06) }, "ours")).toBe(false);
    expect(isReached({ ...row, cells: ours(0.946) }, "ours")).toBe(true);
    expect(isReached({ ...row, cells: ours(0.944) }, "ours")).toBe(false);
  });

  test("that was not measured is neither reached nor missed", () => {
    expect(isReached(row, "ours-node")).toBeUndefined();
    expect(isReached({ ...row, cells: {} }, "ours")).toBeUndefined();
    expect(isReached(row, "redocly")).toBeUndefined();
  });
});

test("the table has the spread of values with rounds, and the target beside the result", () => {
  expect(printTable([row, size])).toBe(
    `|                   |           raw fetch | raw fetch, timeout | openapi-fetch | redocly client |              ours | ours, ./node |          must reach |      reached |
| ----------------- | ------------------: | -----------------: | ------------: | -------------: | ----------------: | -----------: | ------------------: | -----------: |
| requests, /s      | 1,500 (1,250–1,750) |                    |               |                | ×0.93 (0.91–0.94) |    not built | ×0.95, ./node ×1.35 | NO, ./node ? |
| whole client, KiB |                 0.5 |                    |               |                |               8.0 |              |                   8 |          yes |`,
  );
});
