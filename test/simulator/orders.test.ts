import { describe, expect, it } from "vitest";
import { orderBody, type Session, session } from "./session.js";

async function place(s: Session, change: object = {}) {
  const { status, body } = await s.post("/orders", orderBody(s, change));
  expect(status).toBe(201);
  return body;
}

async function read(s: Session, { id }: { id: string }) {
  return (await s.get(`/orders/${id}`)).body;
}

const rect = (s: Session, from: number, until: number, nodes: number) => ({
  allocation_schedule_delta: [{ start_at: s.hour(from), end_at: s.hour(until), node_count: nodes }],
});

describe("placing an order", () => {
  it("is accepted as pending and fills only when time passes, at the resting price", async () => {
    const s = await session();
    const order = await place(s);
    expect(order).toMatchObject({
      status: "pending",
      filled_allocation_schedule_delta: [],
      filled_at: null,
      fills: [],
    });
    s.sim.advance({ seconds: 1 });
    const filled = await read(s, order);
    expect(filled).toMatchObject({ status: "filled", filled_average_price_dollars_per_node_hour: "16.80" });
    expect(filled.filled_allocation_schedule_delta).toEqual(order.allocation_schedule_delta);
    // 2 nodes for 2 hours at 16.80.
    expect(s.sim.state.balances).toEqual({ account: "99932.80", market: "67.20", fees: "0.00" });
  });

  it("adds the bought nodes to the pool's schedule", async () => {
    const s = await session();
    const body = rect(s, 1, 3, 2);
    await place(s, body);
    s.sim.advance({ seconds: 1 });
    const { body: pool } = await s.get(`/pools/${s.pool("main")}`);
    const counts = pool.allocation_schedule.total.map(({ node_count }: { node_count: number }) => node_count);
    expect(counts).toEqual([4, 6, 4]);
    expect(pool.allocation_schedule.by_instance_sku[s.sku("richmond")]).toEqual(pool.allocation_schedule.total);
  });

  it("fills at several price levels, cheapest first, and states the average price", async () => {
    const s = await session();
    const order = await place(s, { ...rect(s, 1, 2, 20), limit_price_dollars_per_node_hour: "20.0" });
    s.sim.advance({ seconds: 1 });
    const { fills, filled_average_price_dollars_per_node_hour: average } = await read(s, order);
    expect(fills.map((fill: { price_dollars_per_node_hour: string }) => fill.price_dollars_per_node_hour)).toEqual([
      "16.80",
      "19.20",
    ]);
    // (16 * 16.80 + 4 * 19.20) / 20
    expect(average).toBe("17.28");
  });

  it("is cancelled at once when it cannot fill completely and may not stand", async () => {
    const s = await session();
    const order = await place(s, rect(s, 1, 2, 17));
    s.sim.advance({ seconds: 1 });
    expect(await read(s, order)).toMatchObject({ status: "cancelled", filled_allocation_schedule_delta: [] });
    expect(s.sim.state.balances.account).toBe("100000.00");
  });

  it("fills in part if that is allowed, and the rest of an immediate order is cancelled", async () => {
    const s = await session();
    const order = await place(s, { ...rect(s, 1, 2, 17), allow_partial: true });
    s.sim.advance({ seconds: 1 });
    const { status, filled_allocation_schedule_delta: filled } = await read(s, order);
    expect([status, filled[0].node_count]).toEqual(["cancelled", 16]);
  });

  it("may fill fewer hours than requested", async () => {
    const s = await session();
    const order = await place(s, { ...rect(s, 330, 340, 1), allow_partial: true });
    s.sim.advance({ seconds: 1 });
    const { filled_allocation_schedule_delta: filled } = await read(s, order);
    expect(filled).toEqual([{ start_at: s.hour(330), end_at: s.hour(336), node_count: 1 }]);
  });

  it("stays on the orderbook until another order matches, and then trades at its own price", async () => {
    const s = await session();
    const order = await place(s, { limit_price_dollars_per_node_hour: "15.0", allow_standing: true });
    s.sim.advance({ seconds: 1 });
    expect((await read(s, order)).status).toBe("standing");
    s.sim.placeMarketOrder({
      side: "sell",
      sku: "richmond",
      nodes: 5,
      price: "14.000000",
      fromHours: 0,
      untilHours: 10,
    });
    s.sim.advance({ seconds: 1 });
    expect(await read(s, order)).toMatchObject({
      status: "filled",
      filled_average_price_dollars_per_node_hour: "15.00",
    });
  });

  it("that may not fill in part waits until several other orders together can fill it", async () => {
    const s = await session();
    const order = await place(s, { limit_price_dollars_per_node_hour: "15.0", allow_standing: true });
    const one = { side: "sell", sku: "richmond", nodes: 1, price: "14.000000", fromHours: 0, untilHours: 10 } as const;
    s.sim.advance({ seconds: 1 });
    s.sim.placeMarketOrder(one);
    s.sim.advance({ seconds: 1 });
    expect((await read(s, order)).status).toBe("standing");
    s.sim.placeMarketOrder(one);
    s.sim.advance({ seconds: 1 });
    expect((await read(s, order)).status).toBe("filled");
  });

  it("stays active when it is partly filled and standing", async () => {
    const s = await session();
    const order = await place(s, { ...rect(s, 1, 2, 17), allow_partial: true, allow_standing: true });
    s.sim.advance({ seconds: 1 });
    expect((await read(s, order)).status).toBe("partially_filled");
    s.sim.placeMarketOrder({
      side: "sell",
      sku: "richmond",
      nodes: 1,
      price: "14.000000",
      fromHours: 0,
      untilHours: 10,
    });
    s.sim.advance({ seconds: 1 });
    expect((await read(s, order)).status).toBe("filled");
  });

  it("leaves the orderbook when its time has passed", async () => {
    const s = await session();
    const order = await place(s, { limit_price_dollars_per_node_hour: "1.0", allow_standing: true });
    s.sim.advance({ hours: 3 });
    expect((await read(s, order)).status).toBe("cancelled");
  });

  it("does not trade with another order of the same account unless that is assumed", async () => {
    for (const [selfTrade, status] of [
      [false, "cancelled"],
      [true, "filled"],
    ] as const) {
      const s = await session({ assumptions: { selfTrade } });
      await place(s, { side: "sell", limit_price_dollars_per_node_hour: "13.0", allow_standing: true });
      s.sim.advance({ seconds: 1 });
      const order = await place(s, { limit_price_dollars_per_node_hour: "14.0" });
      s.sim.advance({ seconds: 1 });
      expect((await read(s, order)).status).toBe(status);
    }
  });

  it("rounds limit prices to a micro-dollar per node-minute", async () => {
    const s = await session();
    const order = await place(s, { limit_price_dollars_per_node_hour: "17.000031" });
    expect(order.limit_price_dollars_per_node_hour).toBe("17.00004");
  });
});

describe("selling", () => {
  it("takes nodes from the pool and a fee from the proceeds", async () => {
    const s = await session();
    const order = await place(s, { side: "sell", limit_price_dollars_per_node_hour: "11.0" });
    s.sim.advance({ seconds: 1 });
    expect((await read(s, order)).status).toBe("filled");
    // 4 node-hours at 12.00 are 48.00. The fee is 4 x 0.01 plus 1 % of 48.00.
    expect(s.sim.state.balances).toEqual({ account: "100047.48", market: "-48.00", fees: "0.52" });
    const [, during] = (await s.get(`/pools/${s.pool("main")}`)).body.allocation_schedule.total;
    expect(during.node_count).toBe(2);
  });

  it("refuses nodes that the pool does not have or already offers", async () => {
    const s = await session();
    const all = { side: "sell", ...rect(s, 1, 2, 4), limit_price_dollars_per_node_hour: "50.0", allow_standing: true };
    expect((await s.post("/orders", orderBody(s, { ...all, ...rect(s, 1, 2, 5) }))).status).toBe(422);
    await place(s, all);
    expect((await s.post("/orders", orderBody(s, { ...all, ...rect(s, 1, 2, 1) }))).status).toBe(422);
  });
});

describe("refusing an order", () => {
  it("returns 402 when the balance minus held money does not cover it", async () => {
    const s = await session({ world: { balance: "100.00" } });
    await place(s, { ...rect(s, 1, 2, 5), limit_price_dollars_per_node_hour: "15.0", allow_standing: true });
    const second = await s.post(
      "/orders",
      orderBody(s, { ...rect(s, 1, 2, 2), limit_price_dollars_per_node_hour: "15.0" }),
    );
    expect([second.status, second.body.error.type]).toEqual([402, "payment_required"]);
  });

  it.each([
    [
      "two ranges",
      (s: Session) => ({
        allocation_schedule_delta: [1, 2].map((h) => ({ start_at: s.hour(h), end_at: s.hour(h + 1), node_count: 1 })),
      }),
      422,
    ],
    ["no end", (s: Session) => ({ allocation_schedule_delta: [{ start_at: s.hour(1), node_count: 1 }] }), 422],
    [
      "a start off the minute",
      (s: Session) => ({ allocation_schedule_delta: [{ start_at: s.hour(1) + 1, end_at: s.hour(2), node_count: 1 }] }),
      422,
    ],
    ["a start in the past", (s: Session) => rect(s, -1, 2, 1), 422],
    ["no nodes", (s: Session) => rect(s, 1, 2, 0), 422],
    ["a price without a decimal point", () => ({ limit_price_dollars_per_node_hour: "17" }), 422],
    ["a price as a number", () => ({ limit_price_dollars_per_node_hour: 17.5 }), 422],
    ["an unknown pool", () => ({ pool: "pool_unknown" }), 404],
    ["an unknown SKU", () => ({ instance_sku: "isku_unknown" }), 422],
  ])("refuses %s", async (_, change, status) => {
    const s = await session();
    expect((await s.post("/orders", orderBody(s, change(s)))).status).toBe(status);
    expect(s.sim.state.orders).toHaveLength(0);
  });

  it("lets an originating pool only sell, and a read-only pool neither buy nor sell", async () => {
    const allocations = [{ sku: "richmond", nodes: 4 }];
    const s = await session({
      world: {
        pools: [
          { name: "main", kind: "originating", allocations },
          { name: "ro", kind: "read_only", allocations },
        ],
      },
    });
    expect((await s.post("/orders", orderBody(s))).status).toBe(422);
    await place(s, { side: "sell" });
    expect((await s.post("/orders", orderBody(s, { pool: s.pool("ro"), side: "sell" }))).status).toBe(422);
  });
});

describe("canceling an order", () => {
  it("is asynchronous: the status becomes cancelled once time has passed", async () => {
    const s = await session();
    const order = await place(s, { limit_price_dollars_per_node_hour: "1.0", allow_standing: true });
    s.sim.advance({ seconds: 1 });
    expect((await s.delete(`/orders/${order.id}`)).status).toBe(204);
    expect((await read(s, order)).status).toBe("standing");
    s.sim.advance({ seconds: 1 });
    const cancelled = await read(s, order);
    expect(cancelled.status).toBe("cancelled");
    expect(cancelled.cancelled_at).toBe(Math.floor(s.sim.now.getTime() / 1000));
  });

  it("does not prevent fills that happen before it takes effect", async () => {
    const s = await session({ assumptions: { cancelSeconds: 5 } });
    const order = await place(s);
    await s.delete(`/orders/${order.id}`);
    s.sim.advance({ seconds: 5 });
    expect((await read(s, order)).status).toBe("filled");
  });

  it("returns 422 for an inactive order, and 404 for an unknown order or one of another account", async () => {
    const s = await session();
    const order = await place(s);
    s.sim.advance({ seconds: 1 });
    expect((await s.delete(`/orders/${order.id}`)).status).toBe(422);
    expect((await s.delete("/orders/ordr_unknown")).status).toBe(404);
  });
});

describe("listing orders", () => {
  it("filters by pool, side, status and id, and ignores workspace when pool is given", async () => {
    const s = await session();
    const buy = await place(s);
    const sell = await place(s, { side: "sell", limit_price_dollars_per_node_hour: "50.0" });
    const list = async (query: string) =>
      (await s.get(`/orders?${query}`)).body.data.map((row: { id: string }) => row.id);
    expect(await list("")).toEqual([sell.id, buy.id]);
    expect(await list("side=buy")).toEqual([buy.id]);
    expect(await list(`pool=${s.pool("main")}&workspace=${s.workspace("research")}`)).toHaveLength(2);
    expect(await list(`workspace=${s.workspace("research")}`)).toEqual([]);
    s.sim.advance({ seconds: 1 });
    expect(await list("status=cancelled&status=standing")).toEqual([sell.id]);
    expect(await list(`id=${buy.id}`)).toEqual([buy.id]);
  });

  it("sorts by creation or by start, in both directions", async () => {
    const s = await session();
    const late = await place(s, rect(s, 10, 11, 1));
    s.sim.advance({ seconds: 1 });
    const early = await place(s, rect(s, 5, 6, 1));
    const first = async (sort: string) => (await s.get(`/orders?limit=1&sort_by=${sort}`)).body.data[0].id;
    expect(await first("created_at")).toBe(late.id);
    expect(await first("-created_at")).toBe(early.id);
    expect(await first("start_at")).toBe(early.id);
    expect(await first("-start_at")).toBe(late.id);
  });
});
