import type { Resources } from "../../generated/resources/index.js";
import type { OrderCreate, OrderPreviewFee, OrderPreviewNotice } from "../../generated/types.js";
import type { CallOptions } from "../../options.js";
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
  { orders }: Pick<Resources, "orders">,
  plan: OrderPlan,
  pool: string,
  options: CallOptions,
): Promise<Draft> {
  const { side, start_at, duration_seconds, node_count, requirements = {} } = plan;
  const preview = await orders.preview({ side, start_at, duration_seconds, node_count, requirements, pool }, options);
  const { fee, notices = [] } = preview;
  if (preview.type === "unavailable" && !canDoWithout(plan)) {
    throw new QuoteError(`there is no quote: ${preview.reason}. Nothing was placed.`, preview.reason);
  }
  const quote = preview.type === "quoted" ? preview.post_order_body : undefined;
  if (quote) checkQuote(quote, plan);
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
  return { body, fee: fee ?? undefined, notices };
}

/** The service rounds to the nearest step, which may be above what a buyer would pay or below what a seller would take. */
export function onGrid(limit: string, side: "buy" | "sell"): string {
  return formatDollars(roundToTick(limit, side === "buy" ? "down" : "up", "plan.limit_price_dollars_per_node_hour"));
}

/** An order that may stand waits for a market that is not there yet. */
function canDoWithout({ allow_standing, instance_sku, limit_price_dollars_per_node_hour: limit }: OrderPlan): boolean {
  return allow_standing === true && instance_sku !== undefined && limit !== undefined;
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
