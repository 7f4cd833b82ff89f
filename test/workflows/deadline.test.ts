import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as workflows from "../../src/workflows.js";
import { outcomeOf, settle, turns } from "../support/settle.js";
import { endless, jobs, type Responses, refusal, slowWorld } from "./slow-world.js";

/** Functions that send no request. */
const helpers = [
  "cloudInit",
  "logLines",
  "price",
  "priorityBatches",
  "resourcePath",
  "tagFilter",
  "tags",
  "unixSeconds",
];

test("every workflow is among the tested jobs", () => {
  const names = Object.keys(workflows).filter((name) => !name.endsWith("Error") && !helpers.includes(name));
  const tried = new Set(Object.keys(jobs).map((job) => job.split(",")[0]));
  expect([...tried].sort()).toEqual(names.sort());
});

const services: Record<string, Responses> = {
  "never comes to an end": endless,
  "fails always": () => refusal(500),
  "asks to wait": () => refusal(429, { "retry-after": "1" }),
  "asks to wait for a day": () => refusal(503, { "retry-after": "86400" }),
};

/** Runs a job with a clock that moves automatically, and returns its duration. It stops after ten times the deadline. */
async function durationOf(job: string, deadlineMs: number, share: number, responses: Responses): Promise<number> {
  const world = slowWorld(deadlineMs * share, responses);
  const { clock } = world;
  const startedAt = clock.monotonicMs();
  let ended = false;
  const run = jobs[job]?.(world, { deadlineMs, runtime: clock }) ?? Promise.reject(new Error("there is no such job"));
  void outcomeOf(run).then(() => {
    ended = true;
  });
  for (;;) {
    await turns();
    const duration = clock.monotonicMs() - startedAt;
    if (ended || duration > 10 * deadlineMs) return duration;
    if (!clock.advanceToNext()) throw new Error("a hang: nothing is left that could end the job");
  }
}

describe.each(Object.keys(jobs))("%s", (job) => {
  test("ends by its deadline, although each call takes nearly as long", async () => {
    const deadline = fc.integer({ min: 20, max: 100_000_000 });
    const share = fc.constantFrom(0.9, 0.55, 0.3);
    await fc.assert(
      fc.asyncProperty(deadline, share, async (deadlineMs, part) => {
        for (const responses of Object.values(services)) {
          expect(await durationOf(job, deadlineMs, part, responses)).toBeLessThanOrEqual(1.1 * deadlineMs);
        }
      }),
      { numRuns: 6, examples: [[1_500, 0.9]] },
    );
  });

  test.each([Number.MIN_VALUE, 1e-9, 0.4, 1])(
    "sends nothing with a deadline of %d ms, and does not hang",
    async (deadlineMs) => {
      for (const responses of Object.values(services)) {
        const world = slowWorld(1_000, responses);
        const { clock, sentAt } = world;
        const startedAt = clock.monotonicMs();
        await settle(clock, jobs[job]?.(world, { deadlineMs, runtime: clock }) ?? Promise.resolve());
        expect(clock.monotonicMs() - startedAt).toBeLessThanOrEqual(1.1 * deadlineMs);
        expect(sentAt.length).toBeLessThanOrEqual(2);
      }
    },
  );

  test.each([undefined, Number.POSITIVE_INFINITY, Number.MAX_VALUE])(
    "works with a deadline of %d",
    async (deadlineMs) => {
      const world = slowWorld(1_000, () => refusal(403));
      const { clock } = world;
      const controller = new AbortController();
      const run = outcomeOf(
        jobs[job]?.(world, { deadlineMs, runtime: clock, signal: controller.signal }) ?? Promise.resolve(),
      );
      for (let step = 0; step < 20; step++) {
        await turns();
        // A timer that is weeks away is a limit, and not what the job waits for.
        if (clock.pendingTimers() > 0 && clock.monotonicMs() < 100_000_000) clock.advance(1_000);
      }
      controller.abort();
      await run;
      expect(clock.pendingTimers()).toBe(0);
    },
  );
});
