import { expect, it } from "vitest";
import { defaultAssumptions } from "../../packages/devtools/src/simulator/assumptions.js";
import { KeyMemory } from "../../packages/devtools/src/simulator/http/idempotency.js";
import { makeSimulation } from "../../packages/devtools/src/simulator/make-simulation.js";
import { parseDollars } from "../../packages/devtools/src/simulator/market/money.js";
import type { Simulation } from "../../packages/devtools/src/simulator/simulation.js";
import type { OrderRow } from "../../packages/devtools/src/simulator/storage/rows.js";
import { saveWorld } from "../../packages/devtools/src/simulator/storage/saved-world.js";
import { passTime } from "../../packages/devtools/src/simulator/time/lifecycle.js";

/* Tests advance the clock by days. The work of a simulated day must not grow with the orders of the days before. */

const hourMs = 3_600_000;
const ended = new Set<OrderRow["status"]>(["filled", "rejected", "cancelled"]);

/** A world with a procurement that offers a surplus, which leads to one new order per simulated minute. */
function worldWithSeller(minSell: string): Simulation {
  const sim = makeSimulation({}, new KeyMemory(defaultAssumptions));
  const [pool] = sim.store.pools.all();
  const [sku] = sim.store.skus.all();
  if (pool === undefined || sku === undefined) throw new Error("the default world has a pool and a SKU");
  sim.store.procurements.insert({
    id: "proc_1",
    seq: sim.store.nextSeq(),
    scope: pool.scope,
    name: "seller",
    poolId: pool.id,
    skuId: sku.id,
    target: 1,
    minSell: parseDollars(minSell),
    maxBuy: parseDollars("17.00"),
    windowMinutes: 60,
    enabled: true,
    status: { state: "info", message: "" },
    createdAt: sim.clock.seconds,
    updatedAt: sim.clock.seconds,
  });
  return sim;
}

/** Counts how often the status of an order is read once the order has ended. */
function countReadsOfEnded(sim: Simulation): Map<OrderRow, number> {
  const reads = new Map<OrderRow, number>();
  const insert = sim.store.orders.insert.bind(sim.store.orders);
  sim.store.orders.insert = (row) => {
    let status = row.status;
    Object.defineProperty(row, "status", {
      enumerable: true,
      get() {
        if (ended.has(status)) reads.set(row, (reads.get(row) ?? 0) + 1);
        return status;
      },
      set(value: OrderRow["status"]) {
        status = value;
      },
    });
    return insert(row);
  };
  return reads;
}

it.each([
  ["filled", "10.00"],
  ["cancelled", "19.00"],
])("an order that is %s is not looked at again while time passes", (status, minSell) => {
  const sim = worldWithSeller(minSell);
  const reads = countReadsOfEnded(sim);
  for (let hours = 0; hours < 4; hours++) passTime(sim, sim.clock.ms + hourMs);
  reads.clear();
  const before = sim.store.orders.where((order) => order.status === status);
  expect(before.length).toBeGreaterThan(100);
  reads.clear();
  passTime(sim, sim.clock.ms + hourMs);
  expect(before.filter((order) => reads.has(order)).length).toBe(0);
  // The orders that ended in this hour were noticed once or twice each, and not every minute.
  expect(Math.max(...reads.values())).toBeLessThan(10);
});

it("a restored world and a copy have the same open orders, and no other ones", async () => {
  const sim = worldWithSeller("19.00");
  passTime(sim, sim.clock.ms + 3 * hourMs);
  const ids = ({ orders }: Simulation["store"]) => orders.open().map(({ id }) => id);
  const open = ids(sim.store);
  expect(open).toEqual(sim.store.orders.where(({ status }) => !ended.has(status)).map(({ id }) => id));
  expect(open.length).toBeLessThan(sim.store.orders.size);
  const keys = new KeyMemory(defaultAssumptions);
  const saved = JSON.parse(JSON.stringify(await saveWorld(sim, keys)));
  expect(ids(makeSimulation({}, keys, saved).store)).toEqual(open);
  expect(ids(sim.store.copy())).toEqual(open);
});
