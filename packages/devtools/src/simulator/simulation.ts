import type { Assumptions } from "./assumptions.js";
import type { Clock } from "./clock.js";
import type { Ids } from "./ids.js";
import type { Ledger } from "./ledger.js";
import type { Names } from "./names.js";
import type { KnownToken } from "./options.js";
import type { Store } from "./store.js";
import type { Uploads } from "./uploads.js";
import type { Types } from "./wire.js";

/** What handlers and the passing of time work on. */
export interface Simulation {
  /** Name of the account that the tokens belong to. */
  readonly account: string;
  readonly entityType: Types.EntityType | null;
  readonly accountCreatedAt: number;
  readonly assumptions: Assumptions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly names: Names;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly uploads: Uploads;
  readonly tokens: readonly KnownToken[] | undefined;
  readonly enforcePermissions: boolean;
}
