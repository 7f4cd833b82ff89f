import { describe, expect, test } from "vitest";
import type { Order, OrderCreate } from "../../src/generated/types.js";
import { type BuyPlan, placeOrder } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { faultMatrix, killedAt, untilKilled } from "./faults.js";
import { clientOf, clientWithoutResponse, errorOf, operationsOf, type Stage, stage } from "./support.js";

const main = "sfc:pool:acme:default:main";

function inAnHour({ sim }: Stage): number {
  return sim.now.getTime() / 1000 + 3_600;
}

/** Two nodes for two hours. In the market of the default world they cost $16.80 per node-hour. */
function twoNodes(scene: Stage, more: Partial<BuyPlan> = {}): BuyPlan {
  const requirements = { accelerator: ["h100"] };
  return {
    side: "buy",
    pool: main,
    start_at: inAnHour(scene),
    duration_seconds: 7_200,
    node_count: 2,
    requirements,
    ...more,
  };
}

const job = { intent: "job-17", maxSpend: "100" };

describe("placeOrder", () => {
  test("places the planned order in the caller's pool at the quoted price, and returns the exact total", async () => {
    const scene = await stage();
    const { order, body, totalDollars, idempotencyKey } = await placeOrder(scene.sfc, twoNodes(scene), job);
    const [pool] = scene.sim.state.pools;
    expect(body.pool).toBe(pool?.id);
    expect(totalDollars).toBe("67.200000");
    expect(order).toMatchObject({
      side: "buy",
      limit_price_dollars_per_node_hour: "16.80",
      pool: { name: "main" },
    });
    expect(scene.sim.requests.find(({ operationId }) => operationId === "create_order")?.idempotencyKey).toBe(
      idempotencyKey,
    );
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test("places nothing that could exceed maxSpend, even by a millionth of a dollar", async () => {
    const scene = await stage();
    const error = await errorOf(placeOrder(scene.sfc, twoNodes(scene), { ...job, maxSpend: "67.199999" }));
    expect(error).toMatchObject({ name: "SpendLimitError", totalDollars: "67.200000", limitDollars: "67.199999" });
    expect(operationsOf(scene.sim)).not.toContain("create_order");
    await expect(placeOrder(scene.sfc, twoNodes(scene), { ...job, maxSpend: "67.2" })).resolves.toMatchObject({
      totalDollars: "67.200000",
    });
  });

  test("places nothing in a dry run, and does not use up the intent", async () => {
    const scene = await stage();
    const draft = await placeOrder(scene.sfc, twoNodes(scene), { ...job, dryRun: true });
    expect(draft).toMatchObject({ totalDollars: "67.200000", body: { side: "buy" } });
    expect(draft).not.toHaveProperty("order");
    expect(scene.sim.state.orders).toEqual([]);
    await placeOrder(scene.sfc, twoNodes(scene, { node_count: 1 }), job);
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test.each<["buy" | "sell", { quoted?: object; [member: string]: unknown }]>([
    ["buy", { type: "pending", post_order_body: undefined }],
    ["buy", { type: "available", post_order_body: null }],
    ["buy", { type: "available", post_order_body: { allocation_schedule_delta: 7 } }],
    ["sell", { type: "available", fee: {} }],
    ["sell", { type: "available", fee: { flat_dollars_per_node_hour: "0.01", percentage_bps: "1 %" } }],
    ["buy", { quoted: { limit_price_dollars_per_node_hour: undefined } }],
    ["buy", { quoted: { limit_price_dollars_per_node_hour: "cheap" } }],
    ["buy", { quoted: { instance_sku: null } }],
  ])("throws a DecodeError for a quote of a %s that cannot be parsed: %j", async (side, changed) => {
    const scene = await stage();
    const fetch: Fetch = async (url, init) => {
      const response = await globalThis.fetch(url, init);
      if (!url.endsWith("/order_preview")) return response;
      const preview = (await response.json()) as { post_order_body: object };
      const post_order_body = { ...preview.post_order_body, ...changed.quoted };
      return Response.json({ ...preview, post_order_body, ...changed });
    };
    const options = side === "buy" ? job : { intent: "idle", minProceeds: "1" };
    const limit = side === "sell" ? { limit_price_dollars_per_node_hour: "10" } : {};
    const plan = { ...twoNodes(scene), side, ...limit } as BuyPlan;
    expect(await errorOf(placeOrder(clientOf(scene.sim, fetch), plan, options as typeof job))).toMatchObject({
      name: "DecodeError",
      message: "the quote cannot be read.",
    });
    expect(scene.sim.state.orders).toEqual([]);
  });

  test("uses the plan as it was at the call", async () => {
    const scene = await stage();
    const bodies: string[] = [];
    const fetch: Fetch = (url, init) => {
      if (init.method === "POST") bodies.push(String(init.body));
      return globalThis.fetch(url, init);
    };
    const plan = { ...twoNodes(scene), requirements: { accelerator: ["h100"] } };
    const placed = placeOrder(clientOf(scene.sim, fetch), plan, job);
    plan.node_count = 9;
    plan.requirements.accelerator[0] = "none";
    await placed;
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([
      { node_count: 2, requirements: { accelerator: ["h100"] } },
      { allocation_schedule_delta: [{ node_count: 2 }] },
    ]);
  });

  test("rounds a buyer's limit down to the grid", async () => {
    const scene = await stage();
    const plan = twoNodes(scene, { limit_price_dollars_per_node_hour: "17.00009" });
    const { body } = await placeOrder(scene.sfc, plan, job);
    expect(body.limit_price_dollars_per_node_hour).toBe("17.000040");
  });

  test("rounds a seller's limit up, and compares the proceeds after the fee with minProceeds", async () => {
    const scene = await stage();
    const sale = { ...twoNodes(scene), side: "sell", limit_price_dollars_per_node_hour: "10.00001" } as const;
    const { order, totalDollars } = await placeOrder(scene.sfc, sale, { intent: "idle", minProceeds: "39" });
    expect(order).toMatchObject({ side: "sell", limit_price_dollars_per_node_hour: "10.00002" });
    // 4 node-hours at $10.00002, minus $0.01 per node-hour and 1 % of the total.
    expect(totalDollars).toBe("39.560079");
    const dearer = placeOrder(scene.sfc, sale, { intent: "idle-2", minProceeds: "39.56008" });
    await expect(dearer).rejects.toMatchObject({ name: "SpendLimitError" });
  });

  test("states why there is no quote, and places nothing", async () => {
    const scene = await stage();
    const plan = twoNodes(scene, { requirements: { accelerator: ["abacus"] } });
    await expect(placeOrder(scene.sfc, plan, job)).rejects.toMatchObject({
      name: "QuoteError",
      reason: "no_matching_instance_skus",
    });
    expect(operationsOf(scene.sim)).not.toContain("create_order");
  });

  test("ignores a quote that does not fit, and its fee, when the plan has a SKU and a limit", async () => {
    const scene = await stage();
    const instance_sku = scene.sim.state.instanceSkus[1]?.id;
    const plan = twoNodes(scene, { instance_sku, limit_price_dollars_per_node_hour: "20" });
    await expect(placeOrder(scene.sfc, plan, job)).resolves.toMatchObject({
      totalDollars: "79.999920",
      body: { instance_sku },
    });
  });

  test("refuses a quote for a SKU other than that of the plan", async () => {
    const scene = await stage();
    const other = scene.sim.state.instanceSkus[1]?.id;
    await expect(placeOrder(scene.sfc, twoNodes(scene, { instance_sku: other }), job)).rejects.toMatchObject({
      reason: "not_as_asked",
    });
    expect(scene.sim.state.orders).toEqual([]);
  });

  test("requires no quote for a plan with a SKU and a limit", async () => {
    const scene = await stage();
    const [sku] = scene.sim.state.instanceSkus;
    const plan = twoNodes(scene, {
      node_count: 500,
      instance_sku: sku?.id,
      limit_price_dollars_per_node_hour: "0.06",
      allow_standing: true,
    });
    const { order, totalDollars } = await placeOrder(scene.sfc, plan, job);
    expect(order.allow_standing).toBe(true);
    expect(totalDollars).toBe("60.000000");
  });

  test("never sends the placeholder pool of a quote", async () => {
    const scene = await stage();
    const sent: OrderCreate[] = [];
    const preview = async () => ({
      type: "quoted",
      fee: { flat_dollars_per_node_hour: "0.00", percentage_bps: 0 },
      post_order_body: {
        pool: "pool_placeholder",
        side: "buy",
        instance_sku: "isku_1",
        allocation_schedule_delta: [{ start_at: inAnHour(scene), end_at: inAnHour(scene) + 7_200, node_count: 2 }],
        limit_price_dollars_per_node_hour: "1.2",
      },
    });
    const create = async (body: OrderCreate) => {
      sent.push(body);
      return {
        ...body,
        id: "ordr_1",
        pool: { id: body.pool },
        instance_sku: { id: body.instance_sku },
        allow_standing: false,
      };
    };
    const list = () => scene.sfc.orders.list();
    const sfc = { ...scene.sfc, orders: { list, preview, create } } as unknown as typeof scene.sfc;
    await placeOrder(sfc, twoNodes(scene, { pool: "pool_mine" }), job);
    expect(sent.map(({ pool }) => pool)).toEqual(["pool_mine"]);
  });

  test.each([
    ["start_at", { start_at: 1_785_225_601 }],
    ["duration_seconds", { duration_seconds: 90 }],
    ["duration_seconds", { duration_seconds: 0 }],
    ["node_count", { node_count: 0 }],
    ["node_count", { node_count: 1.5 }],
    ["limit_price_dollars_per_node_hour", { limit_price_dollars_per_node_hour: "-1.0" }],
  ])("refuses a plan whose %s is invalid: %o", async (field, more) => {
    const scene = await stage();
    await expect(placeOrder(scene.sfc, twoNodes(scene, more), job)).rejects.toMatchObject({
      name: "UsageError",
      field: `plan.${field}`,
    });
    expect(operationsOf(scene.sim)).not.toContain("create_order");
  });

  test("refuses a buy without maxSpend, a sale with it, and an empty intent, before anything is sent", async () => {
    const scene = await stage();
    const plan = twoNodes(scene);
    const wrong = [
      placeOrder(scene.sfc, plan, { intent: "a" } as typeof job),
      placeOrder(scene.sfc, { ...plan, side: "sell" }, { intent: "a", maxSpend: "1" } as { intent: string }),
      placeOrder(scene.sfc, plan, { ...job, intent: "" }),
      placeOrder(scene.sfc, plan, { ...job, maxSpend: "1e9" }),
    ];
    for (const call of wrong) await expect(call).rejects.toMatchObject({ name: "UsageError" });
    expect(scene.sim.requests).toEqual([]);
  });
});

describe("placing the same intent again", () => {
  /** Another account buys the cheap nodes. */
  function moveMarket({ sim }: Stage): void {
    sim.placeMarketOrder({
      side: "buy",
      sku: "richmond",
      nodes: 16,
      price: "17.000000",
      fromHours: 0,
      untilHours: 336,
    });
    sim.advance({ minutes: 1 });
  }

  test("returns the placed order in the same process, although the market has moved", async () => {
    const scene = await stage();
    const plan = twoNodes(scene);
    const first = await placeOrder(scene.sfc, plan, job);
    moveMarket(scene);
    const second = await placeOrder(scene.sfc, plan, job);
    expect(second.order.id).toBe(first.order.id);
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test("returns the placed order in another process, although the quote has changed", async () => {
    const scene = await stage();
    const plan = twoNodes(scene);
    const first = await placeOrder(scene.sfc, plan, job);
    moveMarket(scene);
    const second = await placeOrder(clientOf(scene.sim), plan, job);
    expect(second.order.id).toBe(first.order.id);
    expect([second.body, second.totalDollars]).toEqual([first.body, first.totalDollars]);
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test("returns the order of a plan with SKU and limit in another process, even when the market is empty", async () => {
    const scene = await stage();
    const instance_sku = scene.sim.state.instanceSkus[0]?.id;
    const plan = twoNodes(scene, { node_count: 48, instance_sku, limit_price_dollars_per_node_hour: "20" });
    const rich = { ...job, maxSpend: "2000" };
    const first = await placeOrder(scene.sfc, plan, rich);
    scene.sim.advance({ minutes: 1 });
    const second = await placeOrder(clientOf(scene.sim), plan, rich);
    expect(second.order.id).toBe(first.order.id);
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test.each([
    ["allocation_schedule_delta", { node_count: 1 }],
    ["allocation_schedule_delta", { duration_seconds: 3_600 }],
    ["pool", { pool: "sfc:pool:acme:default:spare" }],
    ["limit_price_dollars_per_node_hour", { limit_price_dollars_per_node_hour: "17.1" }],
    ["allow_standing", { allow_standing: true }],
    ["allow_partial", { allow_partial: true }],
  ])("throws an error with the older order when that differs in %s", async (field, more) => {
    const scene = await stage();
    const first = await placeOrder(scene.sfc, twoNodes(scene), job);
    const error = await errorOf(placeOrder(clientOf(scene.sim), twoNodes(scene, more), job));
    expect(error).toMatchObject({ name: "OrderMismatchError", orderId: first.order.id, differences: [field] });
    expect((error as { order: Order }).order.id).toBe(first.order.id);
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test("throws when the older order may cost more than the current limit", async () => {
    const scene = await stage();
    await placeOrder(scene.sfc, twoNodes(scene, { limit_price_dollars_per_node_hour: "20" }), job);
    const now = placeOrder(clientOf(scene.sim), twoNodes(scene), { ...job, maxSpend: "70" });
    await expect(now).rejects.toMatchObject({
      name: "OrderMismatchError",
      differences: ["limit_price_dollars_per_node_hour"],
      message: expect.stringMatching(
        /^the service returned order ordr_\S+, whose total of \$79\.999920 is outside of your limits\. It /,
      ),
    });
  });

  test("refuses a time in milliseconds and names the unit", async () => {
    const scene = await stage();
    const plan = twoNodes(scene, { start_at: inAnHour(scene) * 1_000 });
    await expect(placeOrder(scene.sfc, plan, job)).rejects.toMatchObject({
      message: "plan.start_at: must be Unix seconds (not milliseconds) on a whole minute",
    });
    expect(scene.sim.requests).toEqual([]);
  });

  test("is refused before anything is sent when this process used the intent with another plan", async () => {
    const scene = await stage();
    await placeOrder(scene.sfc, twoNodes(scene), job);
    const again = placeOrder(scene.sfc, twoNodes(scene, { node_count: 1 }), job);
    await expect(again).rejects.toMatchObject({ name: "UsageError", field: "options.intent" });
  });

  test("places a second order for a second intent", async () => {
    const scene = await stage();
    await placeOrder(scene.sfc, twoNodes(scene), job);
    await placeOrder(scene.sfc, twoNodes(scene), { ...job, intent: "Auftrag Nr. 18 für Ada" });
    expect(scene.sim.state.orders).toHaveLength(2);
  });
});

describe("under faults, one order and no more:", () => {
  describe.each(faultMatrix)("%s", (_, fault) => {
    test.each([
      ["at the first attempt", 1],
      ["at every attempt", undefined],
    ] as const)("%s", async (_when, nth) => {
      const scene = await stage();
      const plan = twoNodes(scene);
      const struck = scene.sim.faults.add({ operation: "create_order", ...(nth && { nth }), fault });
      const first = await placeOrder(scene.sfc, plan, job).catch((error: unknown) => error);
      expect(struck.struck).toBeGreaterThan(0);
      expect(scene.sim.state.orders.length).toBeLessThanOrEqual(1);
      struck.remove();
      const { order } = await placeOrder(clientOf(scene.sim), plan, job);
      expect(scene.sim.state.orders.map(({ id }) => id)).toEqual([order.id]);
      expect(first).toSatisfy((it) => it instanceof Error || (it as { order: Order }).order.id === order.id);
    });
  });

  test("the order is placed and the response never arrives", async () => {
    const scene = await stage();
    const { order } = await placeOrder(clientWithoutResponse(scene.sim, "/orders"), twoNodes(scene), job);
    expect(scene.sim.state.orders.map(({ id }) => id)).toEqual([order.id]);
  });

  test.each(["before", "after"] as const)(
    "the process is killed %s the order is placed and restarted",
    async (when) => {
      const scene = await stage();
      const plan = twoNodes(scene);
      const { fetch, died } = killedAt(scene.sim, { method: "POST", path: /\/orders$/, when });
      await untilKilled(died, placeOrder(clientOf(scene.sim, fetch), plan, job));
      const { order } = await placeOrder(clientOf(scene.sim), plan, job);
      expect(scene.sim.state.orders.map(({ id }) => id)).toEqual([order.id]);
    },
  );
});
