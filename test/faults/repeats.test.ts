import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SfcClient } from "../../src/client.js";
import type { InstanceCreate } from "../../src/generated/types.js";
import { createCaller } from "../../src/wrappers/call.js";
import { ConnectionError } from "../../src/wrappers/errors.js";
import { inputFor } from "../support/operations.js";
import { outcomeOf } from "../support/settle.js";
import { type Bench, firstRequests, network, startBench } from "./bench.js";
import { faultNamed } from "./faults.js";
import { allOperations } from "./matrix.js";

const resetAfterCommit = faultNamed("reset after commit");
const operationsOf = (retry: string) => allOperations.filter((operation) => operation.retry === retry);

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(allOperations);
});
afterAll(() => bench.close());
beforeEach(() => bench.server.reset());

describe("two connections that break after the commit", () => {
  test.each(operationsOf("keyed").map((operation) => [operation.name, operation] as const))(
    "%s commits once, returns the first result and reports three attempts",
    async (_, operation) => {
      const caller = createCaller(network(bench, firstRequests(2, resetAfterCommit)).options);
      const result = await caller.call<{ id: string }>(operation, inputFor(operation)).withResponse();
      expect(bench.server.ledger().effects()).toBe(1);
      expect(result).toMatchObject({ data: { id: "thing_1" }, attempts: 3, idempotencyKey: "key-1" });
      const keys = bench.server.requests.map(({ headers }) => headers["idempotency-key"]);
      expect(keys).toEqual(["key-1", "key-1", "key-1"]);
    },
  );

  test.each(operationsOf("unsafe").map((operation) => [operation.name, operation] as const))(
    "%s commits once, and its error is ambiguous",
    async (_, operation) => {
      const caller = createCaller(network(bench, firstRequests(2, resetAfterCommit)).options);
      const { error } = (await outcomeOf(caller.call(operation, inputFor(operation)))) as { error: unknown };
      expect(bench.server.ledger().effects()).toBe(1);
      expect(bench.server.requests).toHaveLength(1);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ ambiguous: true, attempts: 1, idempotencyKey: undefined });
      expect((error as Error).message).toContain("It is uncertain whether the write was applied.");
    },
  );

  test("are not repeated when creating an instance, and the error states how to find it", async () => {
    const sfc = new SfcClient(network(bench, firstRequests(2, resetAfterCommit)).options);
    const body = { pool: "pool_1", image: "image_1", instance_sku: "isku_1" } as unknown as InstanceCreate;
    const { error } = (await outcomeOf(sfc.instances.create(body))) as { error: ConnectionError };
    expect(bench.server.ledger().effects()).toBe(1);
    expect(error).toMatchObject({ name: "ConnectionError", ambiguous: true, attempts: 1 });
    expect(error.message).toContain("Check with instances.list() what exists before you repeat it.");
  });

  test("do not use up the caller's key: a new call with it returns the first result, also in another client", async () => {
    const idempotencyKey = "order-7";
    const [operation] = operationsOf("keyed");
    if (operation === undefined) throw new Error("no operation is keyed");
    const failing = createCaller(network(bench, firstRequests(9, resetAfterCommit)).options);
    const { error } = (await outcomeOf(failing.call(operation, inputFor(operation), { idempotencyKey }))) as {
      error: ConnectionError;
    };
    expect(error).toMatchObject({ ambiguous: true, attempts: 3, idempotencyKey });
    expect(error.message).toContain("Call again with the same idempotencyKey to get the first result.");
    const later = createCaller(network(bench, () => undefined).options);
    expect(await later.call(operation, inputFor(operation), { idempotencyKey })).toMatchObject({ id: "thing_1" });
    expect(bench.server.ledger().effects()).toBe(1);
  });
});

test("every unsafe operation names a method that shows whether it was applied", () => {
  const names = new Set(allOperations.map(({ name }) => name));
  for (const { name, lookup } of operationsOf("unsafe")) expect([name, names.has(lookup ?? "")]).toEqual([name, true]);
});
