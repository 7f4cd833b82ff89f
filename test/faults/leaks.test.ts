import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Caller, createCaller } from "../../src/wrappers/call.js";
import type { CallOptions, Fetch } from "../../src/wrappers/options.js";
import { countingSignal } from "../support/counting-signal.js";
import { often } from "../support/long.js";
import { inputFor, sampleList, sampleOperations } from "../support/operations.js";
import { deafStall, json, refused, reset, resetInBody, stall, stallInBody, status } from "../support/scripted-fetch.js";
import { outcomeOf, turns } from "../support/settle.js";
import { testCaller } from "../support/test-caller.js";
import { transportNamed } from "../support/transports.js";
import type { VirtualRuntime } from "../support/virtual-runtime.js";
import { type Bench, network, type Plan, startBench } from "./bench.js";
import { faultNamed, faults } from "./faults.js";
import { allOperations, representatives } from "./matrix.js";

const transports = { global: transportNamed("global"), node: transportNamed("node") };
const names = ["global", "node"] as const;
let bench: Bench;
beforeAll(async () => {
  bench = await startBench([...allOperations, keyed]);
});
afterAll(async () => {
  transports.node.close();
  await bench.close();
});
beforeEach(() => {
  bench.server.reset();
  bench.server.onStall(() => undefined);
});

const { keyed } = sampleOperations;

/** Advances the clock while the network works, so that delays and stalls end too. */
async function flow(clock: VirtualRuntime, work: Promise<unknown>): Promise<void> {
  let done = false;
  const ending = work.finally(() => {
    done = true;
  });
  while (!done) {
    await turns(1);
    clock.advance(500);
  }
  await ending;
}

/** Makes `calls` calls of every kind of operation, 50 at the same time. */
async function manyCalls(calls: number, clock: VirtualRuntime, caller: Caller, signal: AbortSignal) {
  const operations = representatives(allOperations).filter(({ paging }) => paging === undefined);
  const ended = { ok: 0, failed: 0 };
  let next = 0;
  const worker = async () => {
    while (next < calls) {
      const operation = operations[next++ % operations.length] ?? keyed;
      const outcome = await outcomeOf(caller.call(operation, inputFor(operation), { signal }));
      ended["error" in outcome ? "failed" : "ok"]++;
    }
  };
  await flow(clock, Promise.all(Array.from({ length: 50 }, worker)));
  return ended;
}

describe("calls with one signal, of which every tenth has a fault", () => {
  test("thousands leave no listener and no timer, whether they succeed or fail", async () => {
    const calls = often(2_000, 10_000);
    const steps = [
      refused(),
      reset(),
      status(429),
      status(503),
      status(422),
      stall(),
      deafStall(),
      stallInBody(),
      resetInBody(),
    ];
    let request = 0;
    const fetch = async (_url: string, init: RequestInit) => {
      const step = request++ % 10 === 0 ? steps[((request / 10) % steps.length) | 0] : undefined;
      return (step ?? json({ id: "thing_1" }))(init.signal as AbortSignal);
    };
    const { signal, listeners, mostListeners } = countingSignal();
    const { caller, clock } = testCaller(fetch, { onEvent: undefined });
    const ended = await manyCalls(calls, clock, caller, signal);
    expect(ended.ok + ended.failed).toBe(calls);
    expect(ended.failed).toBeGreaterThan(calls / 100);
    expect(mostListeners()).toBe(1);
    expect(listeners()).toBe(0);
    expect(clock.pendingTimers()).toBe(0);
  });

  test.each(names)("hundreds over real sockets also leave no busy socket: %s fetch", async (name) => {
    let request = 0;
    const plan: Plan = () => (request++ % 10 === 0 ? faults[((request / 10) % faults.length) | 0] : undefined);
    const { signal, listeners } = countingSignal();
    const { options, clock } = network({ ...bench, fetch: transports[name].fetch }, plan, { silencePasses: false });
    const ended = await manyCalls(often(300, 1_000), clock, createCaller({ ...options, onEvent: undefined }), signal);
    expect(ended.ok).toBeGreaterThan(ended.failed);
    expect(ended.failed).toBeGreaterThan(10);
    expect(listeners()).toBe(0);
    expect(clock.pendingTimers()).toBe(0);
    await turns();
    expect(await bench.server.busySockets()).toBe(0);
  });
});

describe("hundreds of pages of two hundred rows", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const heapBytes = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const pages = often(400, 1_000);
  const pageBody = (page: number) => ({
    object: "list",
    data: Array.from({ length: 200 }, (_, i) => ({ id: `row_${page}_${i}`, note: `${page} ${i} `.repeat(8) })),
    has_more: page < pages,
    cursor: `cursor_${page}`,
  });

  test.each([false, true])("are read in constant memory (looking ahead: %s)", async (lookAhead) => {
    const fetch = async (url: string) => {
      const cursor = new URL(url).searchParams.get("starting_after");
      return Response.json(pageBody(cursor === null ? 1 : Number(cursor.slice("cursor_".length)) + 1));
    };
    const { caller } = testCaller(fetch, { onEvent: undefined });
    let rows = 0;
    let early = 0;
    for await (const _ of caller.list(sampleList(), {}, { lookAhead })) {
      rows++;
      if (rows === 200 * 100) early = heapBytes();
    }
    expect(rows).toBe(200 * pages);
    // A page is about 30 KB, so keeping the last three hundred pages would take more than 9 MB.
    expect(heapBytes() - early).toBeLessThan(5_000_000);
  });
});

/** A call with a fault, on a network whose clock stands still. */
function faultyCall(transport: keyof typeof transports, faultName: string, options: CallOptions) {
  const net = network({ ...bench, fetch: transports[transport].fetch }, () => faultNamed(faultName), {
    silencePasses: false,
  });
  let silent: () => void = () => undefined;
  const fetch: Fetch = async (url, init) => {
    const response = await (net.options.fetch as Fetch)(url, init);
    if (faultName === "stall in mid-body") silent();
    return response;
  };
  const silence = new Promise<void>((resolve) => {
    bench.server.onStall(resolve);
    silent = resolve;
  });
  const caller = createCaller({ ...net.options, fetch, onEvent: ({ type }) => type === "retry" && silent() });
  let ended: unknown;
  void outcomeOf(caller.call(keyed, inputFor(keyed), options)).then((outcome) => {
    ended = outcome;
  });
  return { clock: net.clock, silence, ended: () => ended };
}

describe.each(names)("an abort ends a call at once, while the clock stands still: %s fetch", (name) => {
  test.each([
    ["a request", "stall before headers", true],
    ["a body", "stall in mid-body", true],
    ["a wait", "429, Retry-After 2 s", false],
  ])("%s", async (_, faultName, ambiguous) => {
    const { signal, abort, listeners } = countingSignal();
    const { clock, silence, ended } = faultyCall(name, faultName, { signal });
    await silence;
    await turns();
    expect(ended()).toBeUndefined();
    abort();
    await turns(1);
    expect(ended()).toMatchObject({ error: { name: "AbortError", attempts: 1, ambiguous } });
    expect(clock.pendingTimers()).toBe(0);
    expect(listeners()).toBe(0);
    await turns();
    expect(await bench.server.busySockets()).toBe(0);
  });
});

describe.each(names)("time limits hold over real sockets, to the millisecond: %s fetch", (name) => {
  test.each(["stall before headers", "stall in mid-body"])("%s", async (faultName) => {
    for (const limit of ["timeoutMs", "deadlineMs"]) {
      const { clock, silence, ended } = faultyCall(name, faultName, { [limit]: 1_234, maxRetries: 0 });
      await silence;
      clock.advance(1_233);
      await turns();
      expect(ended()).toBeUndefined();
      clock.advance(1);
      await turns(1);
      expect(ended()).toMatchObject({ error: { name: "TimeoutError", limit, ambiguous: true } });
      expect(clock.pendingTimers()).toBe(0);
      await turns();
      expect(await bench.server.busySockets()).toBe(0);
    }
  });
});
