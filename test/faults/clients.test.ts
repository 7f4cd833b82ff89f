import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SfcClient } from "../../src/client.js";
import type { OrderCreate } from "../../src/generated/types.js";
import { createPathClient } from "../../src/paths.js";
import { countingSignal } from "../support/counting-signal.js";
import { outcomeOf } from "../support/settle.js";
import { type Bench, firstRequests, network, type Plan, startBench } from "./bench.js";
import { startElsewhere } from "./elsewhere.js";
import { faultNamed } from "./faults.js";
import { allOperations } from "./matrix.js";

const order = { side: "buy", pool: "pool_1" } as unknown as OrderCreate;
const sound: Plan = () => undefined;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(allOperations);
});
afterAll(() => bench.close());
beforeEach(() => bench.server.reset([2, 1]));

const keysSent = () => bench.server.requests.map(({ headers }) => headers["idempotency-key"]);

describe("SfcClient", () => {
  test("repeats an order with one key", async () => {
    const sfc = new SfcClient(network(bench, firstRequests(2, faultNamed("503 after commit"))).options);
    expect(await sfc.orders.create(order).withResponse()).toMatchObject({ data: { id: "thing_1" }, attempts: 3 });
    expect(keysSent()).toEqual(["key-1", "key-1", "key-1"]);
    expect(bench.server.ledger().effects()).toBe(1);
  });

  test("reads a complete list despite a fault on its second page", async () => {
    const onSecondPage: Plan = (nth, url) =>
      nth === 1 && url.searchParams.has("starting_after") ? faultNamed("truncated HTTP body") : undefined;
    const sfc = new SfcClient(network(bench, onSecondPage).options);
    const ids: string[] = [];
    for await (const { id } of sfc.instances.list()) ids.push(id);
    expect(ids).toEqual(["row_1", "row_2", "row_3"]);
  });

  test("refuses a path parameter that leads to another path, and sends nothing", async () => {
    const sfc = new SfcClient(network(bench, sound).options);
    for (const id of ["..", ".", ""]) {
      expect(await outcomeOf(sfc.instances.get(id))).toMatchObject({ error: { name: "UsageError", field: "id" } });
    }
    expect(bench.server.requests).toEqual([]);
  });

  test("leaves no listener on a signal that several calls share", async () => {
    const { signal, listeners, mostListeners } = countingSignal();
    const sfc = new SfcClient(network(bench, firstRequests(1, faultNamed("500"))).options);
    await Promise.all([sfc.instances.get("inst_1", { signal }), sfc.orders.get("ordr_1", { signal })]);
    for await (const _ of sfc.orders.list({}, { signal, lookAhead: true }));
    expect(mostListeners()).toBeGreaterThan(0);
    expect(listeners()).toBe(0);
  });
});

describe("the path client", () => {
  const orders = "/preview/v2/orders";
  const instance = "/preview/v2/instances/{id}";

  test("repeats an order with one key that it generates", async () => {
    const client = createPathClient(network(bench, firstRequests(2, faultNamed("reset after commit"))).options);
    const { data, response } = await client.POST(orders, { body: order });
    expect(data).toMatchObject({ id: "thing_1" });
    expect(response.status).toBe(201);
    expect(keysSent()).toEqual(["key-1", "key-1", "key-1"]);
    expect(bench.server.ledger().effects()).toBe(1);
  });

  test("sends the caller's key, and refuses it for another body", async () => {
    const client = createPathClient(network(bench, sound).options);
    const params = { header: { "Idempotency-Key": "order-7" } };
    await client.POST(orders, { body: order, params });
    await client.POST(orders, { body: order, params });
    const other = client.POST(orders, { body: { ...order, side: "sell" } as OrderCreate, params });
    expect(await outcomeOf(other)).toMatchObject({ error: { name: "UsageError", field: "options.idempotencyKey" } });
    expect(keysSent()).toEqual(["order-7", "order-7"]);
  });

  test("does not repeat an unsafe operation", async () => {
    const client = createPathClient(network(bench, firstRequests(1, faultNamed("reset after commit"))).options);
    const call = client.POST("/preview/v2/instances", { body: {} as never });
    expect(await outcomeOf(call)).toMatchObject({ error: { name: "ConnectionError", ambiguous: true, attempts: 1 } });
    expect(bench.server.ledger().effects()).toBe(1);
  });

  test("returns an error status as error after the retries", async () => {
    const client = createPathClient(network(bench, firstRequests(9, faultNamed("500"))).options);
    const { data, error, response } = await client.GET(instance, { params: { path: { id: "inst_1" } } });
    expect(data).toBeUndefined();
    expect(error).toMatchObject({ error: { type: "api_error" } });
    expect(response.status).toBe(500);
    expect(bench.server.requests).toHaveLength(3);
  });

  test("counts a deletion as successful when its repeat finds nothing", async () => {
    const client = createPathClient(network(bench, firstRequests(1, faultNamed("reset after commit"))).options);
    const { error, response } = await client.DELETE(instance, { params: { path: { id: "inst_1" } } });
    expect(error).toBeUndefined();
    expect(response.status).toBe(204);
    expect(bench.server.requests).toHaveLength(2);
  });

  test.each(["HTML with 200", "truncated JSON", "empty body with 200"])("throws a DecodeError on %s", async (fault) => {
    const client = createPathClient(network(bench, firstRequests(1, faultNamed(fault))).options);
    const call = client.GET(instance, { params: { path: { id: "inst_1" } } });
    expect(await outcomeOf(call)).toMatchObject({ error: { name: "DecodeError", status: 200 } });
  });

  test.each([
    "a reason phrase in UTF-8",
    "a reason phrase with control characters",
    "an empty reason phrase",
    "an informational response first",
    "an unsolicited response behind the real one",
    "delivered twice",
  ])("gets the result of an order through %s", async (fault) => {
    const client = createPathClient(network(bench, firstRequests(1, faultNamed(fault))).options);
    const { data } = await client.POST(orders, { body: order });
    expect(data).toMatchObject({ id: "thing_1" });
    expect(bench.server.ledger().effects()).toBe(1);
  });

  test.each([
    "a malformed status line",
    "a malformed chunk",
    "two lengths",
    "a body of one byte a second",
    "commit after the client gave up",
    "commit after the client gave up and tried again",
    "delivered twice, no response comes back",
  ])("repeats an order with one key after %s", async (fault) => {
    const client = createPathClient(network(bench, firstRequests(1, faultNamed(fault))).options);
    const { data } = await client.POST(orders, { body: order });
    expect(data).toMatchObject({ id: "thing_1" });
    bench.server.catchUp();
    expect([keysSent(), bench.server.ledger().effects()]).toEqual([["key-1", "key-1"], 1]);
  });

  test("returns a typed error for a status that no Response can have", async () => {
    const client = createPathClient(network(bench, firstRequests(1, faultNamed("a status of 600"))).options);
    const outcome = await outcomeOf(client.POST(orders, { body: order }));
    if ("error" in outcome) expect(outcome.error).toMatchObject({ name: "ApiError", status: 600, ambiguous: true });
    else expect(outcome.value).toMatchObject({ data: undefined, response: { status: 600 } });
  });

  test("throws when a browser hides a redirect", async () => {
    const hidden = Object.defineProperty(new Response(null), "status", { value: 0 });
    Object.defineProperty(hidden, "ok", { value: false });
    const { options } = network(bench, sound);
    const client = createPathClient({ ...options, fetch: async () => hidden });
    const call = client.GET(instance, { params: { path: { id: "inst_1" } } });
    expect(await outcomeOf(call)).toMatchObject({ error: { name: "ApiError", status: 0 } });
  });

  test("times out, and obeys the caller's signal without leaving a listener", async () => {
    const stalling = firstRequests(9, faultNamed("stall before headers"));
    const params = { path: { id: "inst_1" } };
    const timed = createPathClient({ ...network(bench, stalling).options, maxRetries: 0 });
    expect(await outcomeOf(timed.GET(instance, { params }))).toMatchObject({ error: { name: "TimeoutError" } });

    const { signal, listeners, abort } = countingSignal();
    const client = createPathClient(network(bench, stalling).options);
    bench.server.onStall(abort);
    expect(await outcomeOf(client.GET(instance, { params, signal }))).toMatchObject({ error: { name: "AbortError" } });
    expect(listeners()).toBe(0);
  });

  test("refuses a path parameter that leads to another path, and sends nothing", async () => {
    const client = createPathClient(network(bench, sound).options);
    const call = client.GET(instance, { params: { path: { id: ".." } } });
    expect(await outcomeOf(call)).toMatchObject({ error: { name: "UsageError", field: "id" } });
    expect(bench.server.requests).toEqual([]);
  });

  test("never sends the token to another origin", async () => {
    const elsewhere = await startElsewhere();
    const client = createPathClient(network(bench, sound).options);
    const params = { path: { id: "inst_1" } };
    for (const baseUrl of [
      elsewhere.url,
      `${bench.server.url}.evil.test`,
      bench.server.url.replace("127.", "127.1."),
    ]) {
      const call = client.GET(instance, { params, baseUrl });
      expect(await outcomeOf(call)).toMatchObject({ error: { name: "UsageError", field: "baseUrl" } });
    }
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });
});
