import type { Side } from "../storage/rows.js";
import type { Micros } from "./money.js";
import { covers, excess, isNothing, lower, type Schedule, same, sum } from "./schedule.js";

/** The parts of a resting order that matching needs. */
export interface Offer {
  readonly id: string;
  readonly price: Micros;
  readonly seq: number;
  readonly remaining: Schedule;
  readonly allowPartial: boolean;
}

/** A new order, which is matched with resting orders. */
export interface Taker {
  readonly side: Side;
  readonly limit: Micros;
  readonly wanted: Schedule;
  readonly allowPartial: boolean;
}

export interface Match {
  readonly offer: Offer;
  readonly schedule: Schedule;
}

/** Compares offers: the best price is first, then the oldest order. The best price is the lowest of sellers and the highest of buyers. */
export function byPriceAndTime(takerSide: Side): (a: Offer, b: Offer) => number {
  return (a, b) => {
    if (a.price !== b.price) return a.price < b.price === (takerSide === "buy") ? -1 : 1;
    return a.seq - b.seq;
  };
}

export function accepts(taker: Taker, price: Micros): boolean {
  return taker.side === "buy" ? price <= taker.limit : price >= taker.limit;
}

/**
 * Matches a taker with offers, at the offers' prices. A taker without `allowPartial` trades all or nothing. So does an offer without it, which is
 * skipped if it does not fit as a whole.
 */
export function match(taker: Taker, offers: readonly Offer[]): Match[] {
  const matches: Match[] = [];
  let open = taker.wanted;
  for (const offer of [...offers].sort(byPriceAndTime(taker.side))) {
    if (!accepts(taker, offer.price) || isNothing(open)) break;
    if (!offer.allowPartial && !covers(open, offer.remaining)) continue;
    const schedule = lower(open, offer.remaining);
    if (isNothing(schedule)) continue;
    matches.push({ offer, schedule });
    open = excess(open, schedule);
  }
  const complete = same(sum(matches.map(({ schedule }) => schedule)), taker.wanted);
  return complete || taker.allowPartial ? matches : [];
}
