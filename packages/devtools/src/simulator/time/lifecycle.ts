import { nextChange } from "../market/schedule.js";
import { cancel, expire, processOrder, retryWholeOrders } from "../market/trading.js";
import { executeTransfer } from "../market/transfers.js";
import type { Simulation } from "../simulation.js";
import type { OrderRow } from "../storage/rows.js";
import { allocate } from "./allocation.js";
import { anyAutomation, reconcile } from "./automations.js";
import { bootDueMs, finishBoots } from "./boot.js";

/** The latest time that a `Date` can represent. */
const lastMs = 8.64e15;

/**
 * Advances the clock to a time. Everything that is due happens at its own time, in order, so many small steps have the same result as one large
 * step.
 */
export function passTime(sim: Simulation, untilMs: number): void {
  if (untilMs > lastMs) {
    const last = new Date(lastMs).toISOString();
    throw new RangeError(
      `time must not be after ${last}, the last that a Date can hold; it would be ${untilMs} ms after 1970`,
    );
  }
  // First runs what requests have made possible in the meantime, such as assigning a node that became free.
  runDueEvents(sim);
  for (let next = nextEvent(sim); next <= untilMs; next = nextEvent(sim)) {
    sim.clock.set(next);
    runDueEvents(sim);
  }
  sim.clock.set(untilMs);
}

/** Runs everything that is due now. Nodes are assigned last, after everything that changes their number. */
function runDueEvents(sim: Simulation): void {
  for (const transfer of sim.store.transfers.live().filter(({ dueMs }) => dueMs <= sim.clock.ms)) {
    executeTransfer(sim, transfer);
  }
  trade(sim);
  if (sim.clock.ms % reconcileMs(sim) === 0) reconcile(sim);
  allocate(sim);
  finishBoots(sim);
}

function reconcileMs({ assumptions }: Simulation): number {
  return assumptions.reconcileSeconds * 1000;
}

function trade(sim: Simulation): void {
  const due = sim.store.orders.live().filter((order) => order.status === "pending" && order.dueMs <= sim.clock.ms);
  for (const order of due) processOrder(sim, order);
  if (due.length > 0) retryWholeOrders(sim);
  for (const order of sim.store.orders.live()) {
    if (order.cancelDueMs !== null && order.cancelDueMs <= sim.clock.ms) cancel(sim, order);
    else expire(sim, order);
  }
}

/** Returns when the next event is due, or infinity. */
function nextEvent(sim: Simulation): number {
  const now = sim.clock.ms;
  let next = Number.POSITIVE_INFINITY;
  for (const moment of moments(sim)) if (moment > now && moment < next) next = moment;
  return next;
}

function* moments(sim: Simulation): Generator<number> {
  const { store } = sim;
  for (const order of store.orders.live()) yield* orderMoments(order);
  for (const transfer of store.transfers.live()) yield transfer.dueMs;
  for (const pool of store.pools.all()) {
    for (const schedule of pool.allocations.values())
      yield (nextChange(schedule, sim.clock.seconds) ?? Number.POSITIVE_INFINITY) * 1000;
  }
  for (const instance of store.instances.live()) {
    if (instance.status === "awaiting_allocation") yield instance.assignableMs;
    yield bootDueMs(sim, instance) ?? Number.POSITIVE_INFINITY;
  }
  if (anyAutomation(sim)) yield (Math.floor(sim.clock.ms / reconcileMs(sim)) + 1) * reconcileMs(sim);
}

function* orderMoments(order: OrderRow): Generator<number> {
  if (order.status === "pending") yield order.dueMs;
  if (order.cancelDueMs !== null) yield order.cancelDueMs;
  yield (order.schedule.at(-1)?.at ?? Number.POSITIVE_INFINITY) * 1000;
}
