import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { often } from "../support/long.js";
import { outcomeOf, turns } from "../support/settle.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import { endless, jobs, type Responses, refusal, slowWorld } from "./slow-world.js";

const minuteMs = 60_000;
/** The number of runs for each job and property. */
const numRuns = often(4, 20);

/** The times of a job's requests, in milliseconds since its start, until it ends or `forMs` have passed. */
async function requestTimes(job: string, forMs: number, random: () => number, responses: Responses): Promise<number[]> {
  const world = slowWorld(5, responses, virtualRuntime({ random }));
  const { clock, sentAt } = world;
  const startedAt = clock.monotonicMs();
  const controller = new AbortController();
  let ended = false;
  const run = jobs[job]?.(world, { deadlineMs: 365 * 86_400_000, runtime: clock, signal: controller.signal });
  void outcomeOf(run ?? Promise.reject(new Error("there is no such job"))).then(() => {
    ended = true;
  });
  for (;;) {
    await turns();
    if (ended || clock.monotonicMs() - startedAt > forMs || !clock.advanceToNext()) break;
  }
  const times = sentAt.map((at) => at - startedAt).filter((at) => at <= forMs);
  controller.abort();
  await turns();
  return times;
}

/** The largest number of requests within any minute. */
function mostPerMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + minuteMs).length));
}

/** Returns the responses of `healthy` at first, so that a job can start, and failures after that. */
const failingAfter = (healthy: number, failure: () => Response): Responses => {
  let count = 0;
  return (asked) => (count++ < healthy ? endless(asked) : failure());
};

const chance = fc.constantFrom(0, 0.5, 0.999);

describe.each(Object.keys(jobs))("%s", (job) => {
  test("sends few requests while the service fails", async () => {
    await fc.assert(
      fc.asyncProperty(chance, fc.nat(12), fc.constantFrom(500, 503, 429), async (random, healthy, status) => {
        const responses = failingAfter(healthy, () => refusal(status));
        const times = await requestTimes(job, 10 * minuteMs, () => random, responses);
        // Each call has three attempts. At first there is a poll every few seconds, and later one every 15 to 30 seconds.
        expect(mostPerMinute(times.slice(healthy))).toBeLessThanOrEqual(45);
        expect(mostPerMinute(times.filter((at) => at > 5 * minuteMs))).toBeLessThanOrEqual(25);
      }),
      { numRuns },
    );
  });

  test("never sends a request before Retry-After has passed", async () => {
    const seconds = fc.oneof(fc.integer({ min: 1, max: 7_000 }), fc.constantFrom(1, 59, 60, 61, 120, 3_600));
    await fc.assert(
      fc.asyncProperty(
        chance,
        fc.nat(8),
        seconds,
        fc.constantFrom(429, 503, 500),
        async (random, healthy, asked, status) => {
          const responses = failingAfter(healthy, () => refusal(status, { "retry-after": String(asked) }));
          const times = (await requestTimes(job, 10 * asked * 1_000, () => random, responses)).slice(healthy);
          const gaps = times.slice(1).map((at, index) => at - (times[index] as number));
          for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(asked * 1_000);
        },
      ),
      // The very first response has a delay that is longer than the client itself accepts.
      { numRuns, examples: [[0, 0, 61, 503]] },
    );
  });

  test("sends few requests whatever Retry-After says", async () => {
    const header = fc.constantFrom(
      ...[
        "0",
        "-1",
        "1.5",
        "1e9",
        "9".repeat(400),
        "soon",
        "",
        "0x10",
        "1, 2",
        "Infinity",
        "NaN",
        "3601",
        "99999999999",
      ],
      ...["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "2026-01-05T00:00:10Z"],
    );
    await fc.assert(
      fc.asyncProperty(chance, fc.nat(8), header, fc.constantFrom(429, 503), async (random, healthy, value, status) => {
        const responses = failingAfter(healthy, () => refusal(status, { "retry-after": value }));
        const times = (await requestTimes(job, 10 * minuteMs, () => random, responses)).slice(healthy);
        expect(mostPerMinute(times)).toBeLessThanOrEqual(80);
        expect(mostPerMinute(times.filter((at) => at > 5 * minuteMs))).toBeLessThanOrEqual(25);
      }),
      { numRuns },
    );
  });
});
