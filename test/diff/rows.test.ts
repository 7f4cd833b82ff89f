import { describe, expect, it } from "vitest";
import { listOperations } from "../../scripts/generate/operations.js";
import { readSdkTable } from "../../scripts/generate/sdk-table.js";
import { parseSource } from "../../scripts/lib/source.js";
import { editRows, fitTable, matchOperations } from "../../scripts/spec/sdk-table.js";
import { historyText } from "./history-files.js";

const TABLE = historyText("sdk");
const table = readSdkTable(parseSource(TABLE, "sdk.yaml"));
const before = parseSource(historyText("2026-06"), "before").value;

function refit(text: string) {
  const document = parseSource(text, "after").value;
  const { operations } = listOperations(document);
  return fitTable(operations, table, listOperations(before).operations);
}

function operationsOf(...places: [id: string, call: string][]) {
  const paths = Object.fromEntries(
    places.map(([operationId, call]) => {
      const [method = "", path = ""] = call.split(" ");
      return [path, { [method]: { operationId } }];
    }),
  );
  return listOperations({ paths }).operations;
}

describe("an operation is the same", () => {
  it.each<[string, [string, string], [string, string]]>([
    ["that has its operationId, wherever it is", ["a", "get /x"], ["a", "post /y"]],
    ["that has the same place", ["a", "get /x/{id}"], ["b", "get /x/{name}"]],
    ["that has the same place below another version", ["a", "get /preview/v2/x"], ["b", "get /v2/x"]],
  ])("%s", (_, from, to) => {
    expect([...matchOperations(operationsOf(from), operationsOf(to))]).toEqual([["a", to[0]]]);
  });

  it("except with another method or path", () => {
    const others = operationsOf(["b", "post /x"], ["c", "get /z"]);
    expect(matchOperations(operationsOf(["a", "get /x"]), others).size).toBe(0);
  });

  it("with the same path rather than with the path of another version", () => {
    const others = operationsOf(["b", "get /v2/x"], ["c", "get /preview/v2/x"]);
    expect([...matchOperations(operationsOf(["a", "get /preview/v2/x"]), others)]).toEqual([["a", "c"]]);
  });

  it("only as itself while its operationId still exists", () => {
    const stays: [string, string] = ["a", "get /preview/v2/x"];
    const matches = matchOperations(operationsOf(stays), operationsOf(["b", "get /v2/x"], stays));
    expect([...matches]).toEqual([["a", "a"]]);
  });
});

describe("a row", () => {
  it("is unchanged when it fits", () => {
    expect(refit(historyText("2026-07"))).toEqual({ table, changes: [] });
  });

  it("follows a renamed operation", () => {
    const { changes, table: fitted } = refit(historyText("2026-06").replace("create_instance", "launch_instance"));
    expect(changes.map(({ text }) => text)).toEqual([
      "row create_instance: the operation is now called launch_instance",
    ]);
    expect(fitted.operations.get("launch_instance")).toEqual(table.operations.get("create_instance"));
    expect(fitted.operations.has("create_instance")).toBe(false);
  });

  it("becomes unsafe when its operation loses the key", () => {
    const { changes } = refit(historyText("2026-06").replace(/.*Idempotency-Key.*\n/, ""));
    expect(changes.map(({ text }) => text)).toEqual(["row replace_instance: retry is now unsafe (was keyed)"]);
  });

  it.each([
    ["GET", "POST", "create_instance", "read", "unsafe"],
    ["PUT", "POST", "create_instance", "absolute", "unsafe"],
    ["PATCH", "POST", "create_instance", "absolute", "unsafe"],
    ["POST", "DELETE", "create_instance", "unsafe", "absolute"],
  ] as const)(
    "loses a class that was reviewed for %s when the operation becomes a %s",
    (from, to, id, retry, expected) => {
      const [older, newer] = [from, to].map((http) => operationsOf([id, `${http.toLowerCase()} /x`]));
      const row = { resource: "x", method: "y", retry };
      const rows = { ...table, operations: new Map([[id, row]]) };
      const { changes } = fitTable(newer ?? [], rows, older ?? []);
      expect(changes.map(({ text }) => text)).toEqual([`row ${id}: retry is now ${expected} (was ${retry})`]);
    },
  );

  it("keeps its class while the method is the same", () => {
    const preview = operationsOf(["order_preview", "post /x"]);
    const row = { resource: "orders", method: "preview", retry: "read" } as const;
    expect(fitTable(preview, { ...table, operations: new Map([["order_preview", row]]) }, preview).changes).toEqual([]);
  });

  it("becomes forward when the backward cursor is removed", () => {
    const { changes } = refit(historyText("2026-06").replace(/.*ending_before.*\n/, ""));
    expect(changes.map(({ text }) => text)).toEqual(["row list_instances: paging is now forward (was cursor)"]);
  });
});

it("an edit of rows changes no other byte", () => {
  const text = `# Comment\noperations:\n\n  # One\n  a: { resource: x, method: list, retry: read }   # stays\n  b: { resource: x, method: get, retry: read }\n`;
  const row = { resource: "x", method: "list", retry: "read", paging: "whole" } as const;
  expect(editRows(text, [])).toBe(text);
  expect(editRows(text, [{ id: "a", text: "" }])).toBe(text.replace(/ {2}a: .*\n/, ""));
  expect(editRows(text, [{ id: "b", now: "c", row, text: "" }])).toBe(
    text.replace(/ {2}b: .*/, "  c: { resource: x, method: list, retry: read, paging: whole }"),
  );
  // A name that YAML would parse as another type is quoted.
  expect(editRows(text, [{ id: "b", now: "get: b", row, text: "" }])).toContain(
    '  "get: b": { resource: x, method: list',
  );
});

it("an edit of a row with several lines does not change the next row", () => {
  const next = "  b: { resource: x, method: get, retry: read }\n";
  const text = `operations:\n  a:\n    resource: x\n    method: list\n    retry: read\n${next}`;
  const row = { resource: "x", method: "list", retry: "read" } as const;
  expect(editRows(text, [{ id: "a", text: "" }])).toBe(`operations:\n${next}`);
  expect(editRows(text, [{ id: "a", now: "c", row, text: "" }])).toBe(
    `operations:\n  c: { resource: x, method: list, retry: read }\n${next}`,
  );
});
