import { type Assumptions, checkAssumptions } from "./assumptions.js";
import {
  aCount,
  aFlag,
  anObject,
  aPort,
  aText,
  type Check,
  listOf,
  mustBe,
  nullable,
  type Overrides,
  optional,
  shapeOf,
} from "./checks.js";
import type { Fault, FaultRule } from "./faults/faults.js";
import type { Description } from "./http/description.js";
import { checkSavedWorld, type SavedWorld } from "./storage/saved-world.js";
import type { World } from "./world/world.js";
import { checkWorld } from "./world/world-checks.js";

/** A token that the simulator accepts, and its owner. */
export interface KnownToken {
  readonly value: string;
  /** Id of the user that the token belongs to; `null` for a service token. */
  readonly user: string | null;
}

export interface SimulatorOptions {
  /** The port on 127.0.0.1. @default 0, any free port */
  readonly port?: number | undefined;
  /** The seed of all ids, names and probabilities: the same seed and requests lead to the same responses. @default "sfc" */
  readonly seed?: string | undefined;
  /** Start time of the simulated clock. @default 2026-07-28T08:00:00Z, or now with `realTime` */
  readonly startAt?: Date | undefined;
  /** Whether simulated time follows the wall clock. `advance` then moves it ahead. @default false */
  readonly realTime?: boolean | undefined;
  /** Simulated seconds per second of the wall clock, with `realTime`. @default 1 */
  readonly speed?: number | undefined;
  /** Whether the simulator listens on a port. Otherwise only `simulator.fetch` can call it. @default true */
  readonly listen?: boolean | undefined;
  /** Whether the simulator (clock, faults, state and more) can be controlled over HTTP, under `/_simulator`. @default false */
  readonly control?: boolean | undefined;
  /** Maximum number of requests that `simulator.requests` keeps, the newest ones. @default 10000 */
  readonly keepRequests?: number | undefined;
  /** Fields that replace those of the default world. */
  readonly world?: Overrides<World> | undefined;
  /** A world from `simulator.save()` to continue from, instead of `world`. */
  readonly savedWorld?: SavedWorld | undefined;
  /** Tokens to accept. @default `sk_live_simulator` of user `ada`, and any other `sk_live_…` as a service token */
  readonly tokens?: readonly KnownToken[] | undefined;
  /** Whether roles and grants are enforced with 403. Otherwise every token may do everything. @default false */
  readonly enforcePermissions?: boolean | undefined;
  /** Choices where the API documentation is silent. */
  readonly assumptions?: Overrides<Assumptions> | undefined;
  /** Initial fault rules; `simulator.faults.add` adds more. */
  readonly faults?: readonly (FaultRule & { readonly fault: Fault })[] | undefined;
  /** The API description to serve. @default the one bundled with this package */
  readonly description?: Description | undefined;
}

export const aDate: Check = mustBe("a valid Date", (value) => value instanceof Date && !Number.isNaN(value.getTime()));

const check = shapeOf<SimulatorOptions>({
  port: optional(aPort),
  seed: optional(aText),
  startAt: optional(aDate),
  realTime: optional(aFlag),
  speed: optional(mustBe("a positive number", (value) => Number.isFinite(value) && (value as number) > 0)),
  listen: optional(aFlag),
  control: optional(aFlag),
  keepRequests: optional(aCount),
  world: optional(checkWorld),
  savedWorld: optional(checkSavedWorld),
  tokens: optional(listOf(shapeOf<KnownToken>({ value: aText, user: nullable(aText) }))),
  enforcePermissions: optional(aFlag),
  assumptions: optional(checkAssumptions),
  // Each rule is checked when it is added.
  faults: optional(listOf(anObject)),
  description: optional((value, name) => {
    anObject(value, name);
    const { paths, components } = value as Record<string, unknown>;
    anObject(paths, `${name}.paths`);
    anObject(components, `${name}.components`);
  }),
});

/** Returns a copy of the options without `null` values. Throws a `TypeError` that names the first unknown or invalid option. */
export function readOptions(options: SimulatorOptions): SimulatorOptions {
  check(options, "options");
  if ((options.speed ?? 1) !== 1 && options.realTime !== true) {
    throw new TypeError("options.speed needs realTime: true, since a virtual clock moves by advance only");
  }
  return withoutNulls({ ...options, ...(options.assumptions && { assumptions: withoutNulls(options.assumptions) }) });
}

function withoutNulls<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)) as T;
}
