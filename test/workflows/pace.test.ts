import { describe, expect, test } from "vitest";
import { SfcClient } from "../../src/index.js";
import { Pace } from "../../src/workflows/runtime.js";
import { AbortError, TimeoutError } from "../../src/wrappers/errors.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { failure, settle, success, turns } from "../support/settle.js";
import { type VirtualRuntime, virtualRuntime } from "../support/virtual-runtime.js";

/** A client on which every request takes this long. */
function slowClient(clock: VirtualRuntime, ms: number, body: () => unknown) {
  let requests = 0;
  const fetch: Fetch = (_url, { signal }) =>
    new Promise((resolve, reject) => {
      requests += 1;
      const timer = clock.setTimeout(() => resolve(Response.json(body())), ms);
      signal?.addEventListener("abort", () => {
        clock.clearTimeout(timer);
        reject(signal.reason);
      });
    });
  const sfc = new SfcClient({ token: "sk_live_5up3r_s3cr3t", fetch, runtime: clock });
  return { sfc, requests: () => requests };
}

describe("the options of a workflow's calls", () => {
  test("give every page of a list only the remaining time", async () => {
    const clock = virtualRuntime();
    let page = 0;
    const { sfc } = slowClient(clock, 900, () => ({ data: [], has_more: true, cursor: `nodec_${++page}` }));
    const startedAt = clock.monotonicMs();
    const pace = new Pace({ runtime: clock, deadlineMs: 1_000 });
    const walk = async () => {
      for await (const _ of sfc.instances.list({}, pace.callOptions())) throw new Error("there is no row");
    };
    expect(await failure(clock, walk())).toMatchObject({ name: "TimeoutError", limit: "deadlineMs" });
    expect(clock.monotonicMs() - startedAt).toBe(1_000);
  });

  test("give the second call only the time that remains after the first", async () => {
    const clock = virtualRuntime();
    const { sfc } = slowClient(clock, 900, () => ({ id: "inst_1" }));
    const startedAt = clock.monotonicMs();
    const options = new Pace({ runtime: clock, deadlineMs: 1_000 }).callOptions();
    await success(clock, sfc.instances.get("inst_1", options));
    expect(TimeoutError.is(await failure(clock, sfc.instances.get("inst_1", options)))).toBe(true);
    expect(clock.monotonicMs() - startedAt).toBe(1_000);
  });

  test("send nothing after the deadline, and the error of a write is not ambiguous then", async () => {
    const clock = virtualRuntime();
    const { sfc, requests } = slowClient(clock, 1, () => ({ id: "pool_1" }));
    const options = new Pace({ runtime: clock, deadlineMs: 1_000 }).callOptions();
    clock.advance(1_000);
    const error = await failure(clock, sfc.pools.create({ workspace: "wksp_1" }, options));
    expect(error).toMatchObject({ name: "TimeoutError", attempts: 0, ambiguous: false });
    expect(requests()).toBe(0);
  });

  test("set no limit without a deadline", () => {
    expect(new Pace({}).callOptions().deadlineMs).toBeUndefined();
    expect(new Pace({ deadlineMs: Number.POSITIVE_INFINITY }).callOptions().deadlineMs).toBeUndefined();
  });
});

describe("work that is not a call", () => {
  const never = () => new Promise<never>(() => undefined);

  test("ends at the deadline and when the caller aborts, even if it never settles", async () => {
    const clock = virtualRuntime();
    const startedAt = clock.monotonicMs();
    const error = await failure(clock, new Pace({ runtime: clock, deadlineMs: 500 }).within(never));
    expect(error).toMatchObject({ name: "TimeoutError", limit: "deadlineMs" });
    expect(clock.monotonicMs() - startedAt).toBe(500);
    const controller = new AbortController();
    const pending = failure(clock, new Pace({ runtime: clock, signal: controller.signal }).within(never));
    controller.abort();
    expect(AbortError.is(await pending)).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("such as an async callback ends in the same way, and leaves no unhandled rejection", async () => {
    const clock = virtualRuntime();
    const pace = new Pace({ runtime: clock, deadlineMs: 500 });
    expect(await success(clock, pace.settle(7))).toBeUndefined();
    const own = new RangeError("no");
    expect(await failure(clock, pace.settle(Promise.reject(own)))).toBe(own);
    expect(await failure(clock, pace.settle(never()))).toMatchObject({ name: "TimeoutError", limit: "deadlineMs" });
    expect(await failure(clock, pace.settle(Promise.reject(own)))).toMatchObject({ name: "TimeoutError" });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("returns its result and throws its error", async () => {
    const pace = new Pace({});
    await expect(pace.within(async () => 1)).resolves.toBe(1);
    await expect(pace.within(() => Promise.reject(new RangeError("no")))).rejects.toThrow(RangeError);
  });
});

describe("a delay", () => {
  async function durationOf(pause: (pace: Pace) => Promise<void>, random: number, deadlineMs?: number) {
    const clock = virtualRuntime({ random: () => random });
    const startedAt = clock.monotonicMs();
    await success(clock, pause(new Pace({ runtime: clock, deadlineMs })));
    return clock.monotonicMs() - startedAt;
  }

  test("takes pollMs while there is no failure", async () => {
    expect(await durationOf((pace) => pace.pause(250, 0), 0)).toBe(250);
  });

  test.each([0, 0.999])("grows with consecutive failures, for any random value (%d)", async (random) => {
    const lengths: number[] = [];
    for (let failures = 1; failures <= 12; failures++) {
      lengths.push(await durationOf((pace) => pace.pause(1, failures), random));
    }
    for (const [index, ms] of lengths.entries()) {
      const most = Math.min(1_000 * 2 ** index, 30_000);
      expect(ms).toBeGreaterThanOrEqual(most / 2);
      expect(ms).toBeLessThanOrEqual(most);
    }
  });

  test("ends at the deadline", async () => {
    expect(await durationOf((pace) => pace.pause(1_000, 9), 0.5, 700)).toBe(700);
  });

  test("can last longer than the longest possible timer", async () => {
    const twoMonthsMs = 60 * 86_400_000;
    expect(await durationOf((pace) => pace.sleep(twoMonthsMs), 0)).toBe(twoMonthsMs);
  });

  test("of 0 ms still checks whether the caller has aborted", async () => {
    const clock = virtualRuntime();
    const pace = new Pace({ runtime: clock, signal: AbortSignal.abort() });
    expect(await settle(clock, pace.sleep(0))).toMatchObject({ error: { name: "AbortError" } });
    await turns();
  });
});
