import type { Order, OrderCreate } from "../../generated/types.js";
import { canonicalId } from "../ids.js";
import { parseDollars } from "../money.js";
import { onGrid } from "./draft.js";
import type { OrderPlan } from "./plan.js";
import { isWithin, type SpendLimits, totalOf } from "./spend-limit.js";

/**
 * In which fields the order that came back is not what was asked for. The quote may have been another one when the order was first placed, so what
 * the plan leaves open may differ as long as it keeps within the limits.
 */
export function orderDifferences(order: Order, plan: OrderPlan, sent: OrderCreate, limits: SpendLimits): string[] {
  const checks: Record<string, boolean> = {
    side: order.side === plan.side,
    pool: canonicalId(order.pool.id) === canonicalId(sent.pool),
    instance_sku: isAnyHardware(plan) || canonicalId(order.instance_sku.id) === canonicalId(sent.instance_sku),
    allocation_schedule_delta: isSchedule(order, plan),
    limit_price_dollars_per_node_hour: isPrice(order, plan, limits),
    allow_standing: order.allow_standing === (plan.allow_standing ?? false),
    allow_partial: order.allow_partial === undefined || order.allow_partial === (plan.allow_partial ?? false),
  };
  return Object.keys(checks).filter((field) => !checks[field]);
}

function isAnyHardware({ instance_sku, requirements = {} }: OrderPlan): boolean {
  return instance_sku === undefined && Object.keys(requirements).length === 0;
}

function isSchedule(order: Order, { start_at, duration_seconds, node_count }: OrderPlan): boolean {
  // Rows without nodes say nothing; the service adds some to other schedules.
  const [range, ...more] = order.allocation_schedule_delta.filter((entry) => entry.node_count !== 0);
  return (
    more.length === 0 &&
    range?.start_at === start_at &&
    range.end_at === start_at + duration_seconds &&
    range.node_count === node_count
  );
}

function isPrice({ limit_price_dollars_per_node_hour: actual }: Order, plan: OrderPlan, limits: SpendLimits): boolean {
  const { side, limit_price_dollars_per_node_hour: wanted } = plan;
  if (wanted === undefined) return isWithin(totalOf(plan, actual), limits);
  return parseDollars(actual, "limit price") === parseDollars(onGrid(wanted, side), "limit price");
}
