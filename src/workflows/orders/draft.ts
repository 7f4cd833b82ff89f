import type { Resources } from "../../generated/resources/index.js";
import type { Order, OrderCreate, OrderPreviewFee, OrderPreviewNotice } from "../../generated/types.js";
import { ApiError } from "../../wrappers/errors.js";
import type { CallOptions } from "../../wrappers/options.js";
import { QuoteError } from "../errors.js";
import { canonicalId } from "../ids.js";
import { formatDollars, parseDollars, roundToTick } from "../money.js";
import type { Outlook } from "./earlier.js";
import type { OrderPlan } from "./plan.js";

/** An order ready to be placed. */
export interface Draft {
  readonly body: OrderCreate;
  /** What the service charges a seller; `undefined` without a quote. */
  readonly fee: OrderPreviewFee | undefined;
  /** Maintenance that falls into the order's time. */
  readonly notices: readonly OrderPreviewNotice[];
}

/** The order's body, from the plan and the quote. Where they differ about the price, the plan counts. `undefined` when a quote is needed and there is none. */
export function draftOf(plan: OrderPlan, pool: string, { quote, fee, notices }: Quoted): Draft | undefined {
  const sku = plan.instance_sku ?? quote?.instance_sku;
  const limit = plan.limit_price_dollars_per_node_hour ?? quote?.limit_price_dollars_per_node_hour;
  if (sku === undefined || limit === undefined) return undefined;
  // Never the quote's own pool: when it is the stand-in of a preview without one, the order would go astray.
  return { body: bodyFor(plan, pool, sku, onGrid(limit, plan.side)), fee, notices };
}

/** The body of an order that fits the plan: sent again with the same key, it is the same request. */
export function bodyOf(order: Order, plan: OrderPlan): OrderCreate {
  const price = formatDollars(parseDollars(order.limit_price_dollars_per_node_hour, "limit price"));
  return bodyFor(plan, order.pool.id, plan.instance_sku ?? order.instance_sku.id, price);
}

function bodyFor(plan: OrderPlan, pool: string, instance_sku: string, price: string): OrderCreate {
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

/** What the market says about a plan. */
export interface Quoted {
  /** `undefined` when there is none that fits: the market can be empty because an earlier call has bought it, and the time can have begun. */
  readonly quote: OrderCreate | undefined;
  readonly fee: OrderPreviewFee | undefined;
  readonly notices: readonly OrderPreviewNotice[];
  /** Why there is no quote. */
  readonly problem: QuoteError | ApiError | undefined;
}

export async function quoteFor(
  { orders }: Pick<Resources, "orders">,
  plan: OrderPlan,
  pool: string,
  outlook: Outlook,
  options: CallOptions,
): Promise<Quoted> {
  const { side, start_at, duration_seconds, node_count, requirements = {} } = plan;
  try {
    const preview = await orders.preview({ side, start_at, duration_seconds, node_count, requirements, pool }, options);
    const quote = preview.type === "unavailable" ? undefined : preview.post_order_body;
    const problem = problemOf(preview.type === "unavailable" ? preview.reason : preview.post_order_body, plan, outlook);
    const fee = preview.fee ?? undefined;
    return { quote: problem ? undefined : quote, fee, notices: preview.notices ?? [], problem };
  } catch (error) {
    if (!ApiError.is(error) || error.status !== 422) throw error;
    return { quote: undefined, fee: undefined, notices: [], problem: error };
  }
}

/** The service rounds to the nearest step, which may be above what a buyer would pay or below what a seller would take. */
export function onGrid(limit: string, side: "buy" | "sell"): string {
  return formatDollars(roundToTick(limit, side === "buy" ? "down" : "up", "plan.limit_price_dollars_per_node_hour"));
}

/** Why a quote does not fit, or the reason for which there is none. */
function problemOf(quote: OrderCreate | string, plan: OrderPlan, outlook: Outlook): QuoteError | undefined {
  const refuse = (message: string, reason: string) =>
    new QuoteError(`${message}. ${outlook.text}`, reason, { ambiguous: outlook.ambiguous });
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
