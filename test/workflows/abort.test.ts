import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countingSignal } from "../support/counting-signal.js";
import { outcomeOf, turns } from "../support/settle.js";
import { endless, jobs, type Responses, refusal, slowWorld } from "./slow-world.js";

const services: Record<string, Responses> = {
  "never comes to an end": endless,
  "fails always": () => refusal(500),
  "asks to wait": () => refusal(429, { "retry-after": "600" }),
};

describe.each(Object.keys(jobs))("%s", (job) => {
  test("ends at once when the caller aborts, in any phase, and leaves no timer and no listener", async () => {
    const moment = fc.integer({ min: 0, max: 30 });
    const service = fc.constantFrom(...Object.values(services));
    await fc.assert(
      fc.asyncProperty(moment, service, fc.constantFrom(undefined, 3_600_000), async (steps, responses, deadlineMs) => {
        const world = slowWorld(700, responses);
        const { clock, sentAt } = world;
        const caller = countingSignal();
        const limits = { signal: caller.signal, runtime: clock, deadlineMs };
        let outcome: Awaited<ReturnType<typeof outcomeOf>> | undefined;
        void outcomeOf(jobs[job]?.(world, limits) ?? Promise.reject(new Error("there is no such job"))).then((it) => {
          outcome = it;
        });
        await turns();
        for (let step = 0; step < steps && !outcome; step++) {
          clock.advanceToNext();
          await turns();
        }
        const endedBefore = outcome !== undefined;
        const sent = sentAt.length;
        caller.abort();
        await turns(8);
        expect(outcome).toBeDefined();
        if (!endedBefore) expect(outcome).toMatchObject({ error: { name: "AbortError" } });
        expect(sentAt).toHaveLength(sent);
        expect(clock.pendingTimers()).toBe(0);
        expect(caller.listeners()).toBe(0);
      }),
      { numRuns: 15 },
    );
  });

  test("sends nothing when the signal is already aborted", async () => {
    const world = slowWorld(700, endless);
    const outcome = await outcomeOf(
      jobs[job]?.(world, { signal: AbortSignal.abort(), runtime: world.clock }) ?? Promise.resolve(),
    );
    expect(outcome).toMatchObject({ error: { name: "AbortError" } });
    expect(world.sentAt).toHaveLength(0);
  });
});
