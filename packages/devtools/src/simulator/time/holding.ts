import { Refusal } from "../http/errors.js";
import type { Micros } from "../market/money.js";
import { clip, excess, isNothing, nothing, rectangle, type Schedule, sum, toRanges } from "../market/schedule.js";
import { cancel, placeOrder, remainingSchedule } from "../market/trading.js";
import type { Simulation } from "../simulation.js";
import type { AutomationStatus, OrderRow, Side } from "../storage/rows.js";

/** The target of an automation for a pool, and its price limits. */
export interface Wish {
  /** The id of the automation. Its orders contain it. */
  readonly owner: string;
  readonly poolId: string;
  readonly skuId: string;
  readonly nodes: number;
  readonly minutes: number;
  readonly maxBuy: Micros;
  /** The lowest price at which it sells; `null` if it never sells. */
  readonly minSell: Micros | null;
}

const hour = 3600;

/** Places and cancels standing orders so that the pool reaches the target number of nodes over the coming minutes. */
export function hold(sim: Simulation, wish: Wish): AutomationStatus {
  const from = sim.clock.minute;
  const end = from + wish.minutes * 60;
  const wanted = rectangle(from, end, wish.nodes);
  const owned = clip(sim.store.pools.ever(wish.poolId).allocations.get(wish.skuId) ?? nothing, from, end);
  const surplus = excess(owned, wanted);
  withdrawStale(sim, wish);
  try {
    // It buys up to the next full hour, so that a window that moves each minute does not lead to an order each minute.
    place(sim, wish, "buy", missing(sim, wish, from, Math.ceil(end / hour) * hour, end), wish.maxBuy);
    if (wish.minSell !== null) place(sim, wish, "sell", excess(surplus, promised(sim, wish, "sell")), wish.minSell);
  } catch (error) {
    if (error instanceof Refusal) return { state: "error", message: error.message };
    throw error;
  }
  const short = excess(wanted, owned);
  if (!isNothing(short)) return { state: "warning", message: `waiting for nodes: ${describe(short)}` };
  return { state: "info", message: `holds ${wish.nodes} nodes` };
}

/** The nodes that are neither owned nor on order, up to `horizon`. There are none as long as the window up to `end` is covered. */
function missing(sim: Simulation, wish: Wish, from: number, horizon: number, end: number): Schedule {
  const owned = sim.store.pools.ever(wish.poolId).allocations.get(wish.skuId) ?? nothing;
  const short = excess(excess(rectangle(from, horizon, wish.nodes), owned), promised(sim, wish, "buy"));
  return isNothing(clip(short, from, end)) ? nothing : short;
}

function findOrders(sim: Simulation, owner: string, side?: Side): OrderRow[] {
  return sim.store.orders
    .live()
    .filter(
      (order) => order.placedBy === owner && order.cancelDueMs === null && (side === undefined || order.side === side),
    );
}

function promised(sim: Simulation, { owner, skuId }: Wish, side: Side): Schedule {
  const orders = findOrders(sim, owner, side).filter((order) => order.skuId === skuId);
  return sum(orders.map((order) => remainingSchedule(sim, order)));
}

/** Cancels orders at a price or for a SKU that no longer applies. */
function withdrawStale(sim: Simulation, wish: Wish): void {
  for (const order of findOrders(sim, wish.owner)) {
    const price = order.side === "buy" ? wish.maxBuy : wish.minSell;
    if (order.skuId !== wish.skuId || order.limit !== price) cancel(sim, order);
  }
}

function place(sim: Simulation, wish: Wish, side: Side, schedule: Schedule, limit: Micros): void {
  for (const range of toRanges(schedule)) {
    placeOrder(sim, {
      poolId: wish.poolId,
      side,
      skuId: wish.skuId,
      schedule: rectangle(range.start_at, range.end_at ?? range.start_at, range.node_count),
      limit,
      allowStanding: true,
      allowPartial: true,
      createdBy: null,
      placedBy: wish.owner,
    });
  }
}

export function withdrawAll(sim: Simulation, owner: string): void {
  for (const order of findOrders(sim, owner)) cancel(sim, order);
}

function describe(short: Schedule): string {
  const most = Math.max(...short.map((step) => step.nodes));
  return `${most} more within the window`;
}
