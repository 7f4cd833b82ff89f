import type { Assumptions } from "../assumptions.js";
import type { Types } from "../http/api-types.js";
import type { Simulation } from "../simulation.js";
import type { OrderRow, Side, SkuRow } from "../storage/rows.js";
import { byPriceAndTime, type Offer } from "./matching.js";
import { formatDollars } from "./money.js";
import { clip, isNothing, type Schedule, sum, toRanges } from "./schedule.js";
import { restingOrders, toOffer } from "./trading.js";

/** The public view of the orderbook: price levels, which contain no orders or parties. */

export interface Window {
  readonly start: number;
  readonly end: number;
}

export function scheduleWindow(schedule: Schedule): Window {
  return { start: schedule[0]?.at ?? 0, end: schedule.at(-1)?.at ?? 0 };
}

/** Whether the window of an order or trade belongs to the requested window. */
export function belongs(own: Window, asked: Window, rule: Assumptions["orderbookWindow"]): boolean {
  if (rule === "exact") return own.start === asked.start && own.end === asked.end;
  if (rule === "covers") return own.start <= asked.start && own.end >= asked.end;
  return own.start < asked.end && own.end > asked.start;
}

export function restingInWindow(sim: Simulation, skus: readonly SkuRow[], side: Side, asked: Window): OrderRow[] {
  return skus
    .flatMap((sku) => restingOrders(sim, sku.id))
    .filter(
      (order) => order.side === side && belongs(scheduleWindow(order.schedule), asked, sim.assumptions.orderbookWindow),
    );
}

/** The price levels of one side, best price first. For equal prices, the lowest SKU id is first. */
export function levels(sim: Simulation, orders: readonly OrderRow[], asked: Window): Types.PriceLevel[] {
  const groups = new Map<string, { readonly skuId: string; readonly offers: Offer[] }>();
  for (const order of orders) {
    const offer = { ...toOffer(sim, order), remaining: clip(toOffer(sim, order).remaining, asked.start, asked.end) };
    if (isNothing(offer.remaining)) continue;
    const key = `${order.skuId} ${offer.price}`;
    const group = groups.get(key) ?? { skuId: order.skuId, offers: [] };
    group.offers.push(offer);
    groups.set(key, group);
  }
  const better = byPriceAndTime(orders[0]?.side === "buy" ? "sell" : "buy");
  return [...groups.values()]
    .sort((a, b) => comparePrice(a.offers, b.offers, better) || (a.skuId < b.skuId ? -1 : 1))
    .map(({ skuId, offers }) => ({
      instance_sku: skuId,
      dollars_per_node_hour: formatDollars(offers[0]?.price ?? 0n),
      allocation_schedule_delta: toRanges(sum(offers.map(({ remaining }) => remaining))),
    }));
}

function comparePrice(a: readonly Offer[], b: readonly Offer[], better: (a: Offer, b: Offer) => number): number {
  const [first, second] = [a[0], b[0]];
  return first === undefined || second === undefined || first.price === second.price ? 0 : better(first, second);
}
