import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCaller } from "../../src/wrappers/call.js";
import { inputFor } from "../support/operations.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import { type Bench, startBench } from "./bench.js";
import { demandedOfList, type ListCell, listCellsOf, playList } from "./list-cell.js";
import { allOperations, listNameOf, representatives } from "./matrix.js";

/** One operation of each kind of paging. `npm run faults` runs all lists. */
const cells = listCellsOf(representatives(allOperations)).map((cell): [string, ListCell] => [listNameOf(cell), cell]);

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(allOperations);
});
afterAll(() => bench.close());

describe("a list with wrong pages yields each row once, or throws a PaginationError", () => {
  test.each(cells)("%s", async (_, cell) => {
    expect(await playList(bench, cell)).toEqual(demandedOfList(cell));
  });
});

describe("every list of the API", () => {
  const lists = allOperations.filter(({ paging }) => paging === "cursor" || paging === "forward");
  const callerOf = () => createCaller({ token: "sk_live_1", baseUrl: bench.server.url, runtime: virtualRuntime() });

  test.each(lists.map((operation) => [operation.name, operation] as const))(
    "%s requests its largest page",
    async (_, list) => {
      bench.server.reset([1, 1]);
      for await (const _row of callerOf().list(list, inputFor(list)));
      const asked = bench.server.requests.map(({ url }) =>
        Number(new URL(url, "http://service").searchParams.get("limit")),
      );
      expect(asked).toEqual([list.maxLimit, list.maxLimit]);
    },
  );

  test("can be read backward if its cursors work in both directions", async () => {
    const both = lists.filter(({ paging }) => paging === "cursor");
    for (const list of both) {
      bench.server.reset([2, 0, 1]);
      const rows: string[] = [];
      const input = { ...inputFor(list), query: { ending_before: "cursor_3" } };
      for await (const { id } of callerOf().list<{ id: string }>(list, input)) rows.push(id);
      expect([list.name, rows]).toEqual([list.name, ["row_3", "row_2", "row_1"]]);
    }
  });
});
