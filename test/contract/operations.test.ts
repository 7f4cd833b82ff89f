import { beforeAll, describe, expect, test } from "vitest";
import * as descriptors from "../../src/generated/operations.js";
import { SfcClient } from "../../src/index.js";
import type { Operation } from "../../src/operation.js";
import { anyCall, type Bench, createBench } from "./bench.js";
import { contractMock, ownDescription } from "./mock.js";
import { contractCases } from "./operations.js";

const operations = Object.values<Operation>(descriptors);
const cases = contractCases(ownDescription(), operations);
let bench: Bench;

beforeAll(async () => {
  bench = createBench(SfcClient, (await contractMock()).url);
});

test("every operation of the description has exactly one method, and there are no other methods", () => {
  const names = cases.map(({ operation }) => operation.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.sort()).toEqual(operations.map(({ name }) => name).sort());
});

describe.each(cases.map((row) => [row.operation.name, row] as const))("%s", (_name, row) => {
  const { required, complete, success, errors } = row;

  test.each(Object.entries({ ...required, ...complete }))("sends a valid request (%s)", (_example, call) =>
    bench.sendsValidRequest(row, call),
  );

  test.each(Object.entries(success.examples))("accepts the response %s", (example, expected) =>
    bench.understandsResponse(row, anyCall(row), example, expected),
  );

  test.each(errors)("turns $status into a typed error", (error) => bench.turnsIntoError(row, anyCall(row), error));
});
