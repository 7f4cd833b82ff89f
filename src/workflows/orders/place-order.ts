import type { Resources } from "../../generated/resources/index.js";
import type { Order, OrderCreate, OrderPreviewNotice } from "../../generated/types.js";
import { aFlag, anything, aText, type Checks, readOptions } from "../../wrappers/checks.js";
import { UsageError } from "../../wrappers/errors.js";
import { OrderMismatchError } from "../errors.js";
import { formatDollars } from "../money.js";
import { Pace, type PaceOptions, pacedChecks } from "../pace.js";
import { isResourcePath } from "../resource-path.js";
import { orderDifferences } from "./compare.js";
import { type Draft, draftOrder } from "./draft.js";
import { keyOfIntent } from "./intent-key.js";
import { type BuyPlan, type OrderPlan, readPlan, type SellPlan } from "./plan.js";
import { guardSpending, readSpendLimits, totalOf } from "./spend-limit.js";

interface PlaceOptions extends PaceOptions {
  /**
   * Names this one purchase or sale, for example by the id of the job that needs it. The idempotency key comes from it, so the same intent never
   * trades twice, whichever process asks.
   */
  readonly intent: string;
  /** `true`: quote, compute and check, but place nothing. @default false */
  readonly dryRun?: boolean | undefined;
}

export interface BuyOptions extends PlaceOptions {
  /** US dollars as a decimal string: the most that the order may cost in all, at its limit price. */
  readonly maxSpend: string;
}

export interface SellOptions extends PlaceOptions {
  /** US dollars as a decimal string: the least that the order has to bring in all, after the quoted fee. */
  readonly minProceeds?: string | undefined;
}

type AnyOptions = PlaceOptions & { readonly maxSpend?: string; readonly minProceeds?: string | undefined };

const placeChecks: Checks<AnyOptions> = /* @__PURE__ */ pacedChecks<AnyOptions>({
  intent: aText,
  dryRun: aFlag,
  // Read as dollars later.
  maxSpend: anything,
  minProceeds: anything,
});

/** What would be, or was, placed. */
export interface OrderDraft {
  readonly body: OrderCreate;
  /** Exact, in US dollars: the most that a buy can cost, or the least that a sell can bring, at the limit price. */
  readonly totalDollars: string;
  /** Maintenance that falls into the order's time. */
  readonly notices: readonly OrderPreviewNotice[];
  readonly idempotencyKey: string;
}

export interface PlacedOrder extends OrderDraft {
  /** Accepted, not filled: follow it with `waitForOrder`. */
  readonly order: Order;
}

type Market = Pick<Resources, "orders" | "pools">;

/**
 * Buys or sells nodes, for no more (or no less) money than was said.
 *
 * ```ts
 * const { order } = await placeOrder(
 *   sfc,
 *   { side: "buy", pool, start_at, duration_seconds: 7_200, node_count: 4 },
 *   { intent: "job-17", maxSpend: "200" },
 * );
 * ```
 *
 * Asks for a quote, puts your pool and your limit price into it (a buyer's limit rounded down to the service's grid, a seller's up), computes the total
 * without floats, refuses what exceeds the limit, places the order with a key made from `intent`, and compares what came back with the plan, because
 * a reused key brings back the older order.
 *
 * Calls `pools.get` for a resource path, `orders.preview` (`POST …/order_preview`), `orders.create` (`POST /preview/v2/orders`). Safe to repeat, also after a crash, as long
 * as the service remembers the key (how long is not stated). A repeat within one client sends the first body again, whatever the market does; for repeats from another process give
 * `instance_sku` and a limit price, because without a quote (the market may be empty by then) there is no body to ask with.
 * @throws {SpendLimitError} the total is beyond `maxSpend` or `minProceeds`; nothing was placed
 * @throws {QuoteError} there is no quote, or not for what was asked; nothing was placed
 * @throws {OrderMismatchError} what came back is not what was asked for, most likely an older order of the same intent; it is on the error
 * @throws {ApiError} `payment_required` when the balance is too low
 * @throws {SfcError} with `ambiguous: true` when it is not certain whether the order was placed: call again with the same intent
 */
export function placeOrder(sfc: Market, plan: BuyPlan, options: BuyOptions & { dryRun: true }): Promise<OrderDraft>;
export function placeOrder(
  sfc: Market,
  plan: BuyPlan,
  options: BuyOptions & { dryRun?: false | undefined },
): Promise<PlacedOrder>;
export function placeOrder(sfc: Market, plan: SellPlan, options: SellOptions & { dryRun: true }): Promise<OrderDraft>;
export function placeOrder(
  sfc: Market,
  plan: SellPlan,
  options: SellOptions & { dryRun?: false | undefined },
): Promise<PlacedOrder>;
export async function placeOrder(
  sfc: Market,
  orderPlan: OrderPlan,
  placeOptions: AnyOptions,
): Promise<OrderDraft | PlacedOrder> {
  const plan = readPlan(orderPlan);
  const options = readOptions(placeOptions, placeChecks);
  const limits = readSpendLimits(plan, options);
  const idempotencyKey = keyOfIntent(options.intent);
  const pace = new Pace(options);
  const pool = await poolIdOf(sfc, plan.pool, pace);
  const draft = firstDraft(sfc.orders, idempotencyKey, plan) ?? (await draftOrder(sfc, plan, pool, pace.callOptions()));
  const { body, fee, notices } = draft;
  const total = totalOf(plan, body.limit_price_dollars_per_node_hour, fee);
  guardSpending(total, limits);
  const priced: OrderDraft = { body, totalDollars: formatDollars(total), notices, idempotencyKey };
  if (options.dryRun === true) return priced;
  remember(sfc.orders, idempotencyKey, plan, draft);
  const order = await sfc.orders.create(body, { ...pace.callOptions(), idempotencyKey });
  const differences = orderDifferences(order, plan, body, limits);
  if (differences.length > 0) throw mismatch(order, differences, idempotencyKey);
  return { ...priced, order };
}

/** Paths move, and the order that comes back names its pool by id. */
async function poolIdOf({ pools }: Market, pool: string, pace: Pace): Promise<string> {
  return isResourcePath(pool) ? (await pools.get(pool, {}, pace.callOptions())).id : pool;
}

/** What each intent was first placed with, for one client: a repeat with a newer quote would be another request under the same key. */
const drafts = /* @__PURE__ */ new WeakMap<object, Map<string, { readonly plan: string; readonly draft: Draft }>>();
/** As many as the client remembers keys. */
const rememberedDrafts = 10_000;

function firstDraft(orders: object, key: string, plan: OrderPlan): Draft | undefined {
  const first = drafts.get(orders)?.get(key);
  if (first !== undefined && first.plan !== textOf(plan)) {
    throw new UsageError("options.intent", "already stands for another plan; give this one an intent of its own");
  }
  return first?.draft;
}

function remember(orders: object, key: string, plan: OrderPlan, draft: Draft): void {
  const known = drafts.get(orders) ?? new Map();
  drafts.set(orders, known);
  known.set(key, { plan: textOf(plan), draft });
  if (known.size > rememberedDrafts) known.delete(known.keys().next().value);
}

function textOf(plan: OrderPlan): string {
  return JSON.stringify(Object.entries(plan).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mismatch(order: Order, differences: readonly string[], key: string): OrderMismatchError<Order> {
  return new OrderMismatchError(
    `order ${order.id} came back, which differs from the plan in ${differences.join(", ")}. It is most likely an older one of the same intent; look at it before you go on.`,
    order.id,
    differences,
    order,
    key,
  );
}
