import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepts, match, type Offer } from "../../packages/devtools/src/simulator/market/matching.js";
import {
  averagePrice,
  calculateCost,
  formatDollars,
  onGrid,
  parseDollars,
} from "../../packages/devtools/src/simulator/market/money.js";
import {
  covers,
  isNothing,
  lower,
  rectangle,
  same,
  sum,
} from "../../packages/devtools/src/simulator/market/schedule.js";

const rect = fc
  .record({
    start: fc.integer({ min: 0, max: 8 }),
    length: fc.integer({ min: 1, max: 6 }),
    nodes: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ start, length, nodes }) => rectangle(start * 60, (start + length) * 60, nodes));
const price = fc.integer({ min: 1, max: 6 }).map((n) => BigInt(n) * 60n);
const offers = fc
  .array(fc.record({ price, remaining: rect, allowPartial: fc.boolean() }), { maxLength: 8 })
  .map((rows) => rows.map((row, seq): Offer => ({ ...row, id: String(seq), seq })));
const taker = fc.record({
  side: fc.constantFrom("buy" as const, "sell" as const),
  limit: price,
  wanted: rect,
  allowPartial: fc.boolean(),
});

describe("matching", () => {
  it("never trades more than is wanted or offered, and only at an accepted price", () => {
    fc.assert(
      fc.property(taker, offers, (order, book) => {
        const matches = match(order, book);
        expect(covers(order.wanted, sum(matches.map(({ schedule }) => schedule)))).toBe(true);
        for (const { offer, schedule } of matches) {
          expect(covers(offer.remaining, schedule)).toBe(true);
          expect(accepts(order, offer.price)).toBe(true);
          if (!offer.allowPartial) expect(schedule).toEqual(offer.remaining);
        }
      }),
    );
  });

  it("never fills an order in part that does not allow it", () => {
    fc.assert(
      fc.property(taker, offers, (order, book) => {
        const matches = match({ ...order, allowPartial: false }, book);
        expect(matches.length === 0 || same(sum(matches.map(({ schedule }) => schedule)), order.wanted)).toBe(true);
      }),
    );
  });

  it("never leaves a better divisible offer unused", () => {
    fc.assert(
      fc.property(taker, offers, (order, book) => {
        const divisible = book.map((offer) => ({ ...offer, allowPartial: true }));
        const matches = match({ ...order, allowPartial: true }, divisible);
        const traded = sum(matches.map(({ schedule }) => schedule));
        for (const offer of divisible.filter((candidate) => accepts(order, candidate.price))) {
          const used = matches.find(({ offer: { id } }) => id === offer.id)?.schedule ?? [];
          // When an acceptable offer was not used up, the whole order was filled.
          for (let at = 0; at < 1000; at += 60) {
            const here = rectangle(at, at + 60, 1000);
            const [has, took] = [lower(offer.remaining, here), lower(used, here)];
            if (!same(has, took)) expect(same(lower(traded, here), lower(order.wanted, here))).toBe(true);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("uses the oldest offer first at equal prices", () => {
    const offer = (seq: number): Offer => ({
      id: `o${seq}`,
      seq,
      price: 60n,
      remaining: rectangle(0, 60, 1),
      allowPartial: true,
    });
    const order = { side: "buy", limit: 60n, wanted: rectangle(0, 60, 1), allowPartial: false } as const;
    expect(match(order, [offer(2), offer(1)]).map(({ offer: { id } }) => id)).toEqual(["o1"]);
    expect(isNothing(order.wanted)).toBe(false);
  });
});

describe("money", () => {
  it("is exact after parsing and formatting, with two to six decimal places", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (micros) => {
        expect(parseDollars(formatDollars(micros))).toBe(micros);
      }),
    );
    expect(
      ["0.0", "1.38", "1.380000", "12.3456789", "7.000060"].map((text) => formatDollars(parseDollars(text))),
    ).toEqual(["0.00", "1.38", "1.38", "12.345678", "7.00006"]);
  });

  it("rounds prices to the nearest 60 micro-dollars, so that a node-minute costs a whole number of them", () => {
    expect([29n, 30n, 90n, 100n].map(onGrid)).toEqual([0n, 60n, 120n, 120n]);
    fc.assert(
      fc.property(price, fc.integer({ min: 1, max: 100_000 }), (each, minutes) => {
        expect(calculateCost(each, minutes * 60) * 60n).toBe(each * BigInt(minutes));
        expect(averagePrice(calculateCost(each, minutes * 60), minutes * 60)).toBe(each);
      }),
    );
  });
});
