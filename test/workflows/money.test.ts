import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computeCost, formatDollars, parseDollars, price, roundToTick } from "../../src/workflows/values.js";

const refused = expect.objectContaining({ name: "UsageError" });

/** A decimal text with up to 12 decimal places, and its value as a fraction. */
const decimals = fc
  .record({ whole: fc.nat(1_000_000), places: fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 12 }) })
  .map(({ whole, places }) => ({
    text: places === "" ? `${whole}` : `${whole}.${places}`,
    units: BigInt(whole + places),
    divisor: 10n ** BigInt(places.length),
  }));

describe("price", () => {
  test.each([
    ["2.5", "2.500000"],
    ["2", "2.000000"],
    ["0.000060", "0.000060"],
    ["12.000000000", "12.000000"],
    ["007.10", "7.100000"],
  ])("writes %s as %s", (text, wire) => {
    expect(price(text)).toBe(wire);
  });

  test.each(["-1.0", "+1.0", "1e3", "1,000.00", ".5", "5.", "$5", "", " 1.0", "1.0000001", "NaN", "٣.٠"])(
    "refuses %j",
    (text) => {
      expect(() => price(text)).toThrow(refused);
    },
  );

  test("refuses a number, because it may have already lost digits", () => {
    expect(() => price(2.5 as unknown as string)).toThrow(refused);
  });

  test("rounds to the grid of $0.000060: down for buyers, up for sellers", () => {
    expect(price("2.5", { round: "down" })).toBe("2.499960");
    expect(price("2.5", { round: "up" })).toBe("2.500020");
    expect(price("1.0000000001", { round: "up" })).toBe("1.000020");
    expect(price("0.00005", { round: "down" })).toBe("0.000000");
  });

  test("rounds any decimal to the grid, in the right direction and by less than one tick", () => {
    fc.assert(
      fc.property(decimals, ({ text, units, divisor }) => {
        const down = roundToTick(text, "down", "p");
        const up = roundToTick(text, "up", "p");
        expect([down % 60n, up % 60n]).toEqual([0n, 0n]);
        const exact = units * 1_000_000n;
        expect(down * divisor <= exact && exact <= up * divisor).toBe(true);
        expect(up - down).toBe(exact % (60n * divisor) === 0n ? 0n : 60n);
      }),
    );
  });
});

describe("dollars", () => {
  test("have the same text after parsing and formatting", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (micros) => {
        expect(parseDollars(formatDollars(micros), "d")).toBe(micros);
      }),
    );
  });
});

describe("computeCost", () => {
  test("is exact where floating-point numbers are not: 3 nodes for 20 minutes at $0.10 cost 10 cents", () => {
    expect(computeCost(100_000n, 3n * 1_200n, "up")).toBe(100_000n);
  });

  test("is exact for any price on the grid and any whole minutes", () => {
    const tick = fc.bigInt({ min: 0n, max: 10n ** 9n });
    fc.assert(
      fc.property(
        tick,
        fc.bigInt({ min: 1n, max: 100_000n }),
        fc.bigInt({ min: 1n, max: 10_000n }),
        (ticks, minutes, nodes) => {
          const cost = computeCost(ticks * 60n, nodes * minutes * 60n, "up");
          expect(cost).toBe(ticks * minutes * nodes);
          expect(computeCost(ticks * 60n, nodes * minutes * 60n, "down")).toBe(cost);
        },
      ),
    );
  });

  test("rounds in the given direction by less than one unit, so that a limit is never exceeded", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        (micros, seconds) => {
          const up = computeCost(micros, seconds, "up");
          const down = computeCost(micros, seconds, "down");
          expect(up * 3_600n >= micros * seconds && down * 3_600n <= micros * seconds && up - down <= 1n).toBe(true);
        },
      ),
    );
  });
});
