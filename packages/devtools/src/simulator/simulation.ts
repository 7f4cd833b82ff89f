import type { Assumptions } from "./assumptions.js";
import type { Types } from "./http/api-types.js";
import type { KnownToken } from "./options.js";
import type { Ledger } from "./storage/ledger.js";
import type { Store } from "./storage/store.js";
import type { Uploads } from "./storage/uploads.js";
import type { Clock } from "./time/clock.js";
import type { Ids } from "./world/ids.js";
import type { Names } from "./world/names.js";
import type { SeededRandom } from "./world/random.js";

/** The state that handlers and the clock use. */
export interface Simulation {
  /** The name of the account that the tokens belong to. */
  readonly account: string;
  readonly entityType: Types.EntityType | null;
  readonly accountCreatedAt: number;
  readonly assumptions: Assumptions;
  readonly clock: Clock;
  /** The source of random ids and names. */
  readonly random: SeededRandom;
  readonly ids: Ids;
  readonly names: Names;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly uploads: Uploads;
  readonly tokens: readonly KnownToken[] | undefined;
  readonly enforcePermissions: boolean;
}
