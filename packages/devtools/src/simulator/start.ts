// For consumers whose `lib` does not declare `AsyncDisposable` yet.
/// <reference lib="esnext.disposable" preserve="true" />

import { ownMethods } from "../own-description.js";
import { createTokenId } from "./access/callers.js";
import { defaultAssumptions } from "./assumptions.js";
import { type Overrides, withDefaults } from "./checks.js";
import { addControl } from "./control/routes.js";
import { Faults } from "./faults/faults.js";
import { Targets } from "./faults/targets.js";
import { bundledDescription, readOperations } from "./http/description.js";
import { KeyMemory } from "./http/idempotency.js";
import { makeMemoryFetch } from "./http/memory-fetch.js";
import { type LoggedRequest, RequestLog } from "./http/request-log.js";
import { closeServer, listen, makeApp } from "./http/server.js";
import { Validator } from "./http/validate.js";
import { makeSimulation } from "./make-simulation.js";
import { aDate, readOptions, type SimulatorOptions } from "./options.js";
import type { Simulation } from "./simulation.js";
import { createStateView, type SimulatorState } from "./state.js";
import { History } from "./storage/history.js";
import { find } from "./storage/lookup.js";
import type { InstanceRow } from "./storage/rows.js";
import { checkSavedWorld, type SavedWorld, saveWorld } from "./storage/saved-world.js";
import { type Span, spanMs } from "./time/clock.js";
import { passTime } from "./time/lifecycle.js";
import { appendLog } from "./time/logs.js";
import { WallClock } from "./time/wall-clock.js";
import { seededRandom } from "./world/random.js";
import { seedBookOrder } from "./world/seed.js";
import type { World, WorldBookOrder } from "./world/world.js";
import { checkMarketOrder, checkWorld } from "./world/world-checks.js";

/** A running simulator. */
export interface Simulator extends AsyncDisposable {
  /** The URL for a client's `baseUrl`, such as `http://127.0.0.1:40123`. With `listen: false`, requests to it work only through `fetch`. */
  readonly url: string;
  /** A token that the simulator accepts. */
  readonly token: string;
  /** The simulated time. */
  readonly now: Date;
  /** The current state, with every change that was applied. */
  readonly state: SimulatorState;
  /** The newest requests, oldest first, at most `keepRequests`. */
  readonly requests: readonly LoggedRequest[];
  readonly faults: Faults;
  /** Calls the simulator without a socket. Use it as the `fetch` option of a client, or in a handler of Mock Service Worker. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Advances the clock: `advance({ minutes: 5 })`, or a number of milliseconds. Everything that is due happens at its own time: orders
   * fill, instances boot, receive nodes and lose them, automations trade.
   */
  advance(span: Span): void;
  /** Advances the clock to a time that is not before the current one. */
  advanceTo(time: Date): void;
  /** Resets time, world, faults and request log. With `world`, starts from that world: its members replace those of the default world. */
  reset(world?: Overrides<World>): Promise<void>;
  /** The whole state as JSON, without faults and the request log. */
  save(): Promise<SavedWorld>;
  /** Restores a saved world, including its time. Faults and the request log are cleared. */
  load(saved: SavedWorld): Promise<void>;
  /** Places an order of another market participant. It is matched at the next `advance`, and the unfilled part stays in the book. */
  placeMarketOrder(order: WorldBookOrder): void;
  /** The id of a token, for the `principal_id` of grants. The API does not return it. */
  tokenId(token: string): string;
  /** Adds a chunk to an instance's console log. */
  writeLog(instanceId: string, data: string | Uint8Array): void;
  /** Simulates a hardware fault: the status of the instance changes to `failed`. */
  failInstance(instanceId: string): void;
  /** Closes all connections and removes uploaded files. */
  close(): Promise<void>;
}

const defaultToken = "sk_live_simulator";
const mostRequests = 10_000;
/** A URL with a reserved host name, so that no request to it can reach a server. */
const urlWithoutServer = "https://simulator.invalid";

/** Starts an in-process, stateful server that behaves like the API. */
export async function startSimulator(given: SimulatorOptions = {}): Promise<Simulator> {
  const options = readOptions(given);
  const description = options.description ?? (await bundledDescription());
  const assumptions = withDefaults(defaultAssumptions, options.assumptions);
  const keys = new KeyMemory(assumptions);
  const sim = makeSimulation(options, keys, options.savedWorld);
  const wallClock = options.realTime === true ? new WallClock(sim, options.speed ?? 1) : undefined;
  if (options.savedWorld !== undefined) wallClock?.catchUp();
  const keepUp = () => wallClock?.keepUp();
  const operations = readOperations(description);
  const faultRandom = seededRandom(faultSeed(options));
  const methods = ownMethods();
  const faults = new Faults(faultRandom, new Targets(operations, methods), () => sim.clock.ms);
  const addFaults = () => {
    for (const [index, rule] of (options.faults ?? []).entries()) faults.add(rule, `options.faults[${index}]`);
  };
  addFaults();
  const log = new RequestLog(options.keepRequests ?? mostRequests);
  const history = new History(() => faults.mostLag);
  let closed: Promise<void> | undefined;
  const app = makeApp({
    operations,
    methods,
    dispatcher: {
      sim,
      validator: new Validator(description, assumptions),
      keys,
      history,
      closing: () => closed !== undefined,
    },
    faults,
    log,
    onRequest: keepUp,
    addRoutes: (routes) => {
      if (options.control === true) addControl(routes, () => simulator);
    },
  });
  const memory = makeMemoryFetch(app);
  const server =
    options.listen === false
      ? undefined
      : await listen(app, options.port ?? 0).catch(async (error: unknown) => {
          await sim.uploads.close();
          throw error;
        });
  const close = () => {
    // `closed` is set before the connections end, because a request that is executed late checks it.
    closed ??= Promise.resolve()
      .then(() => memory.close())
      .then(() => server && closeServer(server.server))
      .then(() => sim.uploads.close());
    return closed;
  };
  /** Replaces the parts of `sim` and not `sim` itself, because handlers and views keep a reference to it. */
  const replace = async (next: Simulation) => {
    const { uploads } = sim;
    Object.assign(sim, next);
    history.clear();
    log.clear();
    faults.clear();
    await uploads.close();
  };
  const simulator: Simulator = {
    url: server?.url ?? urlWithoutServer,
    token: options.tokens?.[0]?.value ?? defaultToken,
    get now() {
      keepUp();
      return new Date(sim.clock.ms);
    },
    state: createStateView(sim, keepUp),
    requests: log.entries,
    faults,
    fetch: memory.fetch,
    advance(span) {
      keepUp();
      passTime(sim, sim.clock.ms + spanMs(span));
    },
    advanceTo(time) {
      keepUp();
      aDate(time, "time");
      const ms = time.getTime();
      if (ms < sim.clock.ms) {
        throw new RangeError(
          `time must not be before ${new Date(sim.clock.ms).toISOString()}, since time only moves forward`,
        );
      }
      passTime(sim, ms);
    },
    async reset(world) {
      if (world !== undefined) checkWorld(world, "world");
      const saved = world === undefined ? options.savedWorld : undefined;
      await replace(makeSimulation({ ...options, ...(world && { world }) }, keys, saved));
      wallClock?.restart();
      faultRandom.state = seededRandom(faultSeed(options)).state;
      addFaults();
    },
    save() {
      keepUp();
      return saveWorld(sim, keys);
    },
    async load(saved) {
      checkSavedWorld(saved, "saved");
      await replace(makeSimulation(options, keys, saved));
      wallClock?.catchUp();
    },
    placeMarketOrder(order) {
      checkMarketOrder(order, "order");
      if (!sim.store.skus.some(({ alias }) => alias === order.sku)) {
        throw new TypeError(`order.sku names "${order.sku}", which the world does not have`);
      }
      seedBookOrder(sim, order, "pending");
    },
    tokenId: createTokenId,
    writeLog: (instanceId, data) => appendLog(sim, findInstance(sim, instanceId), data),
    failInstance(instanceId) {
      Object.assign(findInstance(sim, instanceId), { status: "failed", updatedAt: sim.clock.seconds });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return simulator;
}

function faultSeed({ seed = "sfc" }: SimulatorOptions): string {
  return `${seed} faults`;
}

function findInstance(sim: Simulation, instanceId: string): InstanceRow {
  const row = find(sim, sim.store.instances, "instance", instanceId);
  if (row === undefined) throw new TypeError(`there is no instance ${instanceId}`);
  return row;
}
