import type { Resources } from "../../generated/resources/index.js";
import type { Order } from "../../generated/types.js";
import { ApiError } from "../../wrappers/errors.js";
import type { Pace } from "../pace.js";
import { orderDifferences } from "./compare.js";
import type { OrderPlan } from "./plan.js";

/** Orders that the plan may have placed before. */
export interface Earlier {
  readonly orders: readonly Order[];
  /** Those of them that are so old that the service may have forgotten their keys. */
  readonly old: readonly Order[];
}

/** What an error can say about earlier calls with the same intent. */
export interface Outlook {
  readonly text: string;
  readonly ambiguous: boolean;
}

/** How long a key is trusted. The service does not state it; a day is what services with such keys commonly promise. */
const keyLifetimeSeconds = 86_400;

/**
 * The pool's orders that fit the plan and hold nodes, or still may. An order shows neither its key nor its intent, so each of them can be of another
 * intent. `undefined` when the token may not list orders.
 */
export async function findEarlier(
  { orders }: Pick<Resources, "orders">,
  plan: OrderPlan,
  pool: string,
  others: ReadonlySet<string>,
  pace: Pace,
): Promise<Earlier | undefined> {
  const { side, start_at } = plan;
  // From the last start down, so that the pool's past is not read, and orders that are placed meanwhile move nothing.
  const list = orders.list({ pool, side, sort_by: "-start_at", limit: 200 }, pace.callOptions());
  const found: Order[] = [];
  try {
    const { data: first, response } = await list.withResponse();
    let page: typeof first | undefined = first;
    while (page !== undefined) {
      found.push(...page.data.filter((order) => !others.has(order.id) && isEarlier(order, plan, pool)));
      page = page.data.some((order) => startOf(order) < start_at) ? undefined : await page.next();
    }
    // By the service's own clock, as `created_at` is.
    const dateMs = Date.parse(response.headers.get("date") ?? "");
    const now = (Number.isNaN(dateMs) ? pace.runtime.dateMs() : dateMs) / 1_000;
    return { orders: found, old: found.filter(({ created_at }) => now - created_at >= keyLifetimeSeconds) };
  } catch (error) {
    if (ApiError.is(error) && error.status === 403) return undefined;
    throw error;
  }
}

function isEarlier(order: Order, plan: OrderPlan, pool: string): boolean {
  const isOver = order.status === "cancelled" || order.status === "rejected";
  if (orderDifferences(order, plan, pool).length > 0) return false;
  return !isOver || order.filled_allocation_schedule_delta?.some(({ node_count }) => node_count !== 0);
}

function startOf({ allocation_schedule_delta: schedule }: Order): number {
  return schedule?.find(({ node_count }) => node_count !== 0)?.start_at ?? Number.POSITIVE_INFINITY;
}

/** What is known of earlier calls, for an error that ends this one. */
export function outlookOf(earlier: Earlier | undefined, wasSent: boolean): Outlook {
  const unknown = (text: string) => ({ text: `This call placed nothing. ${text}`, ambiguous: true });
  if (earlier === undefined) {
    return unknown(
      "Whether an earlier call with this intent did is not known: the token may not list the pool's orders.",
    );
  }
  if (earlier.orders.length > 0) {
    return unknown(`It fits an order that exists and may be of this intent: ${idsOf(earlier.orders)}. Look at it.`);
  }
  if (wasSent) return unknown("Whether an earlier call with this intent did is not certain: its response was lost.");
  return {
    text: "This call placed nothing, and no open or filled order that fits the plan is listed for the pool.",
    ambiguous: false,
  };
}

export function idsOf(orders: readonly Order[]): string {
  return orders.map(({ id }) => id).join(", ");
}
