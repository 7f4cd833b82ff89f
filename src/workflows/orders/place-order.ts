import type { Resources } from "../../generated/resources/index.js";
import type { Order, OrderCreate, OrderPreviewNotice } from "../../generated/types.js";
import { aFlag, anything, aText, type Checks, readOptions } from "../../wrappers/checks.js";
import { type PaceOptions, pacedChecks } from "../pace.js";
import { Placement } from "./placement.js";
import { type BuyPlan, type OrderPlan, readPlan, type SellPlan } from "./plan.js";

export interface PlaceOptions extends PaceOptions {
  /**
   * Names this one purchase or sale, for example by the id of the job that needs it. The idempotency key comes from it, so the same intent does not
   * trade twice, whichever process asks. All processes have to use tokens of one account.
   */
  readonly intent: string;
  /** `true`: quote, compute and check, but place nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /**
   * Ids of orders that fit the same plan and are known to belong to other intents. Without it, an order that fits the plan and is more than a day old ends the call,
   * because the service may have forgotten the key of its intent.
   */
  readonly besides?: readonly string[] | undefined;
}

export interface BuyOptions extends PlaceOptions {
  /** US dollars as a decimal string: the most that the order may cost in all, at its limit price. */
  readonly maxSpend: string;
}

export interface SellOptions extends PlaceOptions {
  /** US dollars as a decimal string: the least that the order has to bring in all, after the quoted fee. */
  readonly minProceeds?: string | undefined;
}

export type AnyOptions = PlaceOptions & { readonly maxSpend?: string; readonly minProceeds?: string | undefined };

const placeChecks: Checks<AnyOptions> = /* @__PURE__ */ pacedChecks<AnyOptions>({
  intent: aText,
  dryRun: aFlag,
  besides: [(value) => Array.isArray(value), "must be an array of order ids"],
  // Read as dollars later.
  maxSpend: anything,
  minProceeds: anything,
});

/** What would be, or was, placed. What was placed is computed from the order that exists, which can be older than this call. */
export interface OrderDraft {
  readonly body: OrderCreate;
  /**
   * Exact, in US dollars: the most that a buy can cost, or the least that a sell can bring, at the limit price. The fee that a sell pays is known from a quote only; without one,
   * it is not taken off.
   */
  readonly totalDollars: string;
  /** Maintenance that falls into the order's time, by this call's quote; empty without one. */
  readonly notices: readonly OrderPreviewNotice[];
  readonly idempotencyKey: string;
}

export interface PlacedOrder extends OrderDraft {
  /** Accepted, not filled: follow it with `waitForOrder`. */
  readonly order: Order;
}

export type Market = Pick<Resources, "orders" | "pools"> & Partial<Pick<Resources, "instanceSkus">>;

/**
 * Buys or sells nodes, for no more (or no less) money than the options allow.
 *
 * ```ts
 * // Kept with the job, not computed from the clock: a run after a crash has to use the same.
 * const start_at = unixSeconds("2026-09-01T09:00:00Z", { minute: "exact" });
 * const { order } = await placeOrder(
 *   sfc,
 *   { side: "buy", pool, start_at, duration_seconds: 7_200, node_count: 4 },
 *   { intent: "job-17", maxSpend: "200" },
 * );
 * ```
 *
 * Looks for earlier orders of the pool that fit the plan, asks for a quote, puts your pool and your limit price into it (a buyer's limit rounded down to the service's grid, a seller's up),
 * computes the total without floats, refuses what exceeds the limit, and places the order with a key made from `intent`. The service returns the older order for a key that it knows: the order is
 * compared with the plan, and the result is computed from it.
 *
 * Calls `pools.get` for a resource path, `orders.list`, `orders.preview` (`POST …/order_preview`), `orders.create` (`POST /preview/v2/orders`), `orders.get` for an order that this client has placed, and
 * `instanceSkus.get` to check the requirements of an older order. Safe to repeat, also after a crash and from another process, with the same plan, `start_at` included: the order of the intent is found
 * whatever the market does by then. When the quote is missing or beyond the limit and an order fits the plan, its own body is sent with the key: the service returns it if it is of this intent,
 * else that is a new order at the older price, within your limits. How long the service remembers a key is not stated: after a day `placeOrder` does not rely on it.
 * @throws {SpendLimitError} the total is beyond `maxSpend` or `minProceeds`; this call placed nothing
 * @throws {QuoteError} there is no quote, or not for what was asked; this call placed nothing
 * @throws {OrderUncertainError} an order fits the plan, and whether it is of this intent is not certain; this call placed nothing
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
  plan: OrderPlan,
  placeOptions: AnyOptions,
): Promise<OrderDraft | PlacedOrder> {
  const options = readOptions(placeOptions, placeChecks);
  const placement = new Placement(sfc, readPlan(plan), options);
  return options.dryRun === true ? placement.draft() : placement.place();
}
