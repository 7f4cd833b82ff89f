// For consumers whose `lib` does not know `AsyncDisposable` yet.
/// <reference lib="esnext.disposable" preserve="true" />

import { createTokenId } from "./access/callers.js";
import { defaultAssumptions } from "./assumptions.js";
import { withDefaults } from "./checks.js";
import { Faults } from "./faults/faults.js";
import { bundledDescription, readOperations } from "./http/description.js";
import { KeyMemory } from "./http/idempotency.js";
import { type LoggedRequest, RequestLog } from "./http/request-log.js";
import { closeServer, listen, makeApp } from "./http/server.js";
import { Validator } from "./http/validate.js";
import { parseDollars } from "./market/money.js";
import { readOptions, type SimulatorOptions } from "./options.js";
import type { Simulation } from "./simulation.js";
import { createStateView, type SimulatorState } from "./state.js";
import { History } from "./storage/history.js";
import { Ledger } from "./storage/ledger.js";
import { find } from "./storage/lookup.js";
import type { InstanceRow } from "./storage/rows.js";
import { Store } from "./storage/store.js";
import { Uploads } from "./storage/uploads.js";
import { Clock, type Span, spanMs } from "./time/clock.js";
import { passTime } from "./time/lifecycle.js";
import { appendLog } from "./time/logs.js";
import { Ids } from "./world/ids.js";
import { Names } from "./world/names.js";
import { seededRandom } from "./world/random.js";
import { seed, seedBookOrder } from "./world/seed.js";
import { defaultWorld, type World, type WorldBookOrder } from "./world/world.js";
import { checkMarketOrder } from "./world/world-checks.js";

/** A running simulator. */
export interface Simulator extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:40123`: the `baseUrl` of a client. */
  readonly url: string;
  /** A token that it accepts. */
  readonly token: string;
  /** The virtual time. */
  readonly now: Date;
  /** What has been committed. */
  readonly state: SimulatorState;
  /** Every request since the start, oldest first; the newest ones with `keepRequests`. */
  readonly requests: readonly LoggedRequest[];
  readonly faults: Faults;
  /**
   * Lets time pass: `advance({ minutes: 5 })`, or milliseconds. Everything due on the way happens at its own time: orders
   * fill, instances get and lose nodes and boot, automations trade.
   */
  advance(span: Span): void;
  /** Acts as another participant of the market: the order looks for counterparts at the next `advance`, then rests. */
  placeMarketOrder(order: WorldBookOrder): void;
  /** Id of a token as the holder of grants (`principal_id`); the API does not return it. */
  tokenId(token: string): string;
  /** Adds a chunk to an instance's console log. */
  writeLog(instanceId: string, data: string | Uint8Array): void;
  /** Breaks the hardware under an instance: its status becomes `failed`. */
  failInstance(instanceId: string): void;
  /** Ends all connections and removes what was uploaded. */
  close(): Promise<void>;
}

const fixedStart = Date.UTC(2026, 6, 28, 8);
const accountAgeSeconds = 90 * 86_400;
const defaultToken = "sk_live_simulator";

/** Starts an in-process server that behaves like the API and remembers. */
export async function startSimulator(given: SimulatorOptions = {}): Promise<Simulator> {
  const options = readOptions(given);
  const description = options.description ?? (await bundledDescription());
  const sim = makeSimulation(options);
  const operations = readOperations(description);
  const faults = new Faults(seededRandom(`${options.seed ?? "sfc"} faults`), operations);
  for (const [index, rule] of (options.faults ?? []).entries()) faults.add(rule, `options.faults[${index}]`);
  const log = new RequestLog(options.keepRequests ?? Number.POSITIVE_INFINITY);
  const keepUp = options.realTime === true ? followWallClock(sim) : () => {};
  let closed: Promise<void> | undefined;
  const app = makeApp({
    operations,
    dispatcher: {
      sim,
      validator: new Validator(description, sim.assumptions),
      keys: new KeyMemory(sim.assumptions),
      history: new History(() => faults.mostLag),
      closing: () => closed !== undefined,
    },
    faults,
    log,
    onRequest: keepUp,
  });
  const { server, url } = await listen(app, options.port ?? 0).catch(async (error: unknown) => {
    await sim.uploads.close();
    throw error;
  });
  const close = () => {
    // A request that is carried out late looks whether this is set, so it has to be before the connections end.
    closed ??= Promise.resolve()
      .then(() => closeServer(server))
      .then(() => sim.uploads.close());
    return closed;
  };
  return {
    url,
    token: options.tokens?.[0]?.value ?? defaultToken,
    get now() {
      keepUp();
      return new Date(sim.clock.ms);
    },
    state: createStateView(sim, keepUp),
    requests: log.entries,
    faults,
    advance(span) {
      keepUp();
      passTime(sim, sim.clock.ms + spanMs(span));
    },
    placeMarketOrder(order) {
      checkMarketOrder(order, "order");
      if (!sim.store.skus.some(({ alias }) => alias === order.sku)) {
        throw new TypeError(`order.sku names "${order.sku}", which the world does not have`);
      }
      seedBookOrder(sim, order, "pending");
    },
    tokenId: createTokenId,
    writeLog: (instanceId, data) => appendLog(sim, instanceOf(sim, instanceId), data),
    failInstance(instanceId) {
      Object.assign(instanceOf(sim, instanceId), { status: "failed", updatedAt: sim.clock.seconds });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function instanceOf(sim: Simulation, instanceId: string): InstanceRow {
  const row = find(sim, sim.store.instances, "instance", instanceId);
  if (row === undefined) throw new TypeError(`there is no instance ${instanceId}`);
  return row;
}

function makeSimulation(options: SimulatorOptions): Simulation {
  const world: World = withDefaults(defaultWorld, options.world);
  const seedText = options.seed ?? "sfc";
  const random = seededRandom(seedText);
  const ids = new Ids(random);
  const clock = new Clock(options.startAt?.getTime() ?? (options.realTime === true ? Date.now() : fixedStart));
  const sim: Simulation = {
    account: world.account,
    entityType: world.entityType,
    accountCreatedAt: clock.minute - accountAgeSeconds,
    assumptions: withDefaults(defaultAssumptions, options.assumptions),
    clock,
    ids,
    names: new Names(random, ids),
    store: new Store(),
    ledger: new Ledger(parseDollars(world.balance)),
    uploads: new Uploads(clock, seedText),
    tokens: options.tokens,
    enforcePermissions: options.enforcePermissions ?? false,
  };
  seed(sim, world);
  return sim;
}

/** Carries simulated time along with the wall clock; jumps by `advance` stay on top. */
function followWallClock(sim: Simulation): () => void {
  let last = Date.now();
  return () => {
    const now = Date.now();
    passTime(sim, sim.clock.ms + Math.max(0, now - last));
    last = now;
  };
}
