import fc from "fast-check";
import { expect } from "vitest";
import type { OrderCreate } from "../../../src/index.js";
import { checkInvariants, checkNoneWaits } from "./invariants.js";
import { choose, type Market, type Memory, outcome, priorities } from "./market.js";
import { isOpen, minuteOf, refusalOf } from "./means.js";

type Command = fc.AsyncCommand<Memory, Market>;

/** A step that is always allowed. Its expected result depends on the state in which it runs. */
function step(name: string, run: (market: Market, memory: Memory) => Promise<void>): Command {
  return {
    check: () => true,
    async run(memory, market) {
      await run(market, memory);
      memory.steps += 1;
      checkInvariants(market, memory);
    },
    toString: () => name,
  };
}

const any = fc.noBias(fc.nat({ max: 1000 }));
/** Mostly the first pool and SKU, which have nodes and a market from the start. */
const mostlyFirst = any.map((number) => (number < 700 ? 0 : number));
const nodes = fc.noBias(fc.integer({ min: 1, max: 5 }));
/** The start and the length of a time range, in half hours from now. */
const slots = fc.noBias(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 3, max: 8 })));
const side = fc.constantFrom("buy" as const, "sell" as const);
/** The market sells from 16.80 and buys up to 12.00. */
const price = fc.constantFrom("9.000000", "12.000000", "14.400000", "16.800000", "22.000020");
const key = fc.constantFrom("key-1", "key-2", "key-3", "key-4");

const createInstance = fc.tuple(mostlyFirst, mostlyFirst, any).map(([pool, sku, level]) =>
  step(`create instance ${pool} ${sku} ${level}`, async (market, memory) => {
    const made = await market.sfc.instances.create({
      pool: choose(market.pools(), pool) ?? "",
      instance_sku: choose(market.skus, sku) ?? "",
      image: market.image,
      priority_level: choose(priorities, level) ?? null,
    });
    expect(made.status).toBe("awaiting_allocation");
    memory.created += 1;
  }),
);

const terminateInstance = any.map((which) =>
  step(`terminate instance ${which}`, async (market) => {
    const instance = choose(market.instances(), which);
    if (instance === undefined) return;
    const result = await outcome(market.sfc.instances.terminate(instance.id));
    expect(result).toMatchObject(
      instance.status === "terminated" ? { refused: 404 } : { ok: { status: "terminated" } },
    );
  }),
);

const deleteInstance = any.map((which) =>
  step(`delete instance ${which}`, async (market, memory) => {
    const instance = choose(market.instances(), which);
    if (instance === undefined) return;
    const result = await outcome(market.sfc.instances.delete(instance.id));
    expect(result).toEqual(instance.status === "terminated" ? { ok: undefined } : { refused: 409 });
    if (instance.status === "terminated") memory.deleted += 1;
  }),
);

/** With one invalid entry, nothing may change. Without one, every entry must be applied. */
const batchUpdate = fc
  .tuple(fc.array(any, { minLength: 1, maxLength: 6 }), any, fc.boolean())
  .map(([picks, level, bad]) =>
    step(`batch update ${picks} ${level} ${bad}`, async (market) => {
      const before = market.instances();
      const priority_level = choose(priorities, level) ?? "normal";
      const entries = picks.flatMap((pick) => choose(before, pick) ?? []).map(({ id }) => ({ id, priority_level }));
      if (entries.length === 0) return;
      const workspaces = new Set(entries.map(({ id }) => before.find((row) => row.id === id)?.workspace_id));
      const data = bad ? [...entries, { id: "inst_nobody", priority_level }] : entries;
      const result = await outcome(market.sfc.instances.batchUpdate({ data }));
      const fails = bad || workspaces.size > 1;
      expect("refused" in result).toBe(fails);
      const asked = new Set(entries.map(({ id }) => id));
      for (const [index, row] of market.instances().entries()) {
        const changed = !fails && asked.has(row.id);
        expect(row.priority_level).toBe(changed ? priority_level : before[index]?.priority_level);
      }
    }),
  );

/** Uses a key for the first time, or repeats its first request exactly, which must return the same id. */
async function withKey(
  memory: Memory,
  name: string,
  send: (idempotencyKey: string) => PromiseLike<{ id: string }>,
): Promise<"new" | "repeated" | { refused: number }> {
  const known = memory.keys.get(name);
  if (known !== undefined) {
    expect((await known.repeat()).id).toBe(known.id);
    return "repeated";
  }
  // The client refuses a key that was used with another body, even in a refused request. The step's number makes each first use a different key.
  const idempotencyKey = `${name}/${memory.steps}`;
  const result = await outcome(send(idempotencyKey));
  if ("refused" in result) return result;
  memory.keys.set(name, { id: result.ok.id, repeat: () => send(idempotencyKey) });
  return "new";
}

const replaceInstance = fc.tuple(any, key).map(([which, name]) =>
  step(`replace instance ${which} ${name}`, async (market, memory) => {
    const old = choose(market.instances(), which);
    if (old === undefined) return;
    const { image } = market;
    const how = await withKey(memory, `replace/${name}`, (idempotencyKey) =>
      market.sfc.instances.replace(old.id, { image }, { idempotencyKey }),
    );
    if (how === "repeated") return;
    expect(how).toEqual(old.status === "terminated" ? { refused: 404 } : "new");
    if (how !== "new") return;
    memory.created += 1;
    expect(market.instances().find(({ id }) => id === old.id)?.status).toBe("terminated");
  }),
);

const order = fc.record({
  side,
  pool: mostlyFirst,
  sku: mostlyFirst,
  slots,
  nodes,
  price,
  allow_standing: fc.boolean(),
  allow_partial: fc.boolean(),
});

const placeOrder = fc.tuple(order, fc.option(key, { freq: 1 })).map(([choice, name]) =>
  step(`place order ${JSON.stringify(choice)} ${name}`, async (market, memory) => {
    const { pool, sku, slots: span, nodes: node_count, price: limit, ...rest } = choice;
    const [from, length] = span;
    const body: OrderCreate = {
      ...rest,
      pool: choose(market.pools(), pool) ?? "",
      instance_sku: choose(market.skus, sku) ?? "",
      allocation_schedule_delta: [{ start_at: market.slot(from), end_at: market.slot(from + length), node_count }],
      limit_price_dollars_per_node_hour: limit,
    };
    const { state, now } = market.simulator;
    const before = state.orders.length;
    // Money and nodes that open orders hold are not available. The result must match the test's own computation.
    const refused = refusalOf(body, state, minuteOf(now));
    const how = await place(market, memory, body, name);
    if (how !== "repeated") expect(how).toEqual(refused === undefined ? "new" : { refused });
    expect(market.orders()).toHaveLength(before + (how === "new" ? 1 : 0));
    if (refused === 402 && how !== "repeated") memory.unpaid += 1;
  }),
);

async function place({ sfc }: Market, memory: Memory, body: OrderCreate, name: string | null) {
  if (name !== null) {
    return withKey(memory, `order/${name}`, (idempotencyKey) => sfc.orders.create(body, { idempotencyKey }));
  }
  const result = await outcome(sfc.orders.create(body));
  return "ok" in result ? "new" : result;
}

const cancelOrder = any.map((which) =>
  step(`cancel order ${which}`, async (market) => {
    const id = choose(market.orders(), which);
    if (id === undefined) return;
    const { status } = await market.sfc.orders.get(id);
    const open = isOpen({ status });
    expect(await outcome(market.sfc.orders.cancel(id))).toEqual(open ? { ok: undefined } : { refused: 422 });
  }),
);

/** Fills all orders on the other side of the orderbook, now and for the next hours. */
const otherOrder = fc.record({ side, nodes }).map((choice) =>
  step(`another account's order ${JSON.stringify(choice)}`, async ({ simulator }) => {
    const fromHours = Math.floor((simulator.now.getTime() - start) / 60_000) / 60;
    const price = choice.side === "buy" ? "22.000020" : "9.000000";
    simulator.placeMarketOrder({ ...choice, price, sku: "richmond", fromHours, untilHours: fromHours + 6 });
  }),
);
const start = Date.UTC(2026, 6, 28, 8);

const transferNodes = fc
  .tuple(mostlyFirst, any, mostlyFirst, slots, nodes, key)
  .map(([from, to, sku, [first, length], node_count, name]) =>
    step(`transfer ${from} ${to} ${sku} ${first} ${length} ${node_count} ${name}`, async (market, memory) => {
      const pools = market.pools();
      const [from_pool, to_pool] = [choose(pools, from) ?? "", choose(pools, to) ?? ""];
      const body = {
        from_pool,
        to_pool,
        instance_sku: choose(market.skus, sku) ?? "",
        allocation_schedule_delta: [{ start_at: market.slot(first), end_at: market.slot(first + length), node_count }],
      };
      const how = await withKey(memory, `transfer/${name}`, (idempotencyKey) =>
        market.sfc.poolTransfers.create(body, { idempotencyKey }),
      );
      if (how !== "repeated") expect(how).toEqual(from_pool === to_pool ? { refused: 422 } : "new");
    }),
  );

const createPool = fc.constantFrom("default", "research").map((name) =>
  step(`create pool in ${name}`, async (market) => {
    if (market.pools().length >= 6) return;
    const made = await market.sfc.pools.create({ workspace: `sfc:workspace:acme:${name}` });
    expect(market.pools()).toContain(made.id);
  }),
);

const deletePool = any.map((which) =>
  step(`delete pool ${which}`, async (market) => {
    const id = choose(market.pools(), which) ?? "";
    const result = await outcome(market.sfc.pools.delete(id));
    expect(market.pools().includes(id)).toBe("refused" in result);
    if ("refused" in result) expect(result.refused).toBe(422);
  }),
);

/** Mostly so short that standing orders stay on the orderbook, and sometimes so long that allocations end. */
const spans = [
  { seconds: 1 },
  { seconds: 1 },
  { seconds: 1 },
  { seconds: 61 },
  { minutes: 10 },
  { hours: 1 },
  { hours: 11 },
];
const advance = fc.constantFrom(...spans).map((span) =>
  step(`advance ${JSON.stringify(span)}`, async (market) => {
    market.simulator.advance(span);
    checkNoneWaits(market);
  }),
);

export const commands = [
  createInstance,
  createInstance,
  createInstance,
  terminateInstance,
  deleteInstance,
  batchUpdate,
  replaceInstance,
  placeOrder,
  placeOrder,
  placeOrder,
  placeOrder,
  cancelOrder,
  otherOrder,
  otherOrder,
  placeOrder,
  placeOrder,
  transferNodes,
  transferNodes,
  createPool,
  deletePool,
  advance,
  advance,
  advance,
];
