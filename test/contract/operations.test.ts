import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as descriptors from "../../src/generated/operations.js";
import { ApiError, type Page, SfcClient } from "../../src/index.js";
import type { Operation } from "../../src/operation.js";
import { startMockServer } from "../../src/testing/mock-server.js";
import type { RunningServer } from "../../src/testing/prism.js";
import { callMethod } from "./call.js";
import { type ContractCase, contractCases } from "./operations.js";

let server: RunningServer;
let sfc: SfcClient;
/** What Prism found wrong with any request or response of the running test. */
let violations: string[] = [];

beforeAll(async () => {
  server = await startMockServer();
  sfc = new SfcClient({ baseUrl: server.url, token: "sk_live_contract", maxRetries: 0, fetch: watchedFetch });
});
afterAll(() => server?.close());

async function watchedFetch(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const found = response.headers.get("sl-violations");
  if (found !== null) violations.push(`${init.method} ${url} ${init.body ?? ""}: ${found}`);
  return response;
}

async function withoutViolations<T>(run: () => Promise<T>): Promise<T> {
  violations = [];
  const result = await run();
  expect(violations).toEqual([]);
  return result;
}

/** What a method hands on of an answer: the rows' page for a list, else the body. */
function bodyOf({ operation }: ContractCase, data: unknown): unknown {
  const isPage = operation.paging !== undefined && operation.paging !== "seqnum";
  return isPage ? (data as Page<unknown>).body : data;
}

test("every operation of the description is a method with a name of its own, and nothing else is", () => {
  const names = contractCases.map(({ operation }) => operation.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.sort()).toEqual(
    Object.values<Operation>(descriptors)
      .map(({ name }) => name)
      .sort(),
  );
});

describe.each(contractCases.map((row) => [row.operation.name, row] as const))("%s", (_name, row) => {
  const { operation, required, complete, success, errors } = row;
  const [anyCall] = Object.values(required);
  if (anyCall === undefined) throw new Error(`${operation.name} has no example call`);

  test.each(Object.entries({ ...required, ...complete }))("sends a valid request (%s)", async (_example, call) => {
    const { response, idempotencyKey } = await withoutViolations(() => callMethod(sfc, operation, call, {}));
    expect(response.status).toBe(success.status);
    expect(idempotencyKey !== undefined).toBe(operation.retry === "keyed");
  });

  test.each(Object.entries(success.examples))("understands the answer %s", async (example, expected) => {
    const headers = { prefer: `example=${example}` };
    const { data } = await withoutViolations(() => callMethod(sfc, operation, anyCall, { headers }));
    expect(bodyOf(row, data)).toEqual(expected);
  });

  test.each(errors)("turns $status into a typed error", async ({ status, type }) => {
    const headers = { prefer: `code=${status}` };
    const failed = withoutViolations(() => callMethod(sfc, operation, anyCall, { headers }).then(unexpected, (e) => e));
    const error = (await failed) as ApiError;
    expect(ApiError.is(error)).toBe(true);
    expect(error).toMatchObject({ status, type: type ?? "unknown", operation: operation.name, attempts: 1 });
    expect(error.message).toContain(`${operation.method} ${operation.path}: ${status}`);
    expect(error.ambiguous).toBe(operation.retry !== "read" && status >= 500);
  });

  if (operation.empty) {
    test("answers with nothing", async () => {
      const { data } = await callMethod(sfc, operation, anyCall, {});
      expect(data).toBeUndefined();
    });
  }
});

function unexpected(): never {
  throw new Error("the call succeeded");
}
