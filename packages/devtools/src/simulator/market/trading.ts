import { Refusal, unusable } from "../http/errors.js";
import type { Simulation } from "../simulation.js";
import { isOpen, type OrderRow, type PoolRow, type Side } from "../storage/rows.js";
import { type Match, match, type Offer } from "./matching.js";
import { calculateCost, type Micros, parseDollars } from "./money.js";
import {
  add,
  clip,
  covers,
  excess,
  isNothing,
  nodeSeconds,
  nothing,
  type Schedule,
  subtract,
  sum,
} from "./schedule.js";

/** The life cycle of an order: it is placed, matched, settled, cancelled or expired. */

interface NewOrder {
  readonly poolId: string | null;
  readonly side: Side;
  readonly skuId: string;
  readonly schedule: Schedule;
  readonly limit: Micros;
  readonly allowStanding: boolean;
  readonly allowPartial: boolean;
  readonly createdBy: OrderRow["createdBy"];
  readonly placedBy: string | null;
}

/** The unfilled part of an order, from the current minute on. */
export function remainingSchedule(sim: Simulation, order: OrderRow): Schedule {
  return clip(subtract(order.schedule, order.filled), sim.clock.minute, null);
}

/** The nodes of a pool that no open sell order offers. */
export function freeAllocation(sim: Simulation, pool: PoolRow, skuId: string, except?: OrderRow): Schedule {
  const promised = sim.store.orders
    .live()
    .filter((order) => order !== except && order.poolId === pool.id && order.skuId === skuId && order.side === "sell")
    .map((order) => remainingSchedule(sim, order));
  return subtract(pool.allocations.get(skuId) ?? nothing, sum(promised));
}

/** The balance minus the amount that open buy orders may still spend. */
function spendable(sim: Simulation, except?: OrderRow): Micros {
  const balance = sim.ledger.balance("account");
  if (sim.assumptions.buyHold === "nothing") return balance;
  return sim.store.orders
    .live()
    .filter((order) => order !== except && order.poolId !== null && order.side === "buy")
    .reduce((left, order) => left - reservedFunds(sim, order), balance);
}

function reservedFunds(sim: Simulation, order: OrderRow): Micros {
  return calculateCost(order.limit, nodeSeconds(remainingSchedule(sim, order)));
}

/** Checks an order and stores it. A failed check is an error response. */
export function placeOrder(sim: Simulation, input: NewOrder): OrderRow {
  if (input.poolId !== null) checkMeans(sim, input, sim.store.pools.ever(input.poolId));
  return sim.store.orders.insert({
    ...input,
    id: sim.ids.make("order"),
    seq: sim.store.nextSeq(),
    filled: nothing,
    status: "pending",
    fills: [],
    createdAt: sim.clock.seconds,
    dueMs: sim.clock.ms + sim.assumptions.orderSeconds * 1000,
    cancelDueMs: null,
    cancelledAt: null,
    filledAt: null,
  });
}

function checkMeans(sim: Simulation, input: NewOrder, pool: PoolRow): void {
  if (pool.kind === "read_only" || (pool.kind === "originating" && input.side === "buy")) {
    throw unusable("pool", `a pool of kind ${pool.kind} cannot ${input.side}`);
  }
  if (input.side === "buy" && spendable(sim) < calculateCost(input.limit, nodeSeconds(input.schedule))) {
    throw new Refusal([402, 422], "the balance does not cover this order");
  }
  if (input.side === "sell" && !covers(freeAllocation(sim, pool, input.skuId), input.schedule)) {
    throw unusable("allocation_schedule_delta", "the pool does not have these nodes free to sell");
  }
}

/** Processes a pending order, which is then filled, resting in the book, cancelled or rejected. */
export function processOrder(sim: Simulation, order: OrderRow): void {
  if (order.status !== "pending") return;
  if (!canStillPay(sim, order) || isNothing(remainingSchedule(sim, order))) {
    order.status = "rejected";
    return;
  }
  trade(sim, order);
  if (isNothing(remainingSchedule(sim, order))) return;
  if (order.allowStanding) order.status = isNothing(order.filled) ? "standing" : "partially_filled";
  else closeImmediate(sim, order);
}

/** Whether funds or nodes are still sufficient. They were when the order was placed, but there may have been transfers and other orders since then. */
function canStillPay(sim: Simulation, order: OrderRow): boolean {
  if (order.poolId === null) return true;
  if (order.side === "buy") return spendable(sim, order) >= reservedFunds(sim, order);
  const pool = sim.store.pools.ever(order.poolId);
  return covers(freeAllocation(sim, pool, order.skuId, order), remainingSchedule(sim, order));
}

function closeImmediate(sim: Simulation, order: OrderRow): void {
  order.status = isNothing(order.filled) ? "cancelled" : sim.assumptions.partialImmediateStatus;
  if (order.status === "cancelled") order.cancelledAt = sim.clock.seconds;
}

/** Matches resting all-or-nothing orders again. Other orders have already been matched with every counterpart. */
export function retryWholeOrders(sim: Simulation): void {
  const waiting = sim.store.orders.live().filter((order) => order.status === "standing" && !order.allowPartial);
  for (const order of waiting) trade(sim, order);
}

function trade(sim: Simulation, order: OrderRow): void {
  const wanted = remainingSchedule(sim, order);
  const { side, limit, allowPartial } = order;
  for (const found of match({ side, limit, allowPartial, wanted }, findOffers(sim, order))) settle(sim, order, found);
}

function findOffers(sim: Simulation, taker: OrderRow): Offer[] {
  return restingOrders(sim, taker.skuId)
    .filter((order) => order.side !== taker.side && order !== taker && mayTrade(sim, taker, order))
    .map((order) => toOffer(sim, order));
}

function mayTrade(sim: Simulation, a: OrderRow, b: OrderRow): boolean {
  return sim.assumptions.selfTrade || a.poolId === null || b.poolId === null;
}

/** The orders in the book that have nodes left to fill. */
export function restingOrders(sim: Simulation, skuId: string): OrderRow[] {
  return sim.store.orders
    .live()
    .filter(
      (order) => order.skuId === skuId && order.status !== "pending" && !isNothing(remainingSchedule(sim, order)),
    );
}

export function toOffer(sim: Simulation, order: OrderRow): Offer {
  const { id, seq, limit, allowPartial } = order;
  return { id, seq, price: limit, allowPartial, remaining: remainingSchedule(sim, order) };
}

/** Moves nodes and money between the two sides of a trade, at the price of the resting order. */
function settle(sim: Simulation, taker: OrderRow, { offer, schedule }: Match): void {
  const resting = sim.store.orders.ever(offer.id);
  const [buy, sell] = taker.side === "buy" ? [taker, resting] : [resting, taker];
  const cost = calculateCost(offer.price, nodeSeconds(schedule));
  sim.ledger.move(ledgerParty(buy), ledgerParty(sell), cost);
  if (sell.poolId !== null) sim.ledger.move("account", "fees", sellFee(sim, cost, nodeSeconds(schedule)));
  for (const order of [buy, sell]) recordFill(sim, order, schedule, offer.price);
  sim.store.trades.insert({
    id: sim.ids.make("contract"),
    seq: sim.store.nextSeq(),
    skuId: taker.skuId,
    price: offer.price,
    schedule,
    filledAt: sim.clock.seconds,
  });
}

function ledgerParty(order: OrderRow): "account" | "market" {
  return order.poolId === null ? "market" : "account";
}

/** Computes the fee with the published formula, at most the proceeds of the sale. */
function sellFee(sim: Simulation, total: Micros, seconds: number): Micros {
  const flat = (parseDollars(sim.assumptions.sellFeeFlat) * BigInt(seconds)) / 3600n;
  const fee = flat + (total * BigInt(sim.assumptions.sellFeeBps)) / 10_000n;
  return fee < total ? fee : total;
}

function recordFill(sim: Simulation, order: OrderRow, schedule: Schedule, price: Micros): void {
  order.filled = add(order.filled, schedule);
  order.fills.push({ contractId: sim.ids.make("contract"), filledAt: sim.clock.seconds, schedule, price });
  const complete = isNothing(remainingSchedule(sim, order));
  if (complete) order.filledAt = sim.clock.seconds;
  order.status = complete ? "filled" : "partially_filled";
  if (order.poolId === null) return;
  const { allocations } = sim.store.pools.ever(order.poolId);
  const owned = allocations.get(order.skuId) ?? nothing;
  allocations.set(order.skuId, order.side === "buy" ? add(owned, schedule) : excess(owned, schedule));
}

export function cancel(sim: Simulation, order: OrderRow): void {
  if (!isOpen(order)) return;
  order.status = "cancelled";
  order.cancelledAt = sim.clock.seconds;
}

/** Removes a resting order from the book when its time is over. */
export function expire(sim: Simulation, order: OrderRow): void {
  if (order.status !== "pending" && isNothing(remainingSchedule(sim, order))) cancel(sim, order);
}
