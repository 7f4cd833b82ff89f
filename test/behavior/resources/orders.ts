import { describe, expect, test } from "vitest";
import type { OrderPreviewRequest } from "../../../src/index.js";
import { orderBody } from "../bodies.js";
import { refusal } from "../refusals.js";
import { useWorld, type World } from "../world.js";

const world = useWorld({ covers: "orders" });

describe("an order", () => {
  test("can be placed, listed, fetched and cancelled", async () => {
    const w = await world();
    const body = orderBody(w, { allow_standing: true, limit_price_dollars_per_node_hour: "12.000000" });
    const made = await w.sfc.orders.create(body);
    expect(made).toMatchObject({
      object: "order",
      side: "buy",
      status: "pending",
      fills: [],
      created_by: { id: "ada" },
    });
    expect((await w.sfc.orders.list()).data).toEqual([made]);
    expect(await w.sfc.orders.get(made.id)).toEqual(made);

    w.simulator.advance({ seconds: 1 });
    await w.sfc.orders.cancel(made.id);
    w.simulator.advance({ seconds: 1 });
    const after = await w.sfc.orders.get(made.id);
    expect([after.status, typeof after.cancelled_at]).toEqual(["cancelled", "number"]);
  });

  test("pays the sellers' price, not its own limit", async () => {
    const w = await world();
    const { id } = await w.sfc.orders.create(orderBody(w, { limit_price_dollars_per_node_hour: "25.000000" }));
    w.simulator.advance({ seconds: 1 });
    const order = await w.sfc.orders.get(id);
    expect(order.status).toBe("filled");
    expect(Number(order.filled_average_price_dollars_per_node_hour)).toBe(16.8);
    // Two nodes for two hours.
    expect(w.simulator.state.balances.account).toBe("99932.80");
  });

  test("above the balance returns 402 and is not placed", async () => {
    const w = await world({ world: { balance: "67.10" } });
    await expect(w.sfc.orders.create(orderBody(w))).rejects.toMatchObject(refusal(402));
    expect(w.simulator.state.orders).toEqual([]);
    const one = [{ start_at: w.hour(1), end_at: w.hour(2), node_count: 1 }];
    const affordable = await w.sfc.orders.create(orderBody(w, { allocation_schedule_delta: one }));
    expect(affordable.status).toBe("pending");
  });

  test("also returns 402 when open orders may still spend the balance", async () => {
    const w = await world({ world: { balance: "100.00" } });
    const standing = { allow_standing: true, limit_price_dollars_per_node_hour: "15.000000" };
    const { id } = await w.sfc.orders.create(orderBody(w, standing));
    await expect(w.sfc.orders.create(orderBody(w))).rejects.toMatchObject(refusal(402));
    w.simulator.advance({ seconds: 1 });
    await w.sfc.orders.cancel(id);
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.orders.create(orderBody(w))).status).toBe("pending");
  });

  test("with several ranges, without an end, or not on a whole minute returns 422", async () => {
    const w = await world();
    const { hour } = w;
    const whole = { start_at: hour(1), end_at: hour(2), node_count: 1 };
    const wrong = [
      [whole, { ...whole, start_at: hour(2), end_at: hour(3) }],
      [{ ...whole, end_at: null }],
      [{ ...whole, start_at: hour(1) + 1 }],
      [{ ...whole, node_count: 0 }],
    ];
    for (const allocation_schedule_delta of wrong) {
      const order = w.sfc.orders.create(orderBody(w, { allocation_schedule_delta }));
      await expect(order).rejects.toMatchObject(refusal(422));
    }
    expect(w.simulator.state.orders).toEqual([]);
  });

  test("to sell nodes that the pool does not have returns 422", async () => {
    const w = await world();
    const sale = w.sfc.orders.create(orderBody(w, { side: "sell", pool: w.pool("spare") }));
    await expect(sale).rejects.toMatchObject(refusal(422));
  });

  test("with a used key is not placed again, and returns the first order", async () => {
    const w = await world();
    const place = () => w.sfc.orders.create(orderBody(w), { idempotencyKey: "buy-1" });
    const first = await place();
    w.simulator.advance({ seconds: 1 });
    expect((await place()).id).toBe(first.id);
    w.simulator.advance({ seconds: 1 });
    expect(w.simulator.state.orders).toHaveLength(1);
    expect(w.simulator.state.balances.account).toBe("99932.80");
  });

  test("with a used key and another body silently returns the first order, so the client refuses to send it", async () => {
    const w = await world();
    const first = await w.sfc.orders.create(orderBody(w), { idempotencyKey: "buy-1" });
    const larger = orderBody(w, { limit_price_dollars_per_node_hour: "20.000000" });
    const again = w.sfc.orders.create(larger, { idempotencyKey: "buy-1" });
    await expect(again).rejects.toMatchObject({ name: "UsageError" });
    // Another process does not remember the key, so its request is sent.
    const elsewhere = await w.as(w.simulator.token).orders.create(larger, { idempotencyKey: "buy-1" });
    expect(elsewhere).toEqual(first);
  });
});

describe("listing orders", () => {
  async function three(w: World): Promise<string[]> {
    const ids: string[] = [];
    for (const [pool, hours] of [
      ["main", 2],
      ["main", 1],
      ["spare", 3],
    ] as const) {
      const allocation_schedule_delta = [{ start_at: w.hour(hours), end_at: w.hour(hours + 1), node_count: 1 }];
      ids.push((await w.sfc.orders.create(orderBody(w, { pool: w.pool(pool), allocation_schedule_delta }))).id);
      w.simulator.advance({ minutes: 1 });
    }
    return ids;
  }
  const ids = (page: { data: readonly { id: string }[] }) => page.data.map(({ id }) => id);

  test("returns the newest first, unless sort_by states another order", async () => {
    const w = await world();
    const [one, two, three_] = await three(w);
    expect(ids(await w.sfc.orders.list())).toEqual([three_, two, one]);
    expect(ids(await w.sfc.orders.list({ sort_by: "created_at" }))).toEqual([one, two, three_]);
    expect(ids(await w.sfc.orders.list({ sort_by: "start_at" }))).toEqual([two, one, three_]);
  });

  test("filters by id, pool, side, status and creation time", async () => {
    const w = await world();
    const [one, two, three_] = await three(w);
    expect(ids(await w.sfc.orders.list({ id: [one ?? ""] }))).toEqual([one]);
    expect(ids(await w.sfc.orders.list({ pool: w.pool("spare") }))).toEqual([three_]);
    expect(ids(await w.sfc.orders.list({ side: "sell" }))).toEqual([]);
    expect(ids(await w.sfc.orders.list({ status: ["filled"], created_before: w.hour(0) - 120 }))).toEqual([two, one]);
  });
});

describe("a preview", () => {
  const request = (w: World, change: object = {}) =>
    ({
      side: "buy",
      requirements: { accelerator: ["h100"] },
      start_at: w.hour(1),
      duration_seconds: 7200,
      node_count: 2,
      ...change,
    }) as OrderPreviewRequest;

  test("with a quote contains a body that can be posted unchanged and fills", async () => {
    const w = await world();
    const preview = await w.sfc.orders.preview(request(w, { pool: w.pool("main") }));
    if (preview.type !== "quoted") throw new Error(preview.type);
    const { id } = await w.sfc.orders.create(preview.post_order_body);
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.orders.get(id)).status).toBe("filled");
  });

  test("changes nothing", async () => {
    const w = await world();
    await w.sfc.orders.preview(request(w));
    w.simulator.advance({ minutes: 1 });
    expect(w.simulator.state.orders).toEqual([]);
    expect(w.simulator.requests.some(({ committed }) => committed)).toBe(false);
  });

  test("without a pool contains a placeholder that must be replaced", async () => {
    const w = await world();
    const preview = await w.sfc.orders.preview(request(w));
    if (preview.type !== "quoted") throw new Error(preview.type);
    await expect(w.sfc.orders.create(preview.post_order_body)).rejects.toMatchObject(refusal(404));
    expect((await w.sfc.orders.create({ ...preview.post_order_body, pool: w.pool("main") })).status).toBe("pending");
  });

  test("is unavailable when no SKU matches or no one sells", async () => {
    const w = await world();
    const unknown = await w.sfc.orders.preview(request(w, { requirements: { accelerator: ["gb300"] } }));
    expect(unknown).toMatchObject({ type: "unavailable", reason: "no_matching_instance_skus" });
    const noSeller = await w.sfc.orders.preview(request(w, { requirements: { accelerator: ["b200"] } }));
    expect(noSeller).toMatchObject({ type: "unavailable", reason: "no_availability" });
    const tooMany = await w.sfc.orders.preview(request(w, { node_count: 1000 }));
    expect(tooMany).toMatchObject({ type: "unavailable", reason: "no_availability" });
  });

  test("states the fee of a sale, and no fee for a purchase", async () => {
    const w = await world();
    const buy = await w.sfc.orders.preview(request(w));
    expect(buy.fee).toEqual({ flat_dollars_per_node_hour: "0.00", percentage_bps: 0 });
    const sell = await w.sfc.orders.preview(request(w, { side: "sell" }));
    expect(sell.fee).toEqual({ flat_dollars_per_node_hour: "0.01", percentage_bps: 100 });
  });

  test("not on a whole minute, without duration or without nodes returns 422", async () => {
    const w = await world();
    for (const change of [
      { start_at: w.hour(1) + 1 },
      { duration_seconds: 90 },
      { duration_seconds: 0 },
      { node_count: 0 },
    ]) {
      await expect(w.sfc.orders.preview(request(w, change))).rejects.toMatchObject(refusal(422));
    }
  });
});
