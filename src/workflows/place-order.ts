import type { Resources } from "../generated/resources/index.js";
import type { Order, OrderCreate, OrderPreviewNotice } from "../generated/types.js";
import { aFlag, anything, aText, type Checks, readOptions } from "../wrappers/checks.js";
import { ApiError } from "../wrappers/errors.js";
import { OrderMismatchError, OrderUncertainError, QuoteError, type SpendLimitError } from "./errors.js";
import {
  type BuyPlan,
  buildDraft,
  computeTotal,
  type Draft,
  fetchQuote,
  isWithin,
  type OrderPlan,
  type PriorCalls,
  type QuoteResult,
  readPlan,
  readSpendLimits,
  rebuildBody,
  type SellPlan,
  type SpendLimits,
  spendProblem,
} from "./order-draft.js";
import {
  describePriorCalls,
  type EarlierOrders,
  findEarlier,
  IntentMemory,
  listIds,
  meetsRequirements,
  orderDifferences,
  resolveIntentKey,
} from "./order-history.js";
import { isResourcePath } from "./references.js";
import { Pace, type PaceOptions, pacedChecks } from "./runtime.js";
import { formatDollars, type Micros } from "./values.js";

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
  const checkedPlan = readPlan(plan);
  const limits = readSpendLimits(checkedPlan, options);
  const placement = new Placement(sfc, checkedPlan, limits, await resolveIntentKey(options.intent), options);
  return options.dryRun === true ? placement.draft() : placement.place();
}

const nothingPlaced: PriorCalls = { text: "This call placed nothing.", ambiguous: false };

/** One call of `placeOrder`, whose plan and options have been checked. */
class Placement {
  readonly #sfc: Market;
  readonly #plan: OrderPlan;
  readonly #intent: string;
  readonly #key: string;
  readonly #besides: readonly string[];
  readonly #limits: SpendLimits;
  readonly #pace: Pace;
  readonly #intents: IntentMemory;

  constructor(sfc: Market, plan: OrderPlan, limits: SpendLimits, key: string, options: AnyOptions) {
    this.#sfc = sfc;
    this.#plan = plan;
    this.#limits = limits;
    this.#intent = options.intent;
    this.#key = key;
    this.#besides = options.besides ?? [];
    this.#pace = new Pace(options);
    this.#intents = new IntentMemory(sfc.orders);
  }

  /** What would be placed. */
  async draft(): Promise<OrderDraft> {
    const known = this.#intents.get(this.#key, this.#plan);
    const pool = await this.#poolId();
    const priorCalls = nothingPlaced;
    const quoted = known === undefined ? await this.#quote(pool, priorCalls) : undefined;
    const draft = known?.draft ?? (quoted && buildDraft(this.#plan, pool, quoted));
    const problem = draft === undefined ? quoted?.problem : this.#findProblem(draft, priorCalls);
    if (problem !== undefined || draft === undefined) throw problem;
    const { body, notices } = draft;
    const totalDollars = formatDollars(this.#computeTotal(draft));
    return { body, totalDollars, notices, idempotencyKey: this.#key };
  }

  /** The order of the intent: the one that exists, or a new one. */
  async place(): Promise<PlacedOrder> {
    const known = this.#intents.get(this.#key, this.#plan);
    const pool = await this.#poolId();
    if (known?.orderId !== undefined) {
      // Never sent again: by now the service may have forgotten the key.
      return this.#placed(await this.#sfc.orders.get(known.orderId, this.#pace.callOptions()), pool, known.draft);
    }
    const earlier = await this.#findEarlier(pool);
    const priorCalls = describePriorCalls(earlier, known !== undefined);
    const quoted = known === undefined ? await this.#quote(pool, priorCalls) : undefined;
    const draft = known?.draft ?? (quoted && buildDraft(this.#plan, pool, quoted));
    const problem = draft === undefined ? quoted?.problem : this.#findProblem(draft, priorCalls);
    if (problem !== undefined || draft === undefined) {
      // The market says nothing about an order that exists. What this client has sent before must not be sent with another body.
      if (quoted === undefined) throw problem;
      return this.#recall(pool, earlier?.orders ?? [], quoted, problem);
    }
    try {
      return await this.#send(pool, draft);
    } catch (error) {
      const orders = isKeyMismatch(error) ? (await this.#findEarlier(pool))?.orders : earlier?.orders;
      if (isKeyMismatch(error) && quoted !== undefined) return this.#recall(pool, orders ?? [], quoted, error);
      throw this.#toPlacementError(error, orders ?? []);
    }
  }

  /**
   * Sends the bodies of orders that fit the plan: the service returns the order of this intent for its own body. Should none be, then this places what
   * the plan asks for, within the limits.
   */
  async #recall(
    pool: string,
    orders: readonly Order[],
    { fee, notices }: QuoteResult,
    problem: unknown,
  ): Promise<PlacedOrder> {
    let failure = problem;
    for (const order of orders) {
      const draft: Draft = { body: rebuildBody(order, this.#plan), fee, notices };
      if (this.#findProblem(draft, nothingPlaced) !== undefined || !(await this.#isHardware(order))) continue;
      try {
        return await this.#send(pool, draft);
      } catch (error) {
        failure = error;
        if (!isKeyMismatch(error)) break;
      }
    }
    throw this.#toPlacementError(failure, orders);
  }

  /** Says which orders fit where the service's refusal alone would read as if none were placed. */
  #toPlacementError(error: unknown, orders: readonly Order[]): unknown {
    if (isKeyMismatch(error)) {
      return this.#uncertain("the service knows this intent's key from a different request", orders, error);
    }
    if (ApiError.is(error) && error.status === 422 && orders.length > 0) {
      return this.#uncertain("the service refused this request", orders, error);
    }
    return error;
  }

  async #send(pool: string, draft: Draft): Promise<PlacedOrder> {
    this.#intents.set(this.#key, this.#plan, draft);
    let order: Order;
    try {
      order = await this.#sfc.orders.create(draft.body, { ...this.#pace.callOptions(), idempotencyKey: this.#key });
    } catch (error) {
      if (isKeyMismatch(error)) this.#intents.delete(this.#key);
      throw error;
    }
    this.#intents.set(this.#key, this.#plan, draft, order.id);
    return this.#placed(order, pool, draft);
  }

  /** Everything here comes from the order: it can be an older one, at another price than the market's. */
  async #placed(order: Order, pool: string, { body: sent, fee, notices }: Draft): Promise<PlacedOrder> {
    const differences = orderDifferences(order, this.#plan, pool);
    if (!differences.includes("instance_sku") && order.instance_sku.id !== sent.instance_sku) {
      // A failed read must not hide the order.
      if (!(await this.#isHardware(order).catch(() => false))) differences.push("instance_sku");
    }
    if (differences.length > 0) throw mismatch(order, differences, this.#key);
    const body = rebuildBody(order, this.#plan);
    const total = this.#computeTotal({ body, fee });
    if (!isWithin(total, this.#limits)) throw mismatch(order, ["limit_price_dollars_per_node_hour"], this.#key);
    return { body, totalDollars: formatDollars(total), notices, idempotencyKey: this.#key, order };
  }

  async #findEarlier(pool: string): Promise<EarlierOrders | undefined> {
    const others = new Set([...this.#besides, ...this.#intents.listOtherOrders(this.#key)]);
    const earlier = await findEarlier(this.#sfc, this.#plan, pool, others, this.#pace);
    if (earlier === undefined || earlier.old.length === 0) return earlier;
    throw this.#uncertain(
      "an order that fits the plan is so old that the service may have forgotten its key",
      earlier.old,
    );
  }

  /** Paths move, and an order names its pool by id. */
  async #poolId(): Promise<string> {
    const { pool } = this.#plan;
    return isResourcePath(pool) ? (await this.#sfc.pools.get(pool, {}, this.#pace.callOptions())).id : pool;
  }

  #quote(pool: string, priorCalls: PriorCalls): Promise<QuoteResult> {
    return fetchQuote(this.#sfc, this.#plan, pool, priorCalls, this.#pace.callOptions());
  }

  #computeTotal({ body, fee }: Pick<Draft, "body" | "fee">): Micros {
    return computeTotal(this.#plan, body.limit_price_dollars_per_node_hour, fee);
  }

  #findProblem(draft: Draft, priorCalls: PriorCalls): SpendLimitError | QuoteError | undefined {
    if (this.#limits.minProceeds !== undefined && draft.fee === undefined) {
      const message = `there is no quote, so that the fee and with it minProceeds cannot be checked. ${priorCalls.text}`;
      return new QuoteError(message, "no_fee", { ambiguous: priorCalls.ambiguous });
    }
    return spendProblem(this.#computeTotal(draft), this.#limits, priorCalls);
  }

  async #isHardware({ instance_sku }: Order): Promise<boolean> {
    if (this.#plan.instance_sku !== undefined) return true;
    return (await meetsRequirements(this.#sfc, instance_sku.id, this.#plan, this.#pace.callOptions())) === true;
  }

  #uncertain(what: string, orders: readonly Order[], cause?: unknown): OrderUncertainError<Order> {
    const advice =
      orders.length === 0
        ? "No open or filled order of the pool fits the plan."
        : `${listIds(orders)} may be of this intent: look at it with orders.get(). If it belongs to another intent, name it in options.besides.`;
    return new OrderUncertainError(this.#intent, `${what}. This call placed nothing. ${advice}`, orders, {
      idempotencyKey: this.#key,
      cause,
    });
  }
}

/** The key came with a different body before. No status is stated for that; 409 is not declared for anything else here. */
function isKeyMismatch(error: unknown): boolean {
  return ApiError.is(error) && (error.type === "idempotency_error" || error.status === 409);
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
