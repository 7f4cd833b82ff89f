import type { Resources } from "../../generated/resources/index.js";
import type { OrderCreate, OrderPreviewFee, OrderPreviewNotice } from "../../generated/types.js";
import type { CallOptions } from "../../options.js";
import { ApiError } from "../../wrappers/errors.js";
import { QuoteError } from "../errors.js";
import { canonicalId } from "../ids.js";
import { formatDollars, roundToTick } from "../money.js";
import type { OrderPlan } from "./plan.js";

/** An order ready to be placed. */
export interface Draft {
  readonly body: OrderCreate;
  /** What the service charges a seller; `undefined` without a quote. */
  readonly fee: OrderPreviewFee | undefined;
  /** Maintenance that falls into the order's time. */
  readonly notices: readonly OrderPreviewNotice[];
}

/** Asks for a quote and makes the order's body of it and the plan. Where they differ about price, the plan counts. */
export async function draftOrder(
  sfc: Pick<Resources, "orders">,
  plan: OrderPlan,
  pool: string,
  options: CallOptions,
): Promise<Draft> {
  const { side, start_at, duration_seconds, node_count } = plan;
  const { quote, fee, notices } = canDoWithoutQuote(plan)
    ? await quoteFor(sfc, plan, pool, options).catch(withoutQuote)
    : await quoteFor(sfc, plan, pool, options);
  const limit = plan.limit_price_dollars_per_node_hour ?? quote?.limit_price_dollars_per_node_hour ?? "";
  const body: OrderCreate = {
    // Never the quote's own pool: when it is the stand-in of a preview without one, the order would go astray.
    pool,
    side,
    instance_sku: plan.instance_sku ?? quote?.instance_sku ?? "",
    allocation_schedule_delta: [{ start_at, end_at: start_at + duration_seconds, node_count }],
    limit_price_dollars_per_node_hour: onGrid(limit, side),
    ...(plan.allow_standing !== undefined && { allow_standing: plan.allow_standing }),
    ...(plan.allow_partial !== undefined && { allow_partial: plan.allow_partial }),
  };
  return { body, fee, notices };
}

interface Quoted {
  readonly quote: OrderCreate | undefined;
  readonly fee: OrderPreviewFee | undefined;
  readonly notices: readonly OrderPreviewNotice[];
}

/**
 * The market may be empty because an earlier call has bought it, and the time may have begun: with the same body the key brings that order back, and
 * a new order at worst does not fill.
 */
function canDoWithoutQuote({ instance_sku, limit_price_dollars_per_node_hour: limit }: OrderPlan): boolean {
  return instance_sku !== undefined && limit !== undefined;
}

function withoutQuote(error: unknown): Quoted {
  if (!QuoteError.is(error) && !(ApiError.is(error) && error.status === 422)) throw error;
  return { quote: undefined, fee: undefined, notices: [] };
}

async function quoteFor(
  { orders }: Pick<Resources, "orders">,
  plan: OrderPlan,
  pool: string,
  options: CallOptions,
): Promise<Quoted> {
  const { side, start_at, duration_seconds, node_count, requirements = {} } = plan;
  const preview = await orders.preview({ side, start_at, duration_seconds, node_count, requirements, pool }, options);
  if (preview.type === "unavailable") {
    throw new QuoteError(
      `there is no quote: ${preview.reason}. Nothing was placed by this call; to find an earlier order of this intent, give instance_sku and a limit price.`,
      preview.reason,
    );
  }
  checkQuote(preview.post_order_body, plan);
  return { quote: preview.post_order_body, fee: preview.fee, notices: preview.notices ?? [] };
}

/** The service rounds to the nearest step, which may be above what a buyer would pay or below what a seller would take. */
export function onGrid(limit: string, side: "buy" | "sell"): string {
  return formatDollars(roundToTick(limit, side === "buy" ? "down" : "up", "plan.limit_price_dollars_per_node_hour"));
}

function checkQuote(
  quote: OrderCreate,
  { side, start_at, duration_seconds, node_count, instance_sku }: OrderPlan,
): void {
  const [range, ...more] = quote.allocation_schedule_delta;
  const differs =
    quote.side !== side ||
    more.length > 0 ||
    range?.start_at !== start_at ||
    range.end_at !== start_at + duration_seconds ||
    range.node_count !== node_count;
  if (differs) throw new QuoteError("the quote is for another side, time or size. Nothing was placed.", "not_as_asked");
  if (instance_sku !== undefined && canonicalId(quote.instance_sku) !== canonicalId(instance_sku)) {
    throw new QuoteError(
      `the quote is for ${quote.instance_sku}, not ${instance_sku}; narrow the requirements. Nothing was placed.`,
      "not_as_asked",
    );
  }
}
