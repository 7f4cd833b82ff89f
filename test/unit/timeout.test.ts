import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wasNeverSent } from "../../src/wrappers/retry.js";
import {
  AbortReason,
  type Interruption,
  interruptibleFetch,
  type Limits,
  notSent,
  sleep,
  withinLimits,
} from "../../src/wrappers/timeout.js";
import { countingSignal } from "../support/counting-signal.js";
import { outcomeOf, turns } from "../support/settle.js";
import { virtualRuntime } from "../support/virtual-runtime.js";

const never = () => new Promise<never>(() => undefined);

function setup(limits: Partial<Omit<Limits, "deadlineAt">> & { deadlineMs?: number } = {}) {
  const clock = virtualRuntime();
  const { signal, listeners, abort } = countingSignal();
  const { deadlineMs = Number.POSITIVE_INFINITY, timeoutMs = 1_000 } = limits;
  return { clock, listeners, abort, limits: { signal, timeoutMs, deadlineAt: clock.monotonicMs() + deadlineMs } };
}

/** The state of a promise after everything that does not depend on the clock has run. */
async function stateOf(promise: Promise<unknown>) {
  let state: unknown = "pending";
  void outcomeOf(promise).then((settled) => {
    state = "error" in settled && settled.error instanceof AbortReason ? settled.error.why : settled;
  });
  await turns();
  return state;
}

describe("withinLimits", () => {
  test("resolves to the result of the work, and leaves no timer and no listener", async () => {
    const { clock, limits, listeners } = setup();
    expect(await stateOf(withinLimits(clock, limits, async () => 7))).toEqual({ value: 7 });
    expect(clock.pendingTimers()).toBe(0);
    expect(listeners()).toBe(0);
  });

  test("rejects with the failure of the work, and leaves no timer and no listener", async () => {
    const { clock, limits, listeners } = setup();
    const error = new Error("broken");
    expect(await stateOf(withinLimits(clock, limits, () => Promise.reject(error)))).toEqual({ error });
    expect(clock.pendingTimers()).toBe(0);
    expect(listeners()).toBe(0);
  });

  test("leaves no timer when a signal of another library refuses listeners", async () => {
    const { clock, limits } = setup();
    const error = new Error("no listeners");
    const addEventListener = () => {
      throw error;
    };
    const signal = { aborted: false, addEventListener, removeEventListener: () => undefined } as unknown as AbortSignal;
    expect(await stateOf(withinLimits(clock, { ...limits, signal }, never))).toEqual({ error });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("leaves no timer and no listener when the work throws before it returns a promise", async () => {
    const { clock, limits, listeners } = setup();
    const error = new Error("thrown");
    const work = () => {
      throw error;
    };
    expect(await stateOf(withinLimits(clock, limits, work))).toEqual({ error });
    expect(clock.pendingTimers()).toBe(0);
    expect(listeners()).toBe(0);
  });

  test.each([
    ["timeoutMs", { timeoutMs: 1_000 }],
    ["timeoutMs", { timeoutMs: 1_000, deadlineMs: 1_000 }],
    ["deadlineMs", { timeoutMs: 2_000, deadlineMs: 1_000 }],
  ])("ends at the nearer limit, to the millisecond, and names it: %s of %o", async (why, given) => {
    const { clock, limits } = setup(given);
    const call = withinLimits(clock, limits, never);
    clock.advance(999);
    expect(await stateOf(call)).toBe("pending");
    clock.advance(1);
    expect(await stateOf(call)).toBe(why);
  });

  test("ends and cancels work that ignores its signal", async () => {
    const { clock, limits, abort, listeners } = setup();
    let seen: AbortSignal | undefined;
    const call = withinLimits(clock, limits, ({ signal }) => {
      seen = signal;
      return never();
    });
    abort();
    expect(await stateOf(call)).toBe("aborted");
    expect(seen?.aborted).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
    expect(listeners()).toBe(0);
  });

  test("does not start the work when the signal is aborted already", async () => {
    const { clock, limits, abort } = setup();
    abort();
    let started = false;
    const call = withinLimits(clock, limits, async () => {
      started = true;
    });
    expect(await stateOf(call)).toBe("aborted");
    expect(started).toBe(false);
    expect(clock.pendingTimers()).toBe(0);
  });

  test.each([0, -1])("does not start the work when the deadline is %i ms away", async (deadlineMs) => {
    const { clock, limits, listeners } = setup({ deadlineMs });
    let started = false;
    const call = withinLimits(clock, limits, async () => {
      started = true;
    });
    expect(await stateOf(call)).toBe("deadlineMs");
    expect(started).toBe(false);
    expect(clock.pendingTimers()).toBe(0);
    expect(listeners()).toBe(0);
  });

  test("cancels work whose first step aborts the call", async () => {
    const { clock, limits, abort } = setup();
    let seen: AbortSignal | undefined;
    const call = withinLimits(clock, limits, ({ signal }) => {
      seen = signal;
      abort();
      return never();
    });
    expect(await stateOf(call)).toBe("aborted");
    expect(seen?.aborted).toBe(true);
  });

  test("rejects with the reason of the abort when the work fails because of it", async () => {
    const { clock, limits } = setup();
    const obedient = ({ signal }: Interruption) =>
      new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const call = withinLimits(clock, limits, obedient);
    clock.advance(1_000);
    expect(await stateOf(call)).toBe("timeoutMs");
  });

  test("clamps a limit that is too large for a timer, instead of ending at once", async () => {
    const { clock, limits } = setup({ timeoutMs: 2 ** 40 });
    const call = withinLimits(clock, limits, never);
    clock.advance(2 ** 31 - 2);
    expect(await stateOf(call)).toBe("pending");
  });

  test("settles once and leaves no timer and no listener, whichever comes first: response, failure, timeout, deadline or abort", async () => {
    const moment = fc.integer({ min: 0, max: 20 });
    const scenario = fc.record({
      workEnds: fc.option(moment, { nil: undefined }),
      workFails: fc.boolean(),
      aborts: fc.option(moment, { nil: undefined }),
      timeoutMs: fc.integer({ min: 1, max: 20 }),
      deadlineMs: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ workEnds, workFails, aborts, timeoutMs, deadlineMs }) => {
        const { clock, limits, abort, listeners } = setup({ timeoutMs, deadlineMs });
        const at = (ms: number | undefined, run: () => void) => ms !== undefined && clock.setTimeout(run, ms);
        at(aborts, abort);
        const work = () =>
          new Promise<string>((resolve, reject) =>
            at(workEnds, () => (workFails ? reject("broken") : resolve("done"))),
          );
        let settled = 0;
        const call = outcomeOf(withinLimits(clock, limits, work)).finally(() => settled++);
        const end = Math.min(timeoutMs, deadlineMs, workEnds ?? 99, aborts ?? 99);
        for (let ms = 0; ms <= 40; ms++) {
          await Promise.resolve();
          clock.advance(ms === 0 ? 0 : 1);
          await turns(1);
          expect(settled).toBe(ms >= end ? 1 : 0);
        }
        await call;
        expect(listeners()).toBe(0);
        expect(clock.pendingTimers()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe("sleep", () => {
  test("ends at its time, to the millisecond", async () => {
    const { clock, limits } = setup();
    const nap = sleep(clock, limits, 300);
    clock.advance(299);
    expect(await stateOf(nap)).toBe("pending");
    clock.advance(1);
    expect(await stateOf(nap)).toEqual({ value: undefined });
  });

  test("ends at once on abort, and leaves no timer and no listener", async () => {
    const { clock, limits, abort, listeners } = setup();
    const nap = sleep(clock, limits, 300);
    abort();
    expect(await stateOf(nap)).toBe("aborted");
    expect(clock.pendingTimers()).toBe(0);
    expect(listeners()).toBe(0);
  });

  test("with a duration of 0 ends without a timer", async () => {
    const { clock, limits } = setup();
    expect(await stateOf(sleep(clock, limits, 0))).toEqual({ value: undefined });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("does not begin when the signal is aborted already", async () => {
    const { clock, limits, abort } = setup();
    abort();
    expect(await stateOf(sleep(clock, limits, 300))).toBe("aborted");
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("a transport that is aborted", () => {
  /** A transport that waits for a connection, and reports on abort whether it had one. */
  const waiting =
    (hasSent: boolean) =>
    ({ signal }: Interruption) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => {
          if (!hasSent) (signal.reason as { [notSent]?: () => void })[notSent]?.();
          reject(signal.reason);
        });
      });

  test.each(["timeoutMs", "deadlineMs", "aborted"])(
    "can report that it sent nothing, for every reason of the abort: %s",
    async (why) => {
      for (const hasSent of [false, true]) {
        const { clock, abort, limits } = setup(why === "deadlineMs" ? { deadlineMs: 500 } : {});
        const outcome = outcomeOf(withinLimits(clock, limits, waiting(hasSent)));
        if (why === "aborted") abort();
        else clock.advance(1_000);
        const { error } = (await outcome) as { error: AbortReason };
        expect(error.why).toBe(why);
        expect(wasNeverSent(error)).toBe(!hasSent);
      }
    },
  );

  test("gets the same reason as from abort() without an argument", async () => {
    const { clock, abort, limits } = setup();
    let reason: unknown;
    const call = outcomeOf(
      withinLimits(clock, limits, ({ signal }) => {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
        });
        return never();
      }),
    );
    abort();
    await call;
    expect(reason).toBeInstanceOf(DOMException);
    const { name, message } = AbortSignal.abort().reason as DOMException;
    expect(reason).toMatchObject({ name, message });
    expect(Object.keys(reason as object)).toEqual([]);
  });

  test("is notified through onAbort as well, until it removes its function", async () => {
    const { clock, limits, abort } = setup();
    const seen: unknown[] = [];
    const call = outcomeOf(
      withinLimits(clock, limits, (interruption) => {
        interruption.onAbort(() => seen.push("removed"))();
        interruption.onAbort((reason) => seen.push(reason));
        return new Promise((_, reject) => interruption.onAbort(() => reject(interruption.signal.reason)));
      }),
    );
    abort();
    expect(await call).toMatchObject({ error: { why: "aborted" } });
    expect(seen).toEqual([expect.objectContaining({ name: "AbortError" })]);
  });

  test("gets an aborted signal when it reads the signal after the end", async () => {
    const { clock, limits, abort } = setup();
    let late: AbortSignal | undefined;
    const call = withinLimits(clock, limits, async (interruption) => {
      abort();
      late = interruption.signal;
      return never();
    });
    expect(await stateOf(call)).toBe("aborted");
    expect([late?.aborted, late?.reason]).toEqual([true, expect.objectContaining({ name: "AbortError" })]);
  });
});

test("the symbol names that a transport looks up are the same in every version", () => {
  expect([interruptibleFetch, notSent].map(Symbol.keyFor)).toEqual([
    "sfc-preview-sdk.interruptibleFetch",
    "sfc-preview-sdk.notSent",
  ]);
});

test("an abort reason has no message and no field", () => {
  expect(new AbortReason("aborted")).toMatchObject({ why: "aborted", message: "", field: "", notSent: false });
});
