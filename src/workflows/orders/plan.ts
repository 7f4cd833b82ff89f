import type { Requirements } from "../../generated/types.js";
import { aFlag, anything, aText, type Checks, checkValue, oneOf, readOptions } from "../../wrappers/checks.js";
import { UsageError } from "../../wrappers/errors.js";

interface Plan {
  /** Pool that gains or gives up the nodes, by id or resource path. */
  readonly pool: string;
  /** Unix seconds, on a whole minute. */
  readonly start_at: number;
  /** Seconds, a multiple of 60. */
  readonly duration_seconds: number;
  readonly node_count: number;
  /** Hardware that would do; the service picks the SKU. @default any */
  readonly requirements?: Requirements | undefined;
  /** The one SKU to trade. A quote for another one is refused. */
  readonly instance_sku?: string | undefined;
  /**
   * US dollars per node-hour. Moved onto the service's grid, never to your harm. Together with `instance_sku` no quote is needed.
   * @default what the preview quotes
   */
  readonly limit_price_dollars_per_node_hour?: string | undefined;
  /** Whether what does not fill waits on the book. @default false */
  readonly allow_standing?: boolean | undefined;
  /** Whether fewer nodes or less time would do. @default false */
  readonly allow_partial?: boolean | undefined;
}

export interface BuyPlan extends Plan {
  readonly side: "buy";
}

export interface SellPlan extends Plan {
  readonly side: "sell";
}

export type OrderPlan = BuyPlan | SellPlan;

const planChecks: Checks<OrderPlan> = {
  side: /* @__PURE__ */ oneOf("buy", "sell"),
  pool: aText,
  // These three are needed, and looked at below.
  start_at: anything,
  duration_seconds: anything,
  node_count: anything,
  requirements: [(value) => typeof value === "object" && !Array.isArray(value), "must be an object"],
  instance_sku: aText,
  limit_price_dollars_per_node_hour: aText,
  allow_standing: aFlag,
  allow_partial: aFlag,
};

/** A copy of the caller's plan. Throws `UsageError` for what the service would refuse, or take for something else, and for an unknown member. */
export function readPlan(given: OrderPlan): OrderPlan {
  const plan = readOptions(given, planChecks, "plan");
  const { side, pool, start_at, duration_seconds, node_count } = plan;
  const refuse = (field: string, message: string) => {
    throw new UsageError(`plan.${field}`, message);
  };
  checkValue(side, planChecks.side, "plan.side");
  checkValue(pool, planChecks.pool, "plan.pool");
  if (!(Number.isSafeInteger(start_at) && start_at % 60 === 0))
    refuse("start_at", "must be Unix seconds on a whole minute");
  if (!(Number.isSafeInteger(duration_seconds) && duration_seconds > 0 && duration_seconds % 60 === 0)) {
    refuse("duration_seconds", "must be a positive multiple of 60");
  }
  if (!(Number.isSafeInteger(node_count) && node_count > 0)) refuse("node_count", "must be a positive whole number");
  return plan;
}

export function nodeSecondsOf({ node_count, duration_seconds }: OrderPlan): bigint {
  return BigInt(node_count) * BigInt(duration_seconds);
}
