import type { Resources } from "../../generated/resources/index.js";
import type { Order, Schedule } from "../../generated/types.js";
import type { CallOptions } from "../../wrappers/options.js";
import { canonicalId } from "../ids.js";
import { parseDollars } from "../money.js";
import { onGrid } from "./draft.js";
import type { OrderPlan } from "./plan.js";

/** The fields in which an order differs from the plan. What the plan leaves open may have any value. */
export function orderDifferences(order: Order, plan: OrderPlan, pool: string): string[] {
  const { side, instance_sku, allow_standing = false, allow_partial = false } = plan;
  const checks: Record<string, () => boolean> = {
    side: () => order.side === side,
    pool: () => canonicalId(order.pool.id) === canonicalId(pool),
    instance_sku: () => canonicalId(order.instance_sku.id) === canonicalId(instance_sku ?? order.instance_sku.id),
    allocation_schedule_delta: () => isPlannedTime(order.allocation_schedule_delta, plan),
    limit_price_dollars_per_node_hour: () => isPlannedPrice(order, plan),
    allow_standing: () => order.allow_standing === allow_standing,
    allow_partial: () => order.allow_partial === undefined || order.allow_partial === allow_partial,
  };
  return Object.entries(checks).flatMap(([field, check]) => (holds(check) ? [] : [field]));
}

/** A field that is missing or cannot be read differs: an error of another kind would hide the order. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

function isPlannedTime(schedule: Schedule, { start_at, duration_seconds, node_count }: OrderPlan): boolean {
  // Rows without nodes say nothing; the service adds some to other schedules.
  const [range, ...more] = schedule.filter((entry) => entry.node_count !== 0);
  return (
    more.length === 0 &&
    range?.start_at === start_at &&
    range.end_at === start_at + duration_seconds &&
    range.node_count === node_count
  );
}

function isPlannedPrice(order: Order, { side, limit_price_dollars_per_node_hour: limit }: OrderPlan): boolean {
  const price = parseDollars(order.limit_price_dollars_per_node_hour, "limit price");
  return limit === undefined || price === parseDollars(onGrid(limit, side), "limit price");
}

/** Whether hardware meets the plan's requirements. `undefined`: unknown, because the client has no `instanceSkus`. */
export async function meetsRequirements(
  { instanceSkus }: Partial<Pick<Resources, "instanceSkus">>,
  sku: string,
  { requirements = {} }: OrderPlan,
  options: CallOptions,
): Promise<boolean | undefined> {
  const required = Object.entries(requirements);
  if (required.length === 0) return true;
  if (instanceSkus === undefined) return undefined;
  const properties = new Map<string, unknown>(Object.entries(await instanceSkus.get(sku, options)));
  return required.every(([name, values]) => {
    const property = properties.get(name) as { value?: unknown } | null | undefined;
    return values.includes(String(property?.value));
  });
}
