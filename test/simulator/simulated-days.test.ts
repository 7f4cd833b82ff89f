import { expect, it } from "vitest";
import { defaultAssumptions } from "../../packages/devtools/src/simulator/assumptions.js";
import { KeyMemory } from "../../packages/devtools/src/simulator/http/idempotency.js";
import { makeSimulation } from "../../packages/devtools/src/simulator/make-simulation.js";
import { parseDollars } from "../../packages/devtools/src/simulator/market/money.js";
import type { Simulation } from "../../packages/devtools/src/simulator/simulation.js";
import { saveWorld } from "../../packages/devtools/src/simulator/storage/saved-world.js";
import type { Row, Table } from "../../packages/devtools/src/simulator/storage/table.js";
import { passTime } from "../../packages/devtools/src/simulator/time/lifecycle.js";

/* Tests advance the clock by days. The work of a simulated day must not grow with the orders of the days before. */

const hourMs = 3_600_000;
const ended: ReadonlySet<string> = new Set(["filled", "rejected", "cancelled"]);

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

/** A world with a deployment of an image whose bytes are damaged, so that each of its instances fails and is replaced. */
function worldWithFailingInstances(): Simulation {
  const sim = makeSimulation({}, new KeyMemory(defaultAssumptions));
  const [pool] = sim.store.pools.all();
  const [sku] = sim.store.skus.all();
  const image = sim.store.images.all().find(({ name }) => name === "trainer");
  if (pool === undefined || sku === undefined || image === undefined)
    throw new Error("the default world has all three");
  Object.assign(image, { sha256: "0".repeat(64), actualSha256: "1".repeat(64) });
  const common = { scope: pool.scope, createdAt: sim.clock.seconds };
  sim.store.templates.insert({
    ...common,
    id: "intp_1",
    seq: sim.store.nextSeq(),
    name: "damaged",
    imageId: image.id,
    tags: null,
    cloudInit: null,
  });
  sim.store.deployments.insert({
    ...common,
    id: "depl_1",
    seq: sim.store.nextSeq(),
    name: "failing",
    kind: "generic",
    poolId: pool.id,
    skuId: sku.id,
    templateId: "intp_1",
    target: 2,
    nameTemplate: "{{nanoid(12)}}",
    maxBuy: null,
    enabled: true,
    status: { state: "info", message: "" },
    updatedAt: sim.clock.seconds,
  });
  return sim;
}

/** Counts how often the status of a row is read once it is one of these. */
function countReads<R extends Row & { status: string }>(table: Table<R>, ended: ReadonlySet<string>): Map<R, number> {
  const reads = new Map<R, number>();
  const insert = table.insert.bind(table);
  table.insert = (row) => {
    let { status } = row;
    Object.defineProperty(row, "status", {
      enumerable: true,
      get() {
        if (ended.has(status)) reads.set(row, (reads.get(row) ?? 0) + 1);
        return status;
      },
      set(value: R["status"]) {
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
  const reads = countReads(sim.store.orders, ended);
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

it("an instance that failed to boot is not looked at again while time passes", () => {
  const sim = worldWithFailingInstances();
  const reads = countReads(sim.store.instances, new Set(["failed"]));
  for (let hours = 0; hours < 4; hours++) passTime(sim, sim.clock.ms + hourMs);
  const before = sim.store.instances.where(({ status }) => status === "failed");
  expect(before.length).toBeGreaterThan(100);
  reads.clear();
  passTime(sim, sim.clock.ms + hourMs);
  expect(before.filter((instance) => reads.has(instance)).length).toBe(0);
  expect(Math.max(...reads.values())).toBeLessThan(10);
});

it("a restored world and a copy have the same open orders, and no other ones", async () => {
  const sim = worldWithSeller("19.00");
  passTime(sim, sim.clock.ms + 3 * hourMs);
  const ids = ({ orders }: Simulation["store"]) => orders.live().map(({ id }) => id);
  const open = ids(sim.store);
  expect(open).toEqual(sim.store.orders.where(({ status }) => !ended.has(status)).map(({ id }) => id));
  expect(open.length).toBeLessThan(sim.store.orders.size);
  const keys = new KeyMemory(defaultAssumptions);
  const saved = JSON.parse(JSON.stringify(await saveWorld(sim, keys)));
  expect(ids(makeSimulation({}, keys, saved).store)).toEqual(open);
  expect(ids(sim.store.copy())).toEqual(open);
});
