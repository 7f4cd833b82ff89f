import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isObject } from "../../scripts/lib/json.js";
import * as descriptors from "../../src/generated/operations.js";
import { SfcClient } from "../../src/index.js";
import type { Operation } from "../../src/operation.js";
import { isLong } from "../support/long.js";
import { type Bench, createBench } from "./bench.js";
import { checkBriefly, checkCompletely } from "./check-operation.js";
import { completeExamples } from "./complete-examples.js";
import { startInProcessMock } from "./in-process-mock.js";
import { contractCases } from "./operations.js";

/** A description as a vendor may publish it: with schemas and without a single example. */
const bare = withoutExamples(JSON.parse(readFileSync(new URL("../../openapi/bundled.json", import.meta.url), "utf8")));
const description = completeExamples(bare);
const cases = contractCases(description, Object.values<Operation>(descriptors));

let server: Awaited<ReturnType<typeof startInProcessMock>>;
let bench: Bench;

beforeAll(async () => {
  server = await startInProcessMock(description);
  bench = createBench(SfcClient, server.url);
});
afterAll(() => server?.close());

test("the description has no examples left", () => {
  expect(JSON.stringify(bare)).not.toMatch(/"examples?":/);
});

describe("passes its contract tests with values derived from the schemas alone:", () => {
  test.each(cases.map((row) => [row.operation.name, row] as const))("%s", async (_, row) => {
    expect(await (isLong ? checkCompletely : checkBriefly)(bench, row)).toEqual([]);
  });
});

function withoutExamples(node: unknown, isNameMap = false): unknown {
  if (Array.isArray(node)) return node.map((item) => withoutExamples(item));
  if (!isObject(node)) return node;
  const kept = Object.entries(node).filter(([key]) => isNameMap || (key !== "example" && key !== "examples"));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutExamples(value, key === "properties")]));
}
