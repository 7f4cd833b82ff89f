import { onTestFinished } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";
import type { Fetch, Runtime } from "../../src/wrappers/options.js";

/** Longer timers are time limits, and shorter ones are delays. */
const limitMs = 60_000;

/** A clock whose delays end at once and advance it. Time limits are reached only with `reachLimits`. */
export interface HastyRuntime extends Runtime {
  /** Every delay so far, in milliseconds. */
  readonly waits: number[];
  reachLimits(): void;
}

export function hastyRuntime(onWait: (ms: number) => void = () => undefined): HastyRuntime {
  const waits: number[] = [];
  const pending = new Map<object, () => void>();
  let now = 1_000_000;
  let keys = 0;
  const runtime: Runtime = {
    monotonicMs: () => now,
    dateMs: () => Date.UTC(2026, 6, 28, 8) + now,
    random: () => 0.5,
    randomUUID: () => `key-${++keys}`,
    clearTimeout: (timer) => void pending.delete(timer as object),
    setTimeout: (run, ms) => {
      const timer = {};
      pending.set(timer, run);
      if (ms < limitMs) {
        setImmediate(() => {
          if (!pending.delete(timer)) return;
          waits.push(ms);
          now += ms;
          onWait(ms);
          run();
        });
      }
      return timer;
    },
  };
  const reachLimits = () => {
    now += 86_400_000;
    for (const [timer, run] of [...pending]) if (pending.delete(timer)) run();
  };
  // This member is not enumerable, because the option `runtime` refuses unknown members.
  const hidden = { waits: { value: waits }, reachLimits: { value: reachLimits } };
  return Object.defineProperties(runtime, hidden) as HastyRuntime;
}

/** The client's own clock stands still: its delays between attempts take 0 ms, and its time limits are never reached. */
function stillRuntime(): Partial<Runtime> {
  return {
    monotonicMs: () => 0,
    random: () => 0,
    setTimeout: (run, ms) => (ms === 0 ? setImmediate(run) : undefined),
    clearTimeout: (timer) => clearImmediate(timer as NodeJS.Immediate),
  };
}

export interface Stage {
  readonly sim: Simulator;
  readonly sfc: SfcClient;
  /** The runtime for workflows. Its delays advance the simulator's clock as well. */
  readonly runtime: HastyRuntime;
}

/** A simulator, a client of it, and a clock, for one test. */
export async function stage(options: SimulatorOptions = {}): Promise<Stage> {
  const scene = await openStage(options);
  onTestFinished(() => scene.sim.close());
  return scene;
}

/** The same for several tests. The caller closes the simulator. */
export async function openStage(options: SimulatorOptions = {}): Promise<Stage> {
  const sim = await startSimulator(options);
  return { sim, sfc: clientOf(sim), runtime: hastyRuntime((ms) => sim.advance(ms)) };
}

/** A new client, as in a new process: it shares no memory with the first one. */
export function clientOf(sim: Simulator, fetch?: Fetch): SfcClient {
  return new SfcClient({ baseUrl: sim.url, token: sim.token, runtime: stillRuntime(), ...(fetch && { fetch }) });
}

/** A client whose first POST to this path is applied but gets no response, so that the time limit ends the attempt. */
export function clientWithoutResponse(sim: Simulator, path: string): SfcClient {
  const limits = new Set<() => void>();
  let silent = false;
  const runtime: Partial<Runtime> = {
    ...stillRuntime(),
    setTimeout: (run, ms) => {
      if (ms === 0) return setImmediate(run);
      limits.add(run);
      return run;
    },
    clearTimeout: (timer) => {
      if (!limits.delete(timer as () => void)) clearImmediate(timer as NodeJS.Immediate);
    },
  };
  const fetch: Fetch = async (url, init) => {
    const response = await globalThis.fetch(url, init);
    if (silent || init.method !== "POST" || !url.endsWith(path)) return response;
    silent = true;
    setImmediate(() => {
      for (const reach of [...limits]) reach();
    });
    return new Promise(() => undefined);
  };
  return new SfcClient({ baseUrl: sim.url, token: sim.token, runtime, fetch });
}

/** The operations that the simulator has received, in order. */
export function operationsOf(sim: Simulator): (string | undefined)[] {
  return sim.requests.map(({ operationId }) => operationId);
}

export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
