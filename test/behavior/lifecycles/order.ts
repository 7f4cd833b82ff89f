import { describe, expect, test } from "vitest";
import type { Order, OrderCreate } from "../../../src/index.js";
import { orderBody } from "../bodies.js";
import { refusal } from "../refusals.js";
import { useWorld, type World } from "../world.js";

const world = useWorld();

const ask = { side: "sell", sku: "richmond", price: "16.800000", fromHours: 0, untilHours: 336 } as const;
/** A market in which one seller offers one node, while orders request two. */
const oneNode = { world: { book: [{ ...ask, nodes: 1 }] } };

async function place(w: World, change: Partial<OrderCreate> = {}): Promise<() => Promise<Order>> {
  const { id } = await w.sfc.orders.create(orderBody(w, change));
  return () => w.sfc.orders.get(id);
}

describe("an immediate-or-cancel order, the default", () => {
  test("is pending, then filled", async () => {
    const w = await world();
    const order = await place(w);
    expect((await order()).status).toBe("pending");
    w.simulator.advance({ seconds: 1 });
    const filled = await order();
    expect(filled.status).toBe("filled");
    expect(filled.filled_allocation_schedule_delta).toEqual(filled.allocation_schedule_delta);
  });

  test("is cancelled when no one sells at its price, and does not stay on the orderbook", async () => {
    const w = await world();
    const order = await place(w, { limit_price_dollars_per_node_hour: "16.799940" });
    w.simulator.advance({ seconds: 1 });
    expect((await order()).status).toBe("cancelled");
    w.simulator.placeMarketOrder({ ...ask, nodes: 8, price: "1.000000" });
    w.simulator.advance({ minutes: 1 });
    expect(await order()).toMatchObject({ status: "cancelled", fills: [] });
  });

  test("buys nothing when fewer nodes are offered than it requests", async () => {
    const w = await world(oneNode);
    const order = await place(w);
    w.simulator.advance({ seconds: 1 });
    expect(await order()).toMatchObject({ status: "cancelled", fills: [], filled_allocation_schedule_delta: [] });
    expect(w.simulator.state.balances.account).toBe("100000.00");
  });

  test("with allow_partial buys fewer nodes and drops the rest", async () => {
    const w = await world(oneNode);
    const order = await place(w, { allow_partial: true });
    w.simulator.advance({ seconds: 1 });
    const after = await order();
    expect(after.filled_allocation_schedule_delta).toEqual([{ start_at: w.hour(1), end_at: w.hour(3), node_count: 1 }]);
    expect(after.status).toBe("cancelled");
  });

  test("with allow_partial buys less time, also in separate ranges", async () => {
    const w = await world({
      world: {
        book: [
          { ...ask, nodes: 2, fromHours: 1, untilHours: 2 },
          { ...ask, nodes: 2, fromHours: 3, untilHours: 4 },
        ],
      },
    });
    const allocation_schedule_delta = [{ start_at: w.hour(1), end_at: w.hour(5), node_count: 2 }];
    const order = await place(w, { allow_partial: true, allocation_schedule_delta });
    w.simulator.advance({ seconds: 1 });
    expect((await order()).filled_allocation_schedule_delta).toEqual([
      { start_at: w.hour(1), end_at: w.hour(2), node_count: 2 },
      { start_at: w.hour(3), end_at: w.hour(4), node_count: 2 },
    ]);
  });
});

test("an order is for one SKU: cheaper nodes of another SKU do not fill it", async () => {
  const w = await world({ world: { book: [{ ...ask, sku: "alameda", nodes: 8, price: "1.000000" }] } });
  const order = await place(w, { allow_partial: true });
  w.simulator.advance({ seconds: 1 });
  expect(await order()).toMatchObject({ status: "cancelled", fills: [] });
  const other = await place(w, { instance_sku: w.sku("alameda") });
  w.simulator.advance({ seconds: 1 });
  expect((await other()).status).toBe("filled");
});

test("only placing an order returns 402: other calls that lead to costs later are accepted without money", async () => {
  const w = await world({ world: { balance: "0.00" } });
  await expect(w.sfc.orders.create(orderBody(w))).rejects.toMatchObject(refusal(402));
  const onSpare = { pool: w.pool("spare"), instance_sku: w.sku("richmond") };
  const price = { max_buy_price_dollars_per_node_hour: "17.000040" };
  const image = w.image("trainer");
  const template = await w.sfc.instanceTemplates.create({ workspace: w.workspace("default"), image });
  const spot = { ...onSpare, ...price, instance_template: template.id, target_instance_count: 1 };
  const { id } = await w.sfc.deployments.create({ kind: "spot", ...spot });
  await w.sfc.procurements.create({
    ...onSpare,
    ...price,
    instance_sku: w.sku("alameda"),
    target: 1,
    min_sell_price_dollars_per_node_hour: "30.000000",
    managed_window_minutes: 60,
  });
  const allocation_schedule_delta = [{ start_at: w.hour(1), end_at: w.hour(2), node_count: 1 }];
  const transfer = { from_pool: w.pool("main"), to_pool: w.pool("spare"), instance_sku: w.sku("richmond") };
  await w.sfc.poolTransfers.create({ ...transfer, allocation_schedule_delta });
  await w.sfc.instances.create({ ...onSpare, image });
  w.simulator.advance({ minutes: 2 });
  expect((await w.sfc.deployments.get(id)).status.state).toBe("error");
  expect(w.simulator.requests.filter(({ status }) => status === 402)).toHaveLength(1);
});

describe("an order with allow_standing", () => {
  const low = { allow_standing: true, limit_price_dollars_per_node_hour: "15.000000" };

  test("stays on the orderbook until it is filled", async () => {
    const w = await world();
    const order = await place(w, low);
    w.simulator.advance({ minutes: 10 });
    expect((await order()).status).toBe("standing");
    w.simulator.placeMarketOrder({ ...ask, nodes: 2, price: "14.000000" });
    w.simulator.advance({ seconds: 1 });
    expect(await order()).toMatchObject({ status: "filled", filled_average_price_dollars_per_node_hour: "15.00" });
  });

  test("and allow_partial is partially_filled and stays active until the rest is filled", async () => {
    const w = await world(oneNode);
    const order = await place(w, { allow_standing: true, allow_partial: true });
    w.simulator.advance({ seconds: 1 });
    expect((await order()).status).toBe("partially_filled");
    w.simulator.placeMarketOrder({ ...ask, nodes: 1 });
    w.simulator.advance({ seconds: 1 });
    expect(await order()).toMatchObject({ status: "filled", fills: [{}, {}] });
  });

  test("stays on the orderbook until it is cancelled", async () => {
    const w = await world();
    const order = await place(w, low);
    w.simulator.advance({ seconds: 1 });
    await w.sfc.orders.cancel((await order()).id);
    w.simulator.advance({ seconds: 1 });
    expect((await order()).status).toBe("cancelled");
  });

  test("stays on the orderbook no longer than until its end time", async () => {
    const w = await world();
    const order = await place(w, low);
    w.simulator.advance({ hours: 2, minutes: 59 });
    expect((await order()).status).toBe("standing");
    w.simulator.advance({ minutes: 1 });
    expect((await order()).status).toBe("cancelled");
  });
});

describe("canceling", () => {
  const standing = { allow_standing: true, allow_partial: true, limit_price_dollars_per_node_hour: "15.000000" };

  test("returns 204 for an accepted request: the order may still fill until its status is cancelled", async () => {
    const w = await world({ assumptions: { cancelSeconds: 60 } });
    const order = await place(w, standing);
    w.simulator.advance({ seconds: 1 });
    const { id } = await order();
    const { response } = await w.sfc.orders.cancel(id).withResponse();
    expect(response.status).toBe(204);
    expect((await order()).status).toBe("standing");

    w.simulator.placeMarketOrder({ ...ask, nodes: 1, price: "14.000000" });
    w.simulator.advance({ seconds: 30 });
    expect(await order()).toMatchObject({ status: "partially_filled", fills: [{}] });
    w.simulator.advance({ seconds: 30 });
    expect(await order()).toMatchObject({ status: "cancelled", fills: [{}] });
  });

  test("returns 422 for a filled order and for a cancelled one", async () => {
    const w = await world();
    const filled = await place(w);
    const cancelled = await place(w, { limit_price_dollars_per_node_hour: "1.000000" });
    w.simulator.advance({ seconds: 1 });
    for (const order of [await filled(), await cancelled()]) {
      await expect(w.sfc.orders.cancel(order.id)).rejects.toMatchObject(refusal(422));
    }
    await expect(w.sfc.orders.cancel("ordr_nobody")).rejects.toMatchObject(refusal(404));
  });
});

test("an order is rejected when the balance is used up by the time it is processed", async () => {
  const w = await world({ world: { balance: "70.00" }, assumptions: { buyHold: "nothing" } });
  const [first, second] = [await place(w), await place(w)];
  w.simulator.advance({ seconds: 1 });
  expect([(await first()).status, (await second()).status]).toEqual(["filled", "rejected"]);
  expect(w.simulator.state.balances.account).toBe("2.80");
});

describe("fills", () => {
  test("have positive node counts on both sides; side states the direction", async () => {
    const w = await world();
    const order = await place(w, { side: "sell", limit_price_dollars_per_node_hour: "12.000000" });
    w.simulator.advance({ seconds: 1 });
    const sold = await order();
    expect(sold).toMatchObject({ side: "sell", status: "filled" });
    const counts = (sold.fills ?? []).flatMap((fill) =>
      fill.allocation_schedule_delta.map(({ node_count }) => node_count),
    );
    expect(counts).toEqual([2]);
    expect((await w.sfc.pools.get(w.pool("main"))).allocation_schedule.total[1]?.node_count).toBe(2);
  });

  test("use the best price first, and at one price the older order first", async () => {
    const w = await world({
      world: {
        book: [
          { ...ask, nodes: 1, price: "17.400000" },
          { ...ask, nodes: 1, price: "16.800000" },
        ],
      },
    });
    const order = await place(w, { limit_price_dollars_per_node_hour: "18.000000" });
    w.simulator.advance({ seconds: 1 });
    const prices = (await order()).fills?.map((fill) => Number(fill.price_dollars_per_node_hour));
    expect(prices).toEqual([16.8, 17.4]);
  });

  test("have a fee for a sale, and none for a purchase", async () => {
    const w = await world();
    await place(w);
    w.simulator.advance({ seconds: 1 });
    expect(w.simulator.state.balances.fees).toBe("0.00");
    await place(w, { side: "sell", limit_price_dollars_per_node_hour: "12.000000" });
    w.simulator.advance({ seconds: 1 });
    // Four node-hours at $12: one cent per node-hour, plus one percent of $48.
    expect(w.simulator.state.balances).toEqual({ account: "99980.28", market: "19.20", fees: "0.52" });
  });
});
