import { afterAll, afterEach, beforeAll, expect, onTestFinished, type RunnerTestSuite } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../packages/devtools/src/simulator.js";
import { ApiError, SfcClient } from "../../src/index.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { startInProcessProxy } from "../contract/in-process-mock.js";
import { ownDescription } from "../contract/mock.js";
import { shared } from "../support/shared.js";
import { type ProxiedCall, watchingFetch } from "./contract-watch.js";
import { idOf, operationsOf } from "./descriptors.js";
import { type Names, namesIn } from "./names.js";

/** What one test works with. */
export interface World extends Names {
  readonly simulator: Simulator;
  /** client -> Prism -> simulator; a call that violates the contract fails the test. */
  readonly sfc: SfcClient;
  /** The same client with another token. */
  as(token: string): SfcClient;
  /**
   * For a request that violates the contract on purpose: Prism must refuse it, and so must the simulator when it receives the request directly.
   * Returns the simulator's error.
   */
  breaksContract(call: (sfc: SfcClient) => PromiseLike<unknown>): Promise<ApiError>;
  /** For requests that our clients never send: the requests of `run` may go directly to the simulator. */
  direct<T>(run: () => PromiseLike<T>): Promise<T>;
}

export interface WorldFile {
  /** The resource whose operations this file must all call successfully, such as `"pools"`. */
  readonly covers?: string;
  /** Sends the requests. @default the global `fetch` */
  readonly fetch?: Fetch;
}

/** The proxy takes a moment to start, so all files share it. Each test has its own simulator behind it. */
export const openProxy = shared(() => startInProcessProxy(ownDescription(), "http://127.0.0.1:9"));

/**
 * Call this at the top of a test file. It returns a function that makes a world for one test, with its own simulator behind Prism.
 * Every request and response is checked against the description.
 */
export function useWorld({ covers, fetch }: WorldFile = {}): (options?: SimulatorOptions) => Promise<World> {
  const succeeded = new Set<string>();
  let current: RunningWorld | undefined;

  beforeAll(openProxy);
  afterEach(() => {
    const world = current;
    current = undefined;
    if (world === undefined) return;
    for (const id of world.succeeded()) succeeded.add(id);
    expect(world.violations()).toEqual([]);
    expect(world.passedBy()).toEqual([]);
  });
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of a hook's fixtures from this pattern
  afterAll(({}, suite) => {
    if (covers !== undefined && ranWhole(suite)) expect(uncalled(covers, succeeded)).toEqual([]);
  });

  return async (options) => {
    const proxy = await openProxy();
    const simulator = await startSimulator(options);
    onTestFinished(() => simulator.close());
    proxy.forwardTo(simulator.url);
    current = new RunningWorld(simulator, proxy.url, fetch);
    return current.view();
  };
}

/** Whether no test was skipped, as `vitest -t` does. */
function ranWhole({ tasks }: Readonly<RunnerTestSuite>): boolean {
  return tasks.every((task) => (task.type === "suite" ? ranWhole(task) : task.mode !== "skip"));
}

function uncalled(resource: string, succeeded: ReadonlySet<string>): string[] {
  return operationsOf(resource)
    .filter((operation) => !succeeded.has(idOf(operation)))
    .map(({ name }) => name);
}

class RunningWorld {
  readonly #simulator: Simulator;
  readonly #prismUrl: string;
  readonly #fetch: Fetch | undefined;
  readonly #proxiedCalls: ProxiedCall[] = [];
  readonly #expected = new Set<ProxiedCall>();
  /** Numbers of the requests that were sent directly to the simulator on purpose. */
  readonly #direct = new Set<number>();

  constructor(simulator: Simulator, prismUrl: string, fetch: Fetch | undefined) {
    this.#simulator = simulator;
    this.#prismUrl = prismUrl;
    this.#fetch = fetch;
  }

  view(): World {
    return {
      ...namesIn(this.#simulator),
      simulator: this.#simulator,
      sfc: this.#client(this.#simulator.token),
      as: (token) => this.#client(token),
      breaksContract: (call) => this.#breaksContract(call),
      direct: (run) => this.#directly(run),
    };
  }

  violations(): string[] {
    return this.#proxiedCalls
      .filter((proxied) => proxied.violation !== undefined && !this.#expected.has(proxied))
      .map(({ request, status, violation }) => `${request} -> ${status}: ${violation}`);
  }

  /** Requests that bypassed Prism. Requests to presigned URLs always do, and are not counted. */
  passedBy(): string[] {
    const seen = new Set(this.#proxiedCalls.map(({ number }) => number));
    return this.#simulator.requests
      .filter(({ path, number }) => path.startsWith("/preview/") && !seen.has(number) && !this.#direct.has(number))
      .map(({ method, path }) => `${method} ${path}`);
  }

  succeeded(): string[] {
    return this.#simulator.requests
      .filter(({ status = 0, number }) => status >= 200 && status < 300 && !this.#direct.has(number))
      .flatMap(({ operationId }) => operationId ?? []);
  }

  #client(token: string): SfcClient {
    const fetch = watchingFetch(this.#proxiedCalls, this.#fetch);
    return new SfcClient({ baseUrl: this.#prismUrl, token, maxRetries: 0, fetch });
  }

  async #breaksContract(call: (sfc: SfcClient) => PromiseLike<unknown>): Promise<ApiError> {
    const before = this.#proxiedCalls.length;
    await refusalOf(call(this.#client(this.#simulator.token)));
    for (const proxied of this.#proxiedCalls.slice(before)) {
      expect(proxied.violation, `${proxied.request} keeps to the contract`).toMatch(/returned by Prism/);
      this.#expected.add(proxied);
    }
    const { url, token } = this.#simulator;
    return this.#directly(() => refusalOf(call(new SfcClient({ baseUrl: url, token, maxRetries: 0 }))));
  }

  async #directly<T>(run: () => PromiseLike<T>): Promise<T> {
    const before = this.#simulator.requests.length;
    const result = await run();
    for (const { number } of this.#simulator.requests.slice(before)) this.#direct.add(number);
    return result;
  }
}

async function refusalOf(call: PromiseLike<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (reason: unknown) => reason,
  );
  if (!ApiError.is(error)) throw error;
  return error;
}
