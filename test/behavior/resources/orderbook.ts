import { describe, expect, test } from "vitest";
import { orderBody } from "../bodies.js";
import { refusal } from "../refusals.js";
import { useWorld, type World } from "../world.js";

const world = useWorld({ covers: "orderbook" });

/** Two hours within all standing H100 orders of the world. */
const twoHours = ({ hour }: World) => ({ requirements: "accelerator:h100", start_at: hour(1), end_at: hour(3) });

describe("the orderbook", () => {
  test("quotes the best price of each side per node-hour, and the nodes offered at it", async () => {
    const w = await world();
    const quote = await w.sfc.orderbook.quote(twoHours(w));
    expect(quote.best_ask).toEqual({
      instance_sku: w.sku("richmond"),
      dollars_per_node_hour: "16.80",
      allocation_schedule_delta: [{ start_at: w.hour(1), end_at: w.hour(3), node_count: 16 }],
    });
    expect(quote.best_bid?.dollars_per_node_hour).toBe("12.00");
    expect(quote.requested_at).toBe(w.hour(0));
  });

  test("returns levels from the best price, up to the requested depth", async () => {
    const w = await world();
    const prices = (levels: readonly { dollars_per_node_hour: string }[]) =>
      levels.map(({ dollars_per_node_hour }) => dollars_per_node_hour);
    const whole = await w.sfc.orderbook.depth(twoHours(w));
    expect([prices(whole.asks), prices(whole.bids)]).toEqual([
      ["16.80", "19.20"],
      ["12.00", "10.80"],
    ]);
    const shallow = await w.sfc.orderbook.depth({ ...twoHours(w), depth: 1 });
    expect([prices(shallow.asks), prices(shallow.bids)]).toEqual([["16.80"], ["12.00"]]);
  });

  test("includes a standing order until it is cancelled", async () => {
    const w = await world();
    const bestBid = async () => (await w.sfc.orderbook.quote(twoHours(w))).best_bid?.dollars_per_node_hour;
    const bid = orderBody(w, { allow_standing: true, limit_price_dollars_per_node_hour: "15.000000" });
    const { id } = await w.sfc.orders.create(bid);
    expect(await bestBid()).toBe("12.00");
    w.simulator.advance({ seconds: 1 });
    expect(await bestBid()).toBe("15.00");
    await w.sfc.orders.cancel(id);
    w.simulator.advance({ seconds: 1 });
    expect(await bestBid()).toBe("12.00");
  });

  test("has no quote for hardware that no one trades", async () => {
    const w = await world();
    const quote = await w.sfc.orderbook.quote({ ...twoHours(w), requirements: "accelerator:b200" });
    expect([quote.best_bid, quote.best_ask]).toEqual([null, null]);
  });

  test("refuses a window that does not end after it starts: 422", async () => {
    const w = await world();
    const backward = w.sfc.orderbook.quote({ start_at: w.hour(3), end_at: w.hour(1) });
    await expect(backward).rejects.toMatchObject(refusal(422));
  });
});

describe("windows", () => {
  const range = ({ hour }: World) => ({ range_start_at: hour(0), range_end_at: hour(720) });

  test("are grouped by start, end and SKU, each with its best prices and counts", async () => {
    const w = await world();
    const windows = await w.sfc.orderbook.listWindows(range(w)).toArray({ max: 10 });
    expect(windows.map(({ end_at, total_ask_order_count }) => [end_at, total_ask_order_count])).toEqual([
      [w.hour(168), 0],
      [w.hour(336), 1],
      [w.hour(336), 1],
      [w.hour(720), 1],
    ]);
    const sorted = windows.slice(1, 3).map(({ instance_sku }) => instance_sku);
    expect(sorted).toEqual([...sorted].sort());
  });

  test("can be read forward only", async () => {
    const w = await world();
    const all = await w.sfc.orderbook.listWindows(range(w)).toArray({ max: 10 });
    const page = await w.sfc.orderbook.listWindows({ ...range(w), limit: 3 });
    expect(page.cursor).toMatch(/^mwin_/);
    expect([...page.data, ...((await page.next())?.data ?? [])]).toEqual(all);
  });

  test("require a range on whole minutes: 422", async () => {
    const w = await world();
    const odd = w.sfc.orderbook.listWindows({ ...range(w), range_start_at: w.hour(0) + 1 });
    await expect(odd).rejects.toMatchObject(refusal(422));
  });
});

describe("fills", () => {
  test("are the public trades, newest first; your own trade is among them without your name", async () => {
    const w = await world();
    await w.sfc.orders.create(orderBody(w));
    w.simulator.advance({ seconds: 1 });
    const fills = await w.sfc.orderbook.listFills(twoHours(w)).toArray({ max: 10 });
    expect(fills.map(({ dollars_per_node_hour }) => dollars_per_node_hour)).toEqual(["16.80", "16.50", "16.20"]);
    expect(Object.keys(fills[0] ?? {}).sort()).toEqual([
      "allocation_schedule_delta",
      "dollars_per_node_hour",
      "filled_at",
      "instance_sku",
    ]);
  });

  test("begin seven days ago by default, and more than thirty days return 422", async () => {
    const w = await world();
    const day = 86_400;
    const count = async (query: object) =>
      (await w.sfc.orderbook.listFills({ ...twoHours(w), ...query }).toArray({ max: 10 })).length;
    expect(await count({})).toBe(2);
    expect(await count({ since_at: w.hour(0) - 20 * day })).toBe(3);
    expect(await count({ since_at: w.hour(0) - day })).toBe(1);
    await expect(count({ since_at: w.hour(0) - 31 * day })).rejects.toMatchObject(refusal(422));
  });

  test("are complete when read forward page by page", async () => {
    const w = await world();
    const page = await w.sfc.orderbook.listFills({ ...twoHours(w), limit: 1 });
    expect(page.cursor).toMatch(/^mfilc_/);
    const next = await page.next();
    expect([page.data[0]?.dollars_per_node_hour, next?.data[0]?.dollars_per_node_hour]).toEqual(["16.50", "16.20"]);
    expect(next?.hasMore).toBe(false);
  });
});
