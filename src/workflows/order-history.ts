import type { Resources } from "../generated/resources/index.js";
import type { Order, Schedule } from "../generated/types.js";
import { ApiError, UsageError } from "../wrappers/errors.js";
import type { CallOptions } from "../wrappers/options.js";
import { type Draft, type OrderPlan, type PriorCalls, roundLimitPrice } from "./order-draft.js";
import { canonicalId, isAsRequested } from "./references.js";
import { type Pace, sha256Hex } from "./runtime.js";
import { canonicalJson, parseDollars, readResponse } from "./values.js";

/** Orders that an earlier call with this plan may have placed. */
export interface EarlierOrders {
  readonly orders: readonly Order[];
  /** The orders that are so old that the service may have forgotten their keys. */
  readonly old: readonly Order[];
}

/** How long the service is assumed to remember a key. It is not documented; 24 hours is common. */
const keyLifetimeSeconds = 86_400;

/**
 * Finds the pool's orders that fit the plan and have nodes, or may still receive them. An order contains neither its key nor its intent, so each of them may
 * belong to another intent. `undefined` when the token may not list orders.
 */
export async function findEarlier(
  { orders }: Pick<Resources, "orders">,
  plan: OrderPlan,
  pool: string,
  others: ReadonlySet<string>,
  pace: Pace,
): Promise<EarlierOrders | undefined> {
  const { side, start_at } = plan;
  // Listed from the latest start time on, so that the pool's past is not read, and orders that are placed in the meantime do not shift the pages.
  const list = orders.list({ pool, side, sort_by: "-start_at", limit: 200 }, pace.callOptions());
  const found: Order[] = [];
  try {
    const { data: first, response } = await list.withResponse();
    let page: typeof first | undefined = first;
    while (page !== undefined) {
      const data: readonly Order[] = page.data;
      const isLast = readResponse("the list of orders", () => {
        found.push(...data.filter((order) => !others.has(order.id) && isEarlier(order, plan, pool)));
        return data.some((order) => readStart(order) < start_at);
      });
      page = isLast ? undefined : await page.next();
    }
    // `created_at` is based on the service's clock, so the age is computed from the `date` header.
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

function readStart({ allocation_schedule_delta: schedule }: Order): number {
  return schedule?.find(({ node_count }) => node_count !== 0)?.start_at ?? Number.POSITIVE_INFINITY;
}

/** Describes earlier calls, for an error that ends this call. */
export function describePriorCalls(earlier: EarlierOrders | undefined, wasSent: boolean): PriorCalls {
  const unknown = (text: string) => ({ text: `This call placed nothing. ${text}`, ambiguous: true });
  if (earlier === undefined) {
    return unknown(
      "Whether an earlier call with this intent did is not known: the token may not list the pool's orders.",
    );
  }
  if (earlier.orders.length > 0) {
    return unknown(
      `An order that fits the plan exists and may belong to this intent: ${listIds(earlier.orders)}. Check it with orders.get().`,
    );
  }
  if (wasSent) return unknown("Whether an earlier call with this intent did is not certain: its response was lost.");
  return {
    text: "This call placed nothing, and no open or filled order that fits the plan is listed for the pool.",
    ambiguous: false,
  };
}

export function listIds(orders: readonly Order[]): string {
  return orders.map(({ id }) => id).join(", ");
}

/** Lists the fields in which an order differs from the plan. Fields that the plan omits may have any value. */
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
  return Object.entries(checks).flatMap(([field, check]) => (isAsRequested(check) ? [] : [field]));
}

function isPlannedTime(schedule: Schedule, { start_at, duration_seconds, node_count }: OrderPlan): boolean {
  // The service adds entries without nodes to schedules. They have no meaning.
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
  return limit === undefined || price === parseDollars(roundLimitPrice(limit, side), "limit price");
}

/** Whether a SKU meets the plan's requirements. `undefined`: unknown, because the client has no `instanceSkus`. */
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

/** The order that one client has sent for an intent. */
export interface KnownIntent {
  readonly plan: string;
  /** The draft that was sent. With a newer quote, a repeat would be a different request with the same key. */
  readonly draft: Draft;
  /** Absent while it is not certain whether the order was placed. */
  readonly orderId?: string;
}

const clients = /* @__PURE__ */ new WeakMap<object, Map<string, KnownIntent>>();
/** The number of remembered intents, equal to the number of keys that the client remembers. */
const rememberedIntents = 10_000;

/** The orders that a client has sent for each key, shared by all calls with that client. */
export class IntentMemory {
  readonly #known: Map<string, KnownIntent>;

  /** `orders` identifies the client. */
  constructor(orders: object) {
    this.#known = clients.get(orders) ?? new Map();
    clients.set(orders, this.#known);
  }

  /** Returns what was sent for a key. Throws `UsageError` for an intent that was used with another plan. */
  get(key: string, plan: OrderPlan): KnownIntent | undefined {
    const known = this.#known.get(key);
    if (known !== undefined && known.plan !== canonicalJson(plan)) {
      throw new UsageError("options.intent", "was already used with another plan; use another intent for this one");
    }
    return known;
  }

  set(key: string, plan: OrderPlan, draft: Draft, orderId?: string): void {
    this.#known.set(key, { plan: canonicalJson(plan) ?? "", draft, ...(orderId !== undefined && { orderId }) });
    const [oldest] = this.#known.keys();
    if (this.#known.size > rememberedIntents && oldest !== undefined) this.#known.delete(oldest);
  }

  delete(key: string): void {
    this.#known.delete(key);
  }

  /** Lists the ids of orders that this client has placed for other intents. */
  listOtherOrders(key: string): string[] {
    return [...this.#known].flatMap(([other, { orderId }]) => (other === key || !orderId ? [] : [orderId]));
  }
}

/** Derives the idempotency key of an intent. The key is readable if possible, so that it can be found in logs. */
export async function resolveIntentKey(intent: string): Promise<string> {
  if (typeof intent !== "string" || intent === "") {
    throw new UsageError(
      "options.intent",
      "must identify the purchase, for example by the id of the job that needs it",
    );
  }
  return /^[\x21-\x7e]{1,128}$/.test(intent) ? `order:${intent}` : `order-sha256:${await sha256Hex(intent)}`;
}
