import { describe, expect, it } from "vitest";
import { orderBody, type Session, session } from "./session.js";

const windowQuery = (s: Session, from = 1, until = 2) => `start_at=${s.hour(from)}&end_at=${s.hour(until)}`;

describe("the orderbook", () => {
  it("quotes the best bid and ask of a window, per node-hour and per SKU", async () => {
    const s = await session();
    const { body } = await s.get(`/orderbook/quote?${windowQuery(s)}&requirements=accelerator:h100`);
    expect(body).toMatchObject({
      requirements: { accelerator: ["h100"] },
      best_bid: { instance_sku: s.sku("richmond"), dollars_per_node_hour: "12.00" },
      best_ask: { dollars_per_node_hour: "16.80", allocation_schedule_delta: [{ node_count: 16 }] },
    });
  });

  it("has no best price on a side without orders", async () => {
    const s = await session();
    const { body } = await s.get(`/orderbook/quote?${windowQuery(s)}&requirements=accelerator:b200`);
    expect([body.best_bid, body.best_ask]).toEqual([null, null]);
  });

  it("sorts depth from the best price on both sides, and limits it", async () => {
    const s = await session();
    const prices = async (query: string) => {
      const { body } = await s.get(`/orderbook/depth?${windowQuery(s)}&requirements=accelerator:eq:h100${query}`);
      return [body.bids, body.asks].map((side) =>
        side.map((level: { dollars_per_node_hour: string }) => level.dollars_per_node_hour),
      );
    };
    expect(await prices("")).toEqual([
      ["12.00", "10.80"],
      ["16.80", "19.20"],
    ]);
    expect(await prices("&depth=1")).toEqual([["12.00"], ["16.80"]]);
    // The depth is clamped to 1..100.
    expect(await prices("&depth=0")).toEqual([["12.00"], ["16.80"]]);
  });

  it("adds orders of one price into one level, and omits filled nodes", async () => {
    const s = await session();
    s.sim.placeMarketOrder({
      side: "sell",
      sku: "richmond",
      nodes: 4,
      price: "16.800000",
      fromHours: 0,
      untilHours: 100,
    });
    s.sim.advance({ seconds: 1 });
    const nodes = async () =>
      (await s.get(`/orderbook/quote?${windowQuery(s)}&requirements=accelerator:h100`)).body.best_ask
        .allocation_schedule_delta[0].node_count;
    expect(await nodes()).toBe(20);
    await s.post("/orders", orderBody(s));
    s.sim.advance({ seconds: 1 });
    expect(await nodes()).toBe(18);
  });

  it("includes orders whose window contains the requested one, or also others if that is assumed", async () => {
    const asks = async (orderbookWindow: "covers" | "overlaps" | "exact") => {
      const s = await session({ assumptions: { orderbookWindow } });
      const { body } = await s.get(`/orderbook/depth?${windowQuery(s, 0, 400)}&requirements=accelerator:h100`);
      return body.asks.length;
    };
    expect([await asks("covers"), await asks("overlaps"), await asks("exact")]).toEqual([1, 2, 0]);
  });

  it("lists windows by start, end and SKU, with pages in forward direction only", async () => {
    const s = await session();
    const query = `range_start_at=${s.hour(0)}&range_end_at=${s.hour(720)}`;
    const all = (await s.get(`/orderbook/windows?${query}`)).body.data;
    expect(all.map((row: { duration_hours: number }) => row.duration_hours)).toEqual([168, 336, 336, 720]);
    const page = await s.get(`/orderbook/windows?${query}&limit=3`);
    const rest = await s.get(`/orderbook/windows?${query}&limit=3&starting_after=${page.body.cursor}`);
    expect([...page.body.data, ...rest.body.data]).toEqual(all);
    expect(page.body.cursor).toMatch(/^mwin_/);
    expect((await s.get(`/orderbook/windows?range_start_at=${s.hour(0) + 1}&range_end_at=${s.hour(1)}`)).status).toBe(
      422,
    );
  });

  it("lists fills newest first, of the last 7 days by default and of at most 30", async () => {
    const s = await session();
    await s.post("/orders", orderBody(s));
    s.sim.advance({ seconds: 1 });
    const fills = async (query: string) => s.get(`/orderbook/fills?${windowQuery(s, -1000, 1000)}&${query}`);
    const week = (await fills("")).body.data.map((row: { dollars_per_node_hour: string }) => row.dollars_per_node_hour);
    expect(week).toEqual(["16.80", "27.00", "16.50", "16.20"]);
    const now = Math.floor(s.sim.now.getTime() / 1000);
    expect((await fills(`since_at=${now - 30 * 86_400}`)).body.data).toHaveLength(5);
    expect((await fills(`since_at=${now - 30 * 86_400 - 1}`)).status).toBe(422);
    const page = await fills("limit=3");
    expect((await fills(`limit=3&starting_after=${page.body.cursor}`)).body.data).toHaveLength(1);
  });

  it("refuses invalid filters and windows that end before they start", async () => {
    const s = await session();
    for (const requirements of ["accelerator", "accelerator:gt:5:6", "accelerator:like:h", ":h100"]) {
      expect(
        (await s.get(`/orderbook/quote?${windowQuery(s)}&requirements=${requirements}`)).status,
        requirements,
      ).toBe(422);
    }
    expect((await s.get(`/orderbook/quote?${windowQuery(s, 2, 1)}`)).status).toBe(422);
  });
});

describe("an order preview", () => {
  const preview = (s: Session, change: object = {}) => ({
    side: "buy",
    requirements: { accelerator: ["h100"] },
    start_at: s.hour(1),
    duration_seconds: 3600,
    node_count: 20,
    ...change,
  });

  it("returns a body that fills when it is placed", async () => {
    const s = await session();
    const { body } = await s.post("/order_preview", preview(s, { pool: s.pool("main") }));
    expect(body).toMatchObject({
      type: "quoted",
      fee: { percentage_bps: 0 },
      post_order_body: { limit_price_dollars_per_node_hour: "19.20" },
    });
    const order = await s.post("/orders", body.post_order_body);
    s.sim.advance({ seconds: 1 });
    expect((await s.get(`/orders/${order.body.id}`)).body.status).toBe("filled");
  });

  it("chooses the cheapest SKU for a buyer, and the one with the highest price for a seller", async () => {
    const s = await session();
    const chosen = async (side: string) => {
      const { body } = await s.post("/order_preview", preview(s, { side, requirements: {}, node_count: 2 }));
      return body.post_order_body.instance_sku;
    };
    expect(await chosen("buy")).toBe(s.sku("richmond"));
    expect(await chosen("sell")).toBe(s.sku("alameda"));
  });

  it("contains a placeholder instead of a pool when none was given", async () => {
    const s = await session();
    const { body } = await s.post("/order_preview", preview(s));
    expect((await s.post("/orders", body.post_order_body)).status).toBe(404);
  });

  it("states the fee of a sale", async () => {
    const s = await session();
    const { body } = await s.post("/order_preview", preview(s, { side: "sell", node_count: 2 }));
    expect(body).toMatchObject({
      fee: { flat_dollars_per_node_hour: "0.01", percentage_bps: 100 },
      post_order_body: { side: "sell", limit_price_dollars_per_node_hour: "12.00" },
    });
  });

  it("states why there is no quote", async () => {
    const s = await session();
    expect((await s.post("/order_preview", preview(s, { requirements: { accelerator: ["z80"] } }))).body.reason).toBe(
      "no_matching_instance_skus",
    );
    expect((await s.post("/order_preview", preview(s, { node_count: 500 }))).body.reason).toBe("no_availability");
  });

  it("requires `side` and whole minutes", async () => {
    const s = await session();
    const { side: _, ...withoutSide } = preview(s);
    for (const body of [
      withoutSide,
      preview(s, { start_at: s.hour(1) + 1 }),
      preview(s, { duration_seconds: 90 }),
      preview(s, { node_count: 0 }),
    ]) {
      expect((await s.post("/order_preview", body)).status).toBe(422);
    }
  });
});

describe("instance SKUs", () => {
  it("are found by either prefix, with their availability on the market", async () => {
    const s = await session();
    const id = s.sku("richmond");
    expect((await s.get(`/instance_skus/${id.replace("isku", "clus")}`)).body).toMatchObject({ id, alias: "richmond" });
    const { body } = await s.get(`/instance_skus/${id}/availability`);
    expect(body.schedule.map((range: { node_count: number }) => range.node_count)).toEqual([48, 32]);
    expect((await s.get("/instance_skus/isku_unknown")).status).toBe(404);
  });

  it("can be filtered by the values of properties", async () => {
    const s = await session();
    const aliases = async (query: string) =>
      (await s.get(`/instance_skus/availability?${query}`)).body.data
        .map((row: { instance_sku: { alias: string } }) => row.instance_sku.alias)
        .sort();
    expect(await aliases("supports_public_ipv4=true")).toEqual(["alameda", "antares"]);
    expect(await aliases("accelerator=h100&num_accelerators=8")).toEqual(["richmond"]);
    expect(await aliases("region=moon")).toEqual([]);
    expect((await s.get("/instance_skus/availability?num_vcpus=many")).status).toBe(422);
  });

  it("have a paged catalog of properties", async () => {
    const s = await session();
    const first = await s.get("/instance_sku_property_catalog?limit=6");
    const rest = await s.get(`/instance_sku_property_catalog?limit=6&starting_after=${first.body.cursor}`);
    const names = [...first.body.data, ...rest.body.data].map((row: { key: { name: string } }) => row.key.name);
    expect(names).toHaveLength(10);
    expect(names[0]).toBe("accelerator");
    expect(first.body.data[0].values.map((value: { name: string }) => value.name)).toEqual(["h100", "h200", "b200"]);
  });
});
