import fc from "fast-check";
import { expect, it } from "vitest";
import { heldMoney, minuteOf, refusalOf } from "../behavior/walk/means.js";
import { micros } from "../behavior/walk/schedules.js";
import { often } from "../support/long.js";
import { instanceBody, orderBody, type Session, session } from "./session.js";

/** What the walk itself remembers: the first result of each key. */
interface Model {
  readonly keys: Map<string, string>;
  commands: number;
}

interface Real {
  readonly s: Session;
}

/** Executes one step, and then checks the invariants. */
class Step implements fc.AsyncCommand<Model, Real> {
  readonly #name: string;
  readonly #act: (s: Session, model: Model) => Promise<void>;

  constructor(name: string, act: (s: Session, model: Model) => Promise<void>) {
    this.#name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, { s }: Real): Promise<void> {
    model.commands += 1;
    await this.#act(s, model);
    expectInvariants(s);
  }

  toString(): string {
    return this.#name;
  }
}

function expectInvariants({ sim }: Session): void {
  const { balances, orders, pools, instances } = sim.state;
  const total = Object.values(balances).reduce((sum, text) => sum + Math.round(Number(text) * 1e6), 0);
  expect(total).toBe(500 * 1e6);
  expect(Number(balances.account)).toBeGreaterThanOrEqual(0);
  expect(heldMoney(orders, minuteOf(sim.now))).toBeLessThanOrEqual(micros(balances.account));
  const now = sim.now.getTime() / 1000;
  for (const pool of pools) {
    const ranges = pool.allocation_schedule.total;
    expect(ranges.every(({ node_count }) => node_count > 0)).toBe(true);
    const nodes =
      ranges.find(({ start_at, end_at }) => start_at <= now && now < (end_at ?? Number.POSITIVE_INFINITY))
        ?.node_count ?? 0;
    const running = instances.filter(({ status, pool: { id } }) => status === "running" && id === pool.id);
    expect(running.length).toBeLessThanOrEqual(nodes);
  }
  expect(new Set(instances.map(({ name, workspace_id }) => `${workspace_id} ${name}`)).size).toBe(instances.length);
}

/** A keyed call always returns the same result for the same key. */
function expectOneResult(model: Model, key: string, id: string): void {
  expect(model.keys.get(key) ?? id).toBe(id);
  model.keys.set(key, id);
}

/** Whether the account and the pool can afford an order in addition to what open orders hold. */
function expectedStatus({ sim }: Session, order: ReturnType<typeof orderBody>): number {
  return refusalOf(order, sim.state, minuteOf(sim.now)) ?? 201;
}

const number = (max: number) => fc.nat({ max });
const poolName = fc.constantFrom("main", "spare");
const key = fc.constantFrom("k1", "k2", "k3");
const level = fc.constantFrom("yield", "normal", "preferred", "critical");
const someInstance = ({ sim }: Session, index: number) =>
  sim.state.instances.at(index % Math.max(1, sim.state.instances.length));

const rent = fc.tuple(poolName, level).map(
  ([pool, priority_level]) =>
    new Step(`rent on ${pool}`, async (s) => {
      expect((await s.post("/instances", instanceBody(s, { pool: s.pool(pool), priority_level }))).status).toBe(201);
    }),
);

const end = fc.tuple(number(50), fc.boolean()).map(
  ([index, remove]) =>
    new Step(`end ${index}`, async (s) => {
      const target = someInstance(s, index);
      if (target === undefined) return;
      const expected = target.status === "terminated" ? 404 : 200;
      expect((await s.post(`/instances/${target.id}/terminate`)).status).toBe(expected);
      if (remove) expect((await s.delete(`/instances/${target.id}`)).status).toBe(204);
    }),
);

const replace = fc.tuple(number(50), key).map(
  ([index, k]) =>
    new Step(`replace ${index} with ${k}`, async (s, model) => {
      const target = someInstance(s, index);
      if (target === undefined) return;
      const { status, body } = await s.post(
        `/instances/${target.id}/replace`,
        { image: s.image("trainer") },
        { key: k },
      );
      if (status === 201) expectOneResult(model, `replace ${k}`, body.id);
      else expect([status, target.status]).toEqual([404, "terminated"]);
    }),
);

const order = fc
  .record({
    pool: poolName,
    side: fc.constantFrom("buy", "sell"),
    from: number(5),
    hours: number(4),
    nodes: number(9),
    price: fc.constantFrom("5.0", "11.0", "17.0", "25.0"),
    standing: fc.boolean(),
    partial: fc.boolean(),
    key,
  })
  .map(
    (o) =>
      new Step(`${o.side} ${o.nodes + 1} at ${o.price} with ${o.key}`, async (s, model) => {
        const order = orderBody(s, {
          pool: s.pool(o.pool),
          side: o.side,
          allocation_schedule_delta: [
            { start_at: s.hour(o.from), end_at: s.hour(o.from + o.hours + 1), node_count: o.nodes + 1 },
          ],
          limit_price_dollars_per_node_hour: o.price,
          allow_standing: o.standing,
          allow_partial: o.partial,
        });
        // A used key returns its first result, whatever the request contains.
        const expected = model.keys.has(`order ${o.key}`) ? 201 : expectedStatus(s, order);
        const { status, body } = await s.post("/orders", order, { key: o.key });
        expect(status).toBe(expected);
        if (status === 201) expectOneResult(model, `order ${o.key}`, body.id);
      }),
  );

const freshOrder = fc.tuple(poolName, fc.constantFrom("buy", "sell"), number(3)).map(
  ([pool, side, nodes]) =>
    new Step(`${side} ${nodes + 1} now`, async (s) => {
      const price = side === "buy" ? "20.0" : "10.0";
      const schedule = [{ start_at: s.hour(0), end_at: s.hour(2), node_count: nodes + 1 }];
      const body = orderBody(s, {
        pool: s.pool(pool),
        side,
        allocation_schedule_delta: schedule,
        limit_price_dollars_per_node_hour: price,
      });
      const expected = expectedStatus(s, body);
      expect((await s.post("/orders", body)).status).toBe(expected);
    }),
);

const cancel = number(50).map(
  (index) =>
    new Step(`cancel ${index}`, async (s) => {
      const target = s.sim.state.orders.at(index % Math.max(1, s.sim.state.orders.length));
      if (target === undefined) return;
      const open = ["pending", "standing", "partially_filled"].includes(target.status);
      expect((await s.delete(`/orders/${target.id}`)).status).toBe(open ? 204 : 422);
    }),
);

const transfer = fc.tuple(number(4), number(3), fc.boolean()).map(
  ([nodes, from, back]) =>
    new Step(`move ${nodes}`, async (s) => {
      const [a, b] = back ? ["spare", "main"] : ["main", "spare"];
      const body = {
        from_pool: s.pool(a ?? ""),
        to_pool: s.pool(b ?? ""),
        instance_sku: s.sku("richmond"),
        allocation_schedule_delta: [{ start_at: s.hour(from), end_at: s.hour(from + 2), node_count: nodes }],
      };
      expect((await s.post("/pool_transfers", body)).status).toBe(202);
    }),
);

const batch = fc.tuple(level, fc.boolean()).map(
  ([priority_level, spoil]) =>
    new Step(`batch to ${priority_level}`, async (s) => {
      const before = s.sim.state.instances.slice(0, 50);
      const data = before.map(({ id }) => ({ id, priority_level }));
      if (spoil) data.push({ id: "inst_unknown", priority_level });
      expect((await s.patch("/instances", { data })).status).toBe(spoil ? 422 : 200);
      const levels = s.sim.state.instances.slice(0, 50).map((row) => row.priority_level);
      expect(levels).toEqual(spoil ? before.map((row) => row.priority_level) : before.map(() => priority_level));
    }),
);

const wait = number(180).map(
  (minutes) => new Step(`wait ${minutes} minutes`, async (s) => s.sim.advance({ minutes, seconds: 1 })),
);

it("never violates an invariant on a random walk", async () => {
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.commands([rent, end, replace, order, freshOrder, cancel, transfer, batch, wait], {
        maxCommands: 120,
        size: "max",
      }),
      async (steps) => {
        // The keys outlive the walk, because a forgotten key may create something new.
        const s = await session({ world: { balance: "500.00" }, assumptions: { keyLifetimeSeconds: 1e9 } });
        const model: Model = { keys: new Map(), commands: 0 };
        await fc.asyncModelRun(() => ({ model, real: { s } }), steps);
        commands += model.commands;
        await s.sim.close();
      },
    ),
    { numRuns: often(6, 24), seed: 20260728, endOnFailure: true },
  );
  expect(commands).toBeGreaterThan(often(250, 1_000));
}, 120_000);
