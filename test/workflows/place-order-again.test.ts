import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type { Order } from "../../src/generated/types.js";
import { type BuyPlan, placeOrder, type SellPlan } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { killedAt, untilKilled } from "./faults.js";
import { clientOf, errorOf, operationsOf, type Stage, stage } from "./support.js";

const main = "sfc:pool:acme:default:main";
const job = { intent: "job-17", maxSpend: "100" };

/** The plan of the README, without hardware and without a limit price. */
function openPlan({ sim }: Stage, more: Partial<BuyPlan> = {}): BuyPlan {
  const start_at = sim.now.getTime() / 1000 + 48 * 3_600;
  return { side: "buy", pool: main, start_at, duration_seconds: 7_200, node_count: 2, ...more };
}

const markets: Record<string, (scene: Stage) => void> = {
  /** The price rises from $16.80 to $19.20, which is still within the limit. */
  "has risen": (scene) => takeOffers(scene, 16),
  /** The price rises from $16.80 to $27.60, which is above the limit, on other hardware. */
  "has risen beyond the limit": (scene) => takeOffers(scene, 48),
  "is empty": (scene) => {
    takeOffers(scene, 48);
    scene.sim.placeMarketOrder({
      side: "buy",
      sku: "alameda",
      nodes: 8,
      price: "30.000000",
      fromHours: 0,
      untilHours: 336,
    });
    scene.sim.advance({ minutes: 1 });
  },
  "has fallen": (scene) => {
    const untilHours = 336;
    scene.sim.placeMarketOrder({
      side: "sell",
      sku: "richmond",
      nodes: 8,
      price: "13.000000",
      fromHours: 0,
      untilHours,
    });
    scene.sim.advance({ minutes: 1 });
  },
  "has fallen on other hardware": (scene) => {
    const untilHours = 336;
    scene.sim.placeMarketOrder({ side: "sell", sku: "antares", nodes: 8, price: "2.000000", fromHours: 0, untilHours });
    scene.sim.advance({ minutes: 1 });
  },
};

/** `opened` resolves when `open` is called. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Someone else buys the cheapest nodes. */
function takeOffers({ sim }: Stage, nodes: number): void {
  sim.placeMarketOrder({ side: "buy", sku: "richmond", nodes, price: "20.000000", fromHours: 0, untilHours: 336 });
  sim.advance({ minutes: 1 });
}

/** A process that is killed right after the service has accepted its order. */
async function killedAfterPlacing(scene: Stage, plan: BuyPlan | SellPlan, options: typeof job): Promise<Order> {
  const { fetch, died } = killedAt(scene.sim, { method: "POST", path: /\/orders$/, when: "after" });
  await untilKilled(died, placeOrder(clientOf(scene.sim, fetch), plan as BuyPlan, options));
  expect(scene.sim.state.orders).toHaveLength(1);
  scene.sim.advance({ minutes: 1 });
  return scene.sim.state.orders[0] as Order;
}

describe("a run after a kill finds the order of its intent, although the market", () => {
  describe.each(Object.entries(markets))("%s", (_, move) => {
    test.each([
      ["with an open plan", {}],
      ["with requirements", { requirements: { rdma_type: ["infiniband"] } }],
      ["with a limit price and no SKU", { limit_price_dollars_per_node_hour: "17.0" }],
    ])("%s", async (_plan, more) => {
      const scene = await stage();
      const plan = openPlan(scene, more);
      const order = await killedAfterPlacing(scene, plan, job);
      move(scene);
      const again = await placeOrder(clientOf(scene.sim), plan, job);
      expect(again.order.id).toBe(order.id);
      expect(scene.sim.state.orders).toHaveLength(1);
    });

    test("with a SKU and no limit price", async () => {
      const scene = await stage();
      const plan = openPlan(scene, { instance_sku: scene.sim.state.instanceSkus[0]?.id });
      const order = await killedAfterPlacing(scene, plan, job);
      move(scene);
      const again = await placeOrder(clientOf(scene.sim), plan, job);
      expect(again.order.id).toBe(order.id);
      expect(scene.sim.state.orders).toHaveLength(1);
    });

    test("has other prices now, and returns the cost of that order, not of a new one", async () => {
      const scene = await stage();
      const plan = openPlan(scene);
      await killedAfterPlacing(scene, plan, job);
      move(scene);
      const { body, totalDollars } = await placeOrder(clientOf(scene.sim), plan, job);
      expect(totalDollars).toBe("67.200000");
      expect(body).toMatchObject({
        instance_sku: scene.sim.state.instanceSkus[0]?.id,
        limit_price_dollars_per_node_hour: "16.800000",
      });
    });
  });

  test("has no bids left for the sold nodes", async () => {
    const scene = await stage();
    const requirements = { accelerator: ["h100"] };
    const plan: SellPlan = { ...openPlan(scene), side: "sell", node_count: 4, requirements };
    const options = { intent: "idle", minProceeds: "80" } as unknown as typeof job;
    const order = await killedAfterPlacing(scene, plan, options);
    scene.sim.placeMarketOrder({
      side: "sell",
      sku: "richmond",
      nodes: 32,
      price: "1.0",
      fromHours: 0,
      untilHours: 720,
    });
    scene.sim.advance({ minutes: 1 });
    const again = await placeOrder(clientOf(scene.sim), plan, { intent: "idle", minProceeds: "80" });
    expect(again.order.id).toBe(order.id);
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test.each([400, 409, 422] as const)(
    "moved up, on a service that refuses another body with a %i",
    async (keyMismatch) => {
      const scene = await stage({ assumptions: { keyMismatch } });
      const plan = openPlan(scene);
      const order = await killedAfterPlacing(scene, plan, job);
      takeOffers(scene, 16);
      const again = await placeOrder(clientOf(scene.sim), plan, job);
      expect(again).toMatchObject({ order: { id: order.id }, totalDollars: "67.200000" });
      expect(scene.sim.state.orders).toHaveLength(1);
    },
  );

  test("moved up, on such a service, and when the key belongs to another order, the error is ambiguous", async () => {
    const scene = await stage({ assumptions: { keyMismatch: 409 } });
    await placeOrder(scene.sfc, openPlan(scene, { node_count: 1 }), job);
    takeOffers(scene, 16);
    const error = await errorOf(placeOrder(clientOf(scene.sim), openPlan(scene), job));
    expect(error).toMatchObject({ name: "OrderUncertainError", ambiguous: true, idempotencyKey: "order:job-17" });
    expect(scene.sim.state.orders).toHaveLength(1);
  });
});

describe("a call with the same intent from a client of withOptions, which knows the key but not the draft", () => {
  const lostOnce = (when: "before" | "after") => ({
    operation: "create_order" as const,
    fault: { kind: "reset" as const, when },
    times: 1,
  });

  test("returns the order whose response was lost, although the market has risen", async () => {
    const scene = await stage();
    const plan = openPlan(scene);
    const sfc = scene.sfc.withOptions({ maxRetries: 0 });
    scene.sim.faults.add(lostOnce("after"));
    expect(await errorOf(placeOrder(sfc, plan, job))).toMatchObject({ name: "ConnectionError", ambiguous: true });
    takeOffers(scene, 16);
    const again = await placeOrder(sfc.withOptions({ timeoutMs: 9_000 }), plan, job);
    expect(again).toMatchObject({ order: { id: scene.sim.state.orders[0]?.id }, totalDollars: "67.200000" });
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test("names the intent in the advice of an ambiguous error, and not the key that the caller did not choose", async () => {
    const scene = await stage();
    const plan = openPlan(scene);
    scene.sim.faults.add(lostOnce("after"));
    const error = await errorOf(placeOrder(scene.sfc.withOptions({ maxRetries: 0 }), plan, job));
    expect(error).toMatchObject({ ambiguous: true, idempotencyKey: "order:job-17" });
    const { message } = error as Error;
    expect(message).toContain("Call again with the same intent and plan to get the first result.");
    expect(inspect(error)).toContain(message);
    expect(message).not.toContain("idempotencyKey");
  });

  test("is ambiguous after a request that never arrived, and the first client can still place the order", async () => {
    const scene = await stage();
    const plan = openPlan(scene);
    const sfc = scene.sfc.withOptions({ maxRetries: 0 });
    scene.sim.faults.add(lostOnce("before"));
    await errorOf(placeOrder(sfc, plan, job));
    takeOffers(scene, 16);
    const error = await errorOf(placeOrder(sfc.withOptions({ timeoutMs: 9_000 }), plan, job));
    expect(error).toMatchObject({ name: "OrderUncertainError", ambiguous: true, idempotencyKey: "order:job-17" });
    expect(String(error)).toContain("this client has seen this intent's key with a different request");
    const placed = await placeOrder(sfc, plan, job);
    expect(placed.body.limit_price_dollars_per_node_hour).toBe("16.800000");
    expect(scene.sim.state.orders).toHaveLength(1);
  });
});

test("of two concurrent calls at two prices, the first to send keeps its body, also when its response is lost", async () => {
  const scene = await stage();
  const plan = openPlan(scene);
  const [sent, lost] = [gate(), gate()];
  let previews = 0;
  let orders = 0;
  const fetch: Fetch = async (url, init) => {
    if (url.endsWith("/order_preview") && ++previews === 2) {
      await sent.opened;
      takeOffers(scene, 16);
    }
    if (!url.endsWith("/orders") || init.method !== "POST" || ++orders > 1) return globalThis.fetch(url, init);
    sent.open();
    await lost.opened;
    throw new TypeError("fetch failed");
  };
  const sfc = clientOf(scene.sim, fetch).withOptions({ maxRetries: 0 });
  const calls = [errorOf(placeOrder(sfc, plan, job)), errorOf(placeOrder(sfc, plan, job))];
  expect(await Promise.race(calls)).toMatchObject({ name: "OrderUncertainError", ambiguous: true });
  lost.open();
  expect(await Promise.all(calls)).toContainEqual(expect.objectContaining({ name: "ConnectionError" }));
  const again = await placeOrder(sfc, plan, job);
  expect(again.body.limit_price_dollars_per_node_hour).toBe("16.800000");
  expect(scene.sim.state.orders).toHaveLength(1);
});

describe("when no order can be placed", () => {
  test("the error states only what is known: this call placed nothing, and no order fits", async () => {
    const scene = await stage();
    const plan = openPlan(scene);
    const tooDear = await errorOf(placeOrder(scene.sfc, plan, { ...job, maxSpend: "10" }));
    expect(tooDear).toMatchObject({ name: "SpendLimitError", ambiguous: false });
    expect((tooDear as Error).message).toMatch(
      /This call placed nothing, and no open or filled order that fits the plan is listed/,
    );
    const none = await errorOf(placeOrder(scene.sfc, openPlan(scene, { node_count: 400 }), job));
    expect(none).toMatchObject({ name: "QuoteError", ambiguous: false });
    expect((none as Error).message).toMatch(
      /This call placed nothing, and no open or filled order that fits the plan is listed/,
    );
    expect(operationsOf(scene.sim)).not.toContain("create_order");
  });

  test("the error is ambiguous when the token may not list orders", async () => {
    const scene = await stage();
    scene.sim.faults.add({ operation: "list_orders", fault: { kind: "answer", status: 403 } });
    const error = await errorOf(placeOrder(scene.sfc, openPlan(scene), { ...job, maxSpend: "10" }));
    expect(error).toMatchObject({ name: "SpendLimitError", ambiguous: true });
    expect((error as Error).message).not.toMatch(/nothing was placed/i);
    await expect(placeOrder(scene.sfc, openPlan(scene), job)).resolves.toMatchObject({ totalDollars: "67.200000" });
  });

  test("the error is ambiguous and names the order that fits when that order may cost more than the current limit", async () => {
    const scene = await stage();
    const plan = openPlan(scene);
    const order = await killedAfterPlacing(scene, plan, job);
    const error = await errorOf(placeOrder(clientOf(scene.sim), plan, { ...job, maxSpend: "60" }));
    expect(error).toMatchObject({ name: "SpendLimitError", ambiguous: true });
    expect((error as Error).message).toContain(order.id);
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test("the error does not state that nothing was placed in the same process either", async () => {
    const scene = await stage();
    const plan = openPlan(scene);
    const { order } = await placeOrder(scene.sfc, plan, job);
    const error = await errorOf(placeOrder(scene.sfc, plan, { ...job, maxSpend: "60" }));
    expect(error).toMatchObject({ name: "OrderMismatchError", orderId: order.id });
  });

  test("an order that was cancelled without a fill does not count, and another intent is not used up", async () => {
    const scene = await stage();
    const plan = openPlan(scene);
    const body = {
      pool: main,
      side: "buy" as const,
      instance_sku: scene.sim.state.instanceSkus[0]?.id ?? "",
      allocation_schedule_delta: [{ start_at: plan.start_at, end_at: plan.start_at + 7_200, node_count: 2 }],
      limit_price_dollars_per_node_hour: "1.000000",
    };
    await scene.sfc.orders.create(body);
    scene.sim.advance({ minutes: 1 });
    expect(scene.sim.state.orders.map(({ status }) => status)).toEqual(["cancelled"]);
    takeOffers(scene, 48);
    await expect(placeOrder(scene.sfc, plan, job)).rejects.toMatchObject({ name: "SpendLimitError", ambiguous: false });
    expect(scene.sim.state.orders).toHaveLength(1);
  });
});

describe("an order that cannot be read", () => {
  test.each([
    ["pool", {}],
    ["limit_price_dollars_per_node_hour", { limit_price_dollars_per_node_hour: "cheap" }],
    ["limit_price_dollars_per_node_hour", { limit_price_dollars_per_node_hour: "16.80000001" }],
    ["instance_sku", { instance_sku: null }],
    ["allocation_schedule_delta", { allocation_schedule_delta: {} }],
  ])("is still on the error, with %s among the differences", async (field, more) => {
    const scene = await stage();
    const changed = Object.keys(more).length === 0 ? { pool: undefined } : more;
    const body = async (url: string, init: RequestInit) => {
      const response = await globalThis.fetch(url, init);
      if (init.method !== "POST" || !url.endsWith("/orders")) return response;
      return Response.json({ ...((await response.json()) as object), ...changed }, { status: 201 });
    };
    const error = await errorOf(placeOrder(clientOf(scene.sim, body), openPlan(scene), job));
    expect(error).toMatchObject({ name: "OrderMismatchError", differences: [field] });
    expect((error as { orderId: string }).orderId).toBe(scene.sim.state.orders[0]?.id);
  });
});

describe("a list of orders that cannot be read", () => {
  test.each([
    ["null in place of an order", [null]],
    ["a schedule that is not a list", [{ allocation_schedule_delta: 7 }]],
    ["null in place of a range", [{ allocation_schedule_delta: [null] }]],
  ])("is a DecodeError, and nothing is bought: %s", async (_, data) => {
    const scene = await stage();
    const fetch = async (url: string, init: RequestInit) =>
      url.includes("/orders?") ? Response.json({ data, has_more: false }) : globalThis.fetch(url, init);
    expect(await errorOf(placeOrder(clientOf(scene.sim, fetch), openPlan(scene), job))).toMatchObject({
      name: "DecodeError",
      message: "the list of orders cannot be read.",
      ambiguous: false,
    });
    expect(scene.sim.state.orders).toEqual([]);
  });
});

describe("when the service has forgotten the key", () => {
  const forgetful = { assumptions: { keyLifetimeSeconds: 24 * 3_600 } };

  test("the same intent buys nothing more in another process, and the error names the order that fits the plan", async () => {
    const scene = await stage(forgetful);
    const plan = openPlan(scene);
    const order = await killedAfterPlacing(scene, plan, job);
    scene.sim.advance({ hours: 25 });
    const error = await errorOf(placeOrder(clientOf(scene.sim), plan, job));
    expect(error).toMatchObject({ name: "OrderUncertainError", ambiguous: true, intent: "job-17" });
    expect((error as { orders: Order[] }).orders.map(({ id }) => id)).toEqual([order.id]);
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test("the same intent returns its order in the same process, and buys nothing more", async () => {
    const scene = await stage(forgetful);
    const plan = openPlan(scene);
    const { order } = await placeOrder(scene.sfc, plan, job);
    scene.sim.advance({ hours: 25 });
    const again = await placeOrder(scene.sfc, plan, job);
    expect(again.order).toMatchObject({ id: order.id, status: "filled" });
    expect(scene.sim.state.orders).toHaveLength(1);
  });

  test("an order that is known to belong to another intent does not prevent the purchase", async () => {
    const scene = await stage(forgetful);
    const plan = openPlan(scene);
    const order = await killedAfterPlacing(scene, plan, job);
    scene.sim.advance({ hours: 25 });
    const other = await placeOrder(clientOf(scene.sim), plan, { ...job, intent: "job-18", besides: [order.id] });
    expect(other.order.id).not.toBe(order.id);
    expect(scene.sim.state.orders).toHaveLength(2);
  });
});
