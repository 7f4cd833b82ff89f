import type { Resources } from "../generated/resources/index.js";
import type {
  Order,
  OrderCreate,
  OrderPreview,
  OrderPreviewFee,
  OrderPreviewNotice,
  Requirements,
} from "../generated/types.js";
import { aFlag, aText, type Checks, checkedElsewhere, checkValue, oneOf, readOptions } from "../wrappers/checks.js";
import { ApiError, UsageError } from "../wrappers/errors.js";
import type { CallOptions } from "../wrappers/options.js";
import { QuoteError, SpendLimitError } from "./errors.js";
import { canonicalId } from "./references.js";
import {
  computeCost,
  copyPlain,
  divideUp,
  formatDollars,
  type Micros,
  parseDollars,
  readResponse,
  roundToTick,
} from "./values.js";

interface Plan {
  /** The pool that receives (buy) or gives up (sell) the nodes, by id or resource path. */
  readonly pool: string;
  /** Unix seconds, on a whole minute. */
  readonly start_at: number;
  /** Seconds, a multiple of 60. */
  readonly duration_seconds: number;
  readonly node_count: number;
  /** Hardware requirements; the service chooses a matching SKU. @default any */
  readonly requirements?: Requirements | undefined;
  /** The only SKU to trade. A quote for another one is refused. */
  readonly instance_sku?: string | undefined;
  /**
   * US dollars per node-hour, as a decimal string. Rounded to the service's price step of $0.000060, down for a buy and up for a sell. With
   * `instance_sku` as well, no quote is needed.
   * @default the quoted price
   */
  readonly limit_price_dollars_per_node_hour?: string | undefined;
  /** Whether the part of the order that does not fill at once stays on the order book. @default false */
  readonly allow_standing?: boolean | undefined;
  /** Whether the order may fill with fewer nodes or for less time. @default false */
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
  // Required, and checked in `readPlan`.
  start_at: checkedElsewhere,
  duration_seconds: checkedElsewhere,
  node_count: checkedElsewhere,
  requirements: [(value) => typeof value === "object" && !Array.isArray(value), "must be an object"],
  instance_sku: aText,
  limit_price_dollars_per_node_hour: aText,
  allow_standing: aFlag,
  allow_partial: aFlag,
};

/** Returns a checked copy of the caller's plan. Throws `UsageError` for values that the service would refuse or misread, and for unknown members. */
export function readPlan(given: OrderPlan): OrderPlan {
  const plan = readOptions(copyPlain(given, "plan"), planChecks, "plan");
  const { side, pool, start_at, duration_seconds, node_count } = plan;
  const refuse = (field: string, message: string) => {
    throw new UsageError(`plan.${field}`, message);
  };
  checkValue(side, planChecks.side, "plan.side");
  checkValue(pool, planChecks.pool, "plan.pool");
  // Catches a time in milliseconds: since 1973 every one is above this limit, which in seconds is the year 5138.
  if (!(Number.isSafeInteger(start_at) && start_at % 60 === 0 && start_at < 100_000_000_000))
    refuse("start_at", "must be Unix seconds (not milliseconds) on a whole minute");
  if (!(Number.isSafeInteger(duration_seconds) && duration_seconds > 0 && duration_seconds % 60 === 0)) {
    refuse("duration_seconds", "must be a positive multiple of 60");
  }
  if (!(Number.isSafeInteger(node_count) && node_count > 0)) refuse("node_count", "must be a positive whole number");
  return plan;
}

function countNodeSeconds({ node_count, duration_seconds }: OrderPlan): bigint {
  return BigInt(node_count) * BigInt(duration_seconds);
}

/** An order ready to be placed. */
export interface Draft {
  readonly body: OrderCreate;
  /** The fee that the service charges a seller; `undefined` without a quote. */
  readonly fee: OrderPreviewFee | undefined;
  /** Maintenance during the order's time. */
  readonly notices: readonly OrderPreviewNotice[];
}

/** Builds the order's body from the plan and the quote. The plan's price takes precedence over the quoted one. `undefined` when a needed quote is missing. */
export function buildDraft(plan: OrderPlan, pool: string, { quote, fee, notices }: QuoteResult): Draft | undefined {
  const sku = plan.instance_sku ?? quote?.instance_sku;
  const limit = plan.limit_price_dollars_per_node_hour ?? quote?.limit_price_dollars_per_node_hour;
  if (sku === undefined || limit === undefined) return undefined;
  // The pool is always that of the plan, and not that of the quote.
  return { body: buildBody(plan, pool, sku, roundLimitPrice(limit, plan.side)), fee, notices };
}

/** Rebuilds the body of an existing order. Sent again with the same key, it is the same request. */
export function rebuildBody(order: Order, plan: OrderPlan): OrderCreate {
  const price = formatDollars(parseDollars(order.limit_price_dollars_per_node_hour, "limit price"));
  return buildBody(plan, order.pool.id, plan.instance_sku ?? order.instance_sku.id, price);
}

function buildBody(plan: OrderPlan, pool: string, instance_sku: string, price: string): OrderCreate {
  const { side, start_at, duration_seconds, node_count, allow_standing, allow_partial } = plan;
  return {
    pool,
    side,
    instance_sku,
    allocation_schedule_delta: [{ start_at, end_at: start_at + duration_seconds, node_count }],
    limit_price_dollars_per_node_hour: price,
    ...(allow_standing !== undefined && { allow_standing }),
    ...(allow_partial !== undefined && { allow_partial }),
  };
}

/** The result of `orders.preview` for a plan. */
export interface QuoteResult {
  /** `undefined` when no quote fits the plan: an earlier call may have bought the offer, or the start time has passed. */
  readonly quote: OrderCreate | undefined;
  readonly fee: OrderPreviewFee | undefined;
  readonly notices: readonly OrderPreviewNotice[];
  /** Why there is no quote. */
  readonly problem: QuoteError | ApiError | undefined;
}

export async function fetchQuote(
  { orders }: Pick<Resources, "orders">,
  plan: OrderPlan,
  pool: string,
  priorCalls: PriorCalls,
  options: CallOptions,
): Promise<QuoteResult> {
  const { side, start_at, duration_seconds, node_count, requirements = {} } = plan;
  let preview: OrderPreview;
  try {
    preview = await orders.preview({ side, start_at, duration_seconds, node_count, requirements, pool }, options);
  } catch (error) {
    if (!ApiError.is(error) || error.status !== 422) throw error;
    return { quote: undefined, fee: undefined, notices: [], problem: error };
  }
  return readQuote(preview, plan, priorCalls);
}

function readQuote(preview: OrderPreview, plan: OrderPlan, priorCalls: PriorCalls): QuoteResult {
  return readResponse("the quote", () => {
    const fee = preview.fee ?? undefined;
    const result = { fee, notices: preview.notices ?? [] };
    const quote = preview.type === "unavailable" ? preview.reason : preview.post_order_body;
    const problem = checkQuote(quote, plan, priorCalls);
    // The total is computed again later. Computing it here detects values that cannot be read as an error of the service, and not of the caller.
    computeTotal(plan, "1", fee);
    if (problem !== undefined || typeof quote === "string") return { ...result, quote: undefined, problem };
    canonicalId(plan.instance_sku ?? quote.instance_sku);
    if (plan.limit_price_dollars_per_node_hour === undefined)
      roundLimitPrice(quote.limit_price_dollars_per_node_hour, plan.side);
    return { ...result, quote, problem };
  });
}

/** Rounds in the caller's favor. The service would round to the nearest step, which can be above a buyer's limit or below a seller's. */
export function roundLimitPrice(limit: string, side: "buy" | "sell"): string {
  return formatDollars(roundToTick(limit, side === "buy" ? "down" : "up", "plan.limit_price_dollars_per_node_hour"));
}

/** Returns an error when a quote is missing or does not fit the plan. */
function checkQuote(quote: OrderCreate | string, plan: OrderPlan, priorCalls: PriorCalls): QuoteError | undefined {
  const refuse = (message: string, reason: string) =>
    new QuoteError(`${message}. ${priorCalls.text}`, reason, { ambiguous: priorCalls.ambiguous });
  if (typeof quote === "string") return refuse(`there is no quote: ${quote}`, quote);
  const { side, start_at, duration_seconds, node_count, instance_sku } = plan;
  const [range, ...more] = quote.allocation_schedule_delta;
  const differs =
    quote.side !== side ||
    more.length > 0 ||
    range?.start_at !== start_at ||
    range.end_at !== start_at + duration_seconds ||
    range.node_count !== node_count;
  if (differs) return refuse("the quote is for another side, time or size", "not_as_asked");
  if (instance_sku === undefined || canonicalId(quote.instance_sku) === canonicalId(instance_sku)) return undefined;
  const message = `the quote is for ${quote.instance_sku}, not ${instance_sku}; narrow the requirements`;
  return refuse(message, "not_as_asked");
}

/** The most that an order may cost, or the least that it must yield, in millionths of a dollar. */
export interface SpendLimits {
  readonly maxSpend: Micros | undefined;
  readonly minProceeds: Micros | undefined;
}

/** Parses the limits. A buy without `maxSpend` is refused, because an order without a limit is the mistake that it prevents. */
export function readSpendLimits(
  { side }: OrderPlan,
  { maxSpend, minProceeds }: { maxSpend?: string | undefined; minProceeds?: string | undefined },
): SpendLimits {
  if (side === "buy" && maxSpend === undefined) throw new UsageError("options.maxSpend", "is required for a buy");
  const stray = side === "buy" ? minProceeds : maxSpend;
  if (stray !== undefined)
    throw new UsageError(
      side === "buy" ? "options.minProceeds" : "options.maxSpend",
      `does not apply to a ${side}; remove it`,
    );
  return {
    maxSpend: maxSpend === undefined ? undefined : parseDollars(maxSpend, "options.maxSpend"),
    minProceeds: minProceeds === undefined ? undefined : parseDollars(minProceeds, "options.minProceeds"),
  };
}

/**
 * Computes the worst-case total at this limit price: the most that a buy costs, or the least that a sell yields after the fee, which only sellers
 * pay. Rounds up for a buy and down for a sell.
 */
export function computeTotal(plan: OrderPlan, limitPrice: string, fee?: OrderPreviewFee): Micros {
  const price = parseDollars(limitPrice, "limit_price_dollars_per_node_hour");
  const nodeSeconds = countNodeSeconds(plan);
  if (plan.side === "buy") return computeCost(price, nodeSeconds, "up");
  const gross = computeCost(price, nodeSeconds, "down");
  if (!fee) return gross;
  const flat = computeCost(parseDollars(fee.flat_dollars_per_node_hour, "fee"), nodeSeconds, "up");
  const share = divideUp(gross * BigInt(fee.percentage_bps), 10_000n);
  return gross > flat + share ? gross - flat - share : 0n;
}

export function isWithin(total: Micros, { maxSpend, minProceeds }: SpendLimits): boolean {
  return (maxSpend === undefined || total <= maxSpend) && (minProceeds === undefined || total >= minProceeds);
}

/** Returns an error for a total outside of the limits; `undefined` when it is within them. */
export function spendProblem(
  total: Micros,
  limits: SpendLimits,
  { text, ambiguous }: PriorCalls,
): SpendLimitError | undefined {
  if (isWithin(total, limits)) return undefined;
  const { maxSpend, minProceeds } = limits;
  const dollars = formatDollars(total);
  const limit = formatDollars(maxSpend ?? minProceeds ?? 0n);
  const what =
    maxSpend === undefined
      ? `could bring only $${dollars}, less than minProceeds`
      : `could cost $${dollars}, more than maxSpend`;
  return new SpendLimitError(`the order ${what} $${limit}. ${text}`, dollars, limit, { ambiguous });
}

/** What is known about earlier calls with the same intent, for an error that ends this call. */
export interface PriorCalls {
  readonly text: string;
  readonly ambiguous: boolean;
}
