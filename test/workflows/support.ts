import { onTestFinished } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";
import type { Fetch, Runtime } from "../../src/wrappers/options.js";

/** Longer timers are limits on something that hangs; shorter ones are waits. */
const limitMs = 60_000;

/** A clock whose waits end at once, and move it. Limits are reached only when `reachLimits` says so. */
export interface HastyRuntime extends Runtime {
  /** Every wait there was, in milliseconds. */
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
  // Not enumerable: the option `runtime` refuses members that it does not know.
  const hidden = { waits: { value: waits }, reachLimits: { value: reachLimits } };
  return Object.defineProperties(runtime, hidden) as HastyRuntime;
}

/** The client's own clock stands still: its waits between attempts are 0 ms long, and its limits are never reached. */
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
  /** For workflows: waits move the simulator's clock as well. */
  readonly runtime: HastyRuntime;
}

/** A simulator, a client of it, and a clock, for one test. */
export async function stage(options: SimulatorOptions = {}): Promise<Stage> {
  const scene = await openStage(options);
  onTestFinished(() => scene.sim.close());
  return scene;
}

/** The same for several tests; the caller closes the simulator. */
export async function openStage(options: SimulatorOptions = {}): Promise<Stage> {
  const sim = await startSimulator(options);
  return { sim, sfc: clientOf(sim), runtime: hastyRuntime((ms) => sim.advance(ms)) };
}

/** Another client, as a new process would make it: it remembers nothing of the first. */
export function clientOf(sim: Simulator, fetch?: Fetch): SfcClient {
  return new SfcClient({ baseUrl: sim.url, token: sim.token, runtime: stillRuntime(), ...(fetch && { fetch }) });
}

/** A client whose first POST to this path takes effect, while its response never comes: the time limit ends the attempt. */
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

/** Operations that reached the simulator, in order. */
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
