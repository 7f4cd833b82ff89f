import { defaultAssumptions } from "./assumptions.js";
import { withDefaults } from "./checks.js";
import type { KeyMemory } from "./http/idempotency.js";
import { parseDollars } from "./market/money.js";
import type { SimulatorOptions } from "./options.js";
import type { Simulation } from "./simulation.js";
import { Ledger } from "./storage/ledger.js";
import { restoreWorld, type SavedWorld } from "./storage/saved-world.js";
import { Store } from "./storage/store.js";
import { Uploads } from "./storage/uploads.js";
import { Clock } from "./time/clock.js";
import { Ids } from "./world/ids.js";
import { Names } from "./world/names.js";
import { seededRandom } from "./world/random.js";
import { seed } from "./world/seed.js";
import { defaultWorld, type World } from "./world/world.js";

const fixedStart = Date.UTC(2026, 6, 28, 8);
const accountAgeSeconds = 90 * 86_400;

/** Creates the simulation of the world in the options, or of a saved world. The content of `keys` is replaced with the keys of that world. */
export function makeSimulation(options: SimulatorOptions, keys: KeyMemory, saved?: SavedWorld): Simulation {
  const world: World = withDefaults(defaultWorld, options.world);
  const seedText = options.seed ?? "sfc";
  const random = seededRandom(seedText);
  const ids = new Ids(random);
  const startMs = options.startAt?.getTime() ?? (options.realTime === true ? Date.now() : fixedStart);
  const clock = new Clock(saved === undefined ? startMs : Number.NEGATIVE_INFINITY);
  const sim: Simulation = {
    account: world.account,
    entityType: world.entityType,
    accountCreatedAt: clock.minute - accountAgeSeconds,
    assumptions: withDefaults(defaultAssumptions, options.assumptions),
    clock,
    random,
    ids,
    names: new Names(random, ids),
    store: new Store(),
    ledger: new Ledger(parseDollars(world.balance)),
    uploads: new Uploads(clock, seedText),
    tokens: options.tokens,
    enforcePermissions: options.enforcePermissions ?? false,
  };
  if (saved === undefined) {
    seed(sim, world);
    keys.restore([]);
  } else restoreWorld(sim, keys, saved);
  return sim;
}
