import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, maxDelayMs, retryAfterMs } from "../../src/wrappers/retry.js";

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("backoffMs", () => {
  test("is between 0 and a limit that doubles from 0.5 s to 8 s", () => {
    const bounds = [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000];
    fc.assert(
      fc.property(fc.nat({ max: bounds.length - 1 }), chance, (retry, random) => {
        const wait = backoffMs(retry, random);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThan(bounds[retry] as number);
      }),
    );
  });

  test("applies full jitter: the delay is the random share of the limit", () => {
    expect(backoffMs(0, 0)).toBe(0);
    expect(backoffMs(0, 0.5)).toBe(250);
    expect(backoffMs(3, 0.25)).toBe(1_000);
    expect(backoffMs(9, 0.5)).toBe(4_000);
  });

  test("stays limited after any number of retries", () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), chance, (retry, random) => {
        expect(backoffMs(retry, random)).toBeLessThan(maxDelayMs);
      }),
    );
  });
});

describe("retryAfterMs", () => {
  const now = Date.UTC(2026, 0, 5, 12, 0, 0);

  test("reads digits as seconds", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom("", " ", "\t"), (seconds, space) => {
        expect(retryAfterMs(`${space}${seconds}${space}`, now)).toBe(seconds * 1000);
      }),
    );
  });

  test("reads an HTTP date as the time until then, and a past date as no delay", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e8, max: 1e8 }), (seconds) => {
        const header = new Date(now + seconds * 1000).toUTCString();
        expect(retryAfterMs(header, now)).toBe(Math.max(0, seconds * 1000));
      }),
    );
  });

  test.each([
    ["an absent header", null],
    ["nothing", ""],
    ["a fraction, which Date.parse reads as a date in 2001", "1.5"],
    ["a sign", "-5"],
    ["an exponent", "1e3"],
    ["a hexadecimal number", "0x10"],
    ["a unit", "5s"],
    ["two values", "5, 10"],
    ["an ISO date", "2026-01-05T12:00:10Z"],
    ["a date without its day of the week", "05 Jan 2026 12:00:10 GMT"],
    ["a date in another zone", "Mon, 05 Jan 2026 12:00:10 +0100"],
    ["a date in small letters", "mon, 05 jan 2026 12:00:10 gmt"],
    ["a day that the month does not have", "Tue, 31 Feb 2026 12:00:10 GMT"],
    ["the wrong day of the week", "Tue, 06 Jan 2027 12:00:10 GMT"],
    ["an hour that does not exist", "Mon, 05 Jan 2026 25:00:10 GMT"],
    ["words", "soon"],
    ["the text of an invalid date", "Invalid Date"],
  ])("returns undefined for %s", (_, header) => {
    expect(retryAfterMs(header, now)).toBeUndefined();
  });

  test("returns undefined or a delay of at least 0 for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (header) => {
        const wait = retryAfterMs(header, now);
        if (wait !== undefined) expect(wait).toBeGreaterThanOrEqual(0);
        if (!/^\s*\d+\s*$/.test(header)) expect(wait).toBeUndefined();
      }),
    );
  });
});
