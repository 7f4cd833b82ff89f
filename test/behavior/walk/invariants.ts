import assert from "node:assert/strict";
import type { SimulatorState } from "../../../packages/devtools/src/simulator.js";
import type { Order, Pool } from "../../../src/index.js";
import { type Market, type Memory, startingBalance, startingNodes } from "./market.js";
import { heldMoney } from "./means.js";
import { micros, momentsOf, nodeSeconds, nodesAt, type Range } from "./schedules.js";

/** One copy of the committed state: each read of the simulator's state makes a copy. */
interface Snapshot extends Pick<SimulatorState, "orders" | "pools" | "poolTransfers" | "instances" | "balances"> {
  readonly skus: readonly string[];
  /** Unix seconds. */
  readonly now: number;
}

/** Checks what must be true after every step. It is computed from fills and transfers, independently of the simulator's accounting. */
export function checkInvariants({ simulator, skus }: Market, memory: Memory): void {
  const { orders, pools, poolTransfers, instances, balances } = simulator.state;
  const now = Math.floor(simulator.now.getTime() / 1000);
  const snapshot = { orders, pools, poolTransfers, instances, balances, skus, now };
  checkMoney(snapshot);
  for (const order of orders) checkOrder(order);
  for (const pool of pools) for (const sku of skus) checkNodes(snapshot, pool, sku);
  for (const pool of pools) for (const sku of skus) checkRunning(snapshot, pool, sku);
  checkCreations(snapshot, memory);
}

/** Money in = money out + fees, and the balance covers what open orders may still spend. */
function checkMoney({ orders, balances: { account, market, fees }, now }: Snapshot): void {
  assert.equal(micros(account) + micros(market) + micros(fees), startingBalance, "money appeared or vanished");
  let expected = startingBalance;
  let expectedFees = 0n;
  for (const { side, fills = [] } of orders) {
    for (const fill of fills) {
      const seconds = nodeSeconds(fill.allocation_schedule_delta);
      const total = (micros(fill.price_dollars_per_node_hour) * seconds) / 3600n;
      const fee = side === "buy" ? 0n : feeOf(total, seconds);
      expected += side === "buy" ? -total : total - fee;
      expectedFees += fee;
    }
  }
  assert.equal(micros(account), expected, "the balance is not what the fills make it");
  assert.equal(micros(fees), expectedFees, "the fees are not what the sales make them");
  assert.ok(expected >= 0n, "the balance is below zero");
  const minute = now - (now % 60);
  assert.ok(heldMoney(orders, minute) <= expected, "open orders may spend more than there is");
}

/** One cent per node-hour plus one percent, as previews state. */
function feeOf(total: bigint, seconds: bigint): bigint {
  const fee = (10_000n * seconds) / 3600n + total / 100n;
  return fee < total ? fee : total;
}

/** An order never fills more than it requested, never at a price worse than its limit, and in part only if it allows that. */
function checkOrder(order: Order): void {
  const { allocation_schedule_delta: asked, filled_allocation_schedule_delta: filled, fills = [] } = order;
  if (fills.length === 0) assert.deepEqual(filled, []);
  const traded = ofFills(order);
  for (const time of momentsOf([...asked, ...filled], 0)) {
    assert.ok(nodesAt(filled, time) <= nodesAt(asked, time), `${order.id} filled more than it asked for`);
    assert.equal(nodesAt(traded, time), nodesAt(filled, time), `the fills of ${order.id} are not what it filled`);
  }
  const limit = micros(order.limit_price_dollars_per_node_hour);
  for (const { price_dollars_per_node_hour: price } of fills) {
    const fair = order.side === "buy" ? micros(price) <= limit : micros(price) >= limit;
    assert.ok(fair, `${order.id} filled at ${price}`);
  }
  assert.ok(order.allow_partial || order.status !== "partially_filled", `${order.id} filled in part`);
}

function ofFills({ fills = [] }: Order): Range[] {
  return fills.flatMap((fill) => fill.allocation_schedule_delta);
}

/** Nodes of a pool = initial nodes + bought - sold + moved in - moved out, at every future moment, and never negative. */
function checkNodes(snapshot: Snapshot, pool: Pool, sku: string): void {
  const owned = pool.allocation_schedule.by_instance_sku[sku] ?? [];
  const changes = changesOf(snapshot, pool.id, sku);
  const began = pool.name === "main" && sku === snapshot.skus[0] ? startingNodes : 0;
  const minute = snapshot.now - (snapshot.now % 60);
  const moments = momentsOf([...owned, ...changes.map(({ range }) => range)], minute);
  for (const time of moments.filter((moment) => moment < minute + horizon)) {
    const expected = changes.reduce((total, { range, sign }) => total + sign * nodesAt([range], time), began);
    assert.ok(expected >= 0, `${pool.name} promised nodes twice at ${time}`);
    assert.equal(nodesAt(owned, time), expected, `${pool.name} has other nodes at ${time} than it traded`);
  }
}

/** Walks trade a few hours ahead. The initial nodes of the world last longer than any walk. */
const horizon = 24 * 3600;

interface Change {
  readonly range: Range;
  readonly sign: 1 | -1;
}

function changesOf({ orders, poolTransfers }: Snapshot, pool: string, sku: string): Change[] {
  const traded = orders
    .filter((order) => order.pool.id === pool && order.instance_sku.id === sku)
    .flatMap((order) => ofFills(order).map((range): Change => ({ range, sign: order.side === "buy" ? 1 : -1 })));
  const moved = poolTransfers
    .filter((transfer) => transfer.status === "executed" && transfer.instance_sku.id === sku)
    .flatMap(({ from_pool, to_pool, allocation_schedule_delta }) =>
      allocation_schedule_delta.flatMap((range): Change[] => [
        ...(from_pool === pool ? [{ range, sign: -1 } as const] : []),
        ...(to_pool === pool ? [{ range, sign: 1 } as const] : []),
      ]),
    );
  return [...traded, ...moved];
}

/** No instance runs without an allocation. */
function checkRunning({ instances, now }: Snapshot, pool: Pool, sku: string): void {
  const running = instances.filter(
    (row) => row.status === "running" && row.pool.id === pool.id && row.instance_sku.id === sku,
  );
  const nodes = nodesAt(pool.allocation_schedule.by_instance_sku[sku] ?? [], now);
  assert.ok(running.length <= nodes, `${running.length} instances run on the ${nodes} nodes of ${pool.name}`);
}

/** Once time has passed, no instance waits while a node is free. */
export function checkNoneWaits({ simulator }: Market): void {
  const { instances, pools } = simulator.state;
  const now = Math.floor(simulator.now.getTime() / 1000);
  for (const { pool, instance_sku: sku } of instances.filter(({ status }) => status === "awaiting_allocation")) {
    const schedule = pools.find(({ id }) => id === pool.id)?.allocation_schedule.by_instance_sku[sku.id] ?? [];
    const running = instances.filter(
      (row) => row.status === "running" && row.pool.id === pool.id && row.instance_sku.id === sku.id,
    );
    assert.ok(running.length >= nodesAt(schedule, now), `an instance waits beside a free node of ${pool.name}`);
  }
}

/** Every instance was requested: there is one per creation and one per key. */
function checkCreations({ instances }: Snapshot, { created, deleted, keys }: Memory): void {
  assert.equal(instances.length, created - deleted, "an instance appeared or vanished");
  const byKey = [...keys.values()].map(({ id }) => id);
  assert.equal(new Set(byKey).size, byKey.length, "two keys gave one thing");
}
