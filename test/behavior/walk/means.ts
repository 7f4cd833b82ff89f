import type { SimulatorState } from "../../../packages/devtools/src/simulator.js";
import type { Order, Pool } from "../../../src/index.js";
import { micros, momentsOf, nodeSeconds, nodesAt, type Range } from "./schedules.js";

/*
 * Computes what an account can still spend and sell. It uses the orders that the API returns, not the simulator's accounting.
 */

/** Unix seconds of the start of this minute: time in the past cannot be traded. */
export function minuteOf(date: Date): number {
  return Math.floor(date.getTime() / 60_000) * 60;
}

export function isOpen({ status }: Pick<Order, "status">): boolean {
  return ["pending", "standing", "partially_filled"].includes(status);
}

/** Millionths of a dollar that open buy orders may still spend: the limit price times the unfilled part. */
export function heldMoney(orders: readonly Order[], minute: number): bigint {
  return orders
    .filter((order) => order.side === "buy" && isOpen(order))
    .reduce((total, order) => total + costOf(order.limit_price_dollars_per_node_hour, remainingOf(order, minute)), 0n);
}

interface NewOrder {
  readonly side: string;
  readonly pool: string;
  readonly instance_sku: string;
  readonly limit_price_dollars_per_node_hour: string;
  readonly allocation_schedule_delta: readonly Range[];
}

/** The status with which a new order must be refused, or `undefined` when it must be accepted. */
export function refusalOf(order: NewOrder, state: SimulatorState, minute: number): 402 | 422 | undefined {
  const { orders, pools, balances } = state;
  if (order.side === "buy") {
    const cost = costOf(order.limit_price_dollars_per_node_hour, order.allocation_schedule_delta);
    return micros(balances.account) - heldMoney(orders, minute) < cost ? 402 : undefined;
  }
  const pool = pools.find(({ id }) => id === order.pool);
  return pool !== undefined && hasFree(pool, order, orders, minute) ? undefined : 422;
}

/** Whether a pool owns these nodes at every moment, in addition to those that its open sell orders hold. */
function hasFree(
  pool: Pool,
  { instance_sku: sku, allocation_schedule_delta: wanted }: NewOrder,
  orders: readonly Order[],
  minute: number,
): boolean {
  const owned = pool.allocation_schedule.by_instance_sku[sku] ?? [];
  const promised = orders
    .filter(
      (order) => order.side === "sell" && isOpen(order) && order.pool.id === pool.id && order.instance_sku.id === sku,
    )
    .flatMap((order) => remainingOf(order, minute));
  return momentsOf([...owned, ...promised, ...wanted], minute).every(
    (time) => nodesAt(owned, time) - nodesAt(promised, time) >= nodesAt(wanted, time),
  );
}

/** What an order can still trade, starting with this minute. */
function remainingOf(
  { allocation_schedule_delta: asked, filled_allocation_schedule_delta: filled }: Order,
  minute: number,
): Range[] {
  const moments = momentsOf([...asked, ...filled], minute).sort((a, b) => a - b);
  return moments.flatMap((start_at, index) => {
    const end_at = moments[index + 1];
    const node_count = nodesAt(asked, start_at) - nodesAt(filled, start_at);
    return end_at === undefined || node_count === 0 ? [] : [{ start_at, end_at, node_count }];
  });
}

function costOf(price: string, ranges: readonly Range[]): bigint {
  return (micros(price) * nodeSeconds(ranges)) / 3600n;
}
