import type { Resources } from "../generated/resources/index.js";
import type { Order, OrderCreate, OrderPreviewNotice } from "../generated/types.js";
import { aFlag, aText, type Checks, checkedElsewhere, readOptions } from "../wrappers/checks.js";
import { ApiError, SfcError, UsageError } from "../wrappers/errors.js";
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
   * Identifies this one purchase or sale, for example by the id of the job that needs it. The idempotency key is derived from it, so the same intent does not
   * trade twice, in this process or in another. All processes must use tokens of the same account.
   */
  readonly intent: string;
  /** `true`: get a quote, compute the total and check the limits, but place nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /**
   * Ids of orders that fit the same plan and belong to other intents. An order that fits the plan, is more than a day old and is not listed here ends
   * the call with an `OrderUncertainError`, because the service may have forgotten its key. @default none
   */
  readonly besides?: readonly string[] | undefined;
}

export interface BuyOptions extends PlaceOptions {
  /** US dollars as a decimal string: the most that the whole order may cost at its limit price. */
  readonly maxSpend: string;
}

export interface SellOptions extends PlaceOptions {
  /** US dollars as a decimal string: the least that the whole order must bring, after the quoted fee. @default no limit */
  readonly minProceeds?: string | undefined;
}

export type AnyOptions = PlaceOptions & { readonly maxSpend?: string; readonly minProceeds?: string | undefined };

const placeChecks: Checks<AnyOptions> = /* @__PURE__ */ pacedChecks<AnyOptions>({
  intent: aText,
  dryRun: aFlag,
  besides: [(value) => Array.isArray(value), "must be an array of order ids"],
  // Checked later, when they are parsed as dollars.
  maxSpend: checkedElsewhere,
  minProceeds: checkedElsewhere,
});

/** The order that would be, or was, placed. For a placed order it is computed from the order itself, which can be older than this call. */
export interface OrderDraft {
  readonly body: OrderCreate;
  /**
   * US dollars, exact: the most that a buy can cost, or the least that a sell can bring, at the limit price. The fee of a sell is known only from a
   * quote; without a quote it is not deducted.
   */
  readonly totalDollars: string;
  /** Maintenance during the order's time, from this call's quote; empty without a quote. */
  readonly notices: readonly OrderPreviewNotice[];
  readonly idempotencyKey: string;
}

export interface PlacedOrder extends OrderDraft {
  /** Accepted, not necessarily filled: wait for it with `waitForOrder`. */
  readonly order: Order;
}

export type Market = Pick<Resources, "orders" | "pools"> & Partial<Pick<Resources, "instanceSkus">>;

/**
 * Places one buy or sell order per intent, within the spending limits of the options.
 *
 * ```ts
 * // Stored with the job, not computed from the clock: a run after a crash must use the same time.
 * const start_at = unixSeconds("2026-09-01T09:00:00Z", { minute: "exact" });
 * const { order } = await placeOrder(
 *   sfc,
 *   { side: "buy", pool, start_at, duration_seconds: 7_200, node_count: 4 },
 *   { intent: "job-17", maxSpend: "200" },
 * );
 * ```
 *
 * It lists earlier orders of the pool that fit the plan, and requests a quote. It replaces the quote's pool and limit price with those of the plan (a
 * buyer's limit is rounded down to the service's price step, a seller's up). It computes the exact total, and throws when that is outside of the limit.
 * Then it creates the order with an idempotency key derived from `intent`. For a known key the service returns the earlier order, which is compared
 * with the plan, and the result is computed from it.
 *
 * Calls `pools.get` for a resource path, `orders.list`, `orders.preview` (`POST …/order_preview`), `orders.create` (`POST /preview/v2/orders`),
 * `orders.get` for an order that this client has placed, and `instanceSkus.get` to check the requirements of an older order.
 *
 * It is safe to repeat with the same intent and plan (`start_at` included), even after a crash or from another process: it finds the order of the
 * intent even if the market has changed. If there is no usable quote but an order fits the plan, its body is sent again with the key. If that order
 * belongs to this intent, the service returns it; otherwise a new order is placed at that price, within your limits. The service does not document how
 * long it remembers a key; `placeOrder` relies on a day. Without `deadlineMs` the whole call has no time limit.
 * @throws {SpendLimitError} the total is above `maxSpend` or below `minProceeds`; this call placed nothing
 * @throws {QuoteError} no quote is available, or it does not match the plan; this call placed nothing
 * @throws {DecodeError} the quote cannot be read; this call placed nothing
 * @throws {OrderUncertainError} it is not certain whether an order that fits the plan belongs to this intent; this call placed nothing
 * @throws {OrderMismatchError} the service returned an order that differs from the plan, most likely an older one of the same intent; it is on the error
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

  /** The order that would be placed. */
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

  /** The order of the intent: the existing one, or a new one. */
  async place(): Promise<PlacedOrder> {
    const known = this.#intents.get(this.#key, this.#plan);
    const pool = await this.#poolId();
    if (known?.orderId !== undefined) {
      // The order is read and not sent again, because the service may have forgotten the key.
      return this.#placed(await this.#sfc.orders.get(known.orderId, this.#pace.callOptions()), pool, known.draft);
    }
    const earlier = await this.#findEarlier(pool);
    const priorCalls = describePriorCalls(earlier, known !== undefined);
    const quoted = known === undefined ? await this.#quote(pool, priorCalls) : undefined;
    const draft = known?.draft ?? (quoted && buildDraft(this.#plan, pool, quoted));
    const problem = draft === undefined ? quoted?.problem : this.#findProblem(draft, priorCalls);
    if (problem !== undefined || draft === undefined) {
      // Without a quote, an existing order may still be found, but not after a request was sent, because its body must not change.
      if (quoted === undefined) throw problem;
      return this.#sendEarlierBodies(pool, earlier?.orders ?? [], quoted, problem);
    }
    try {
      return await this.#send(pool, draft);
    } catch (error) {
      const orders = isKeyMismatch(error) ? (await this.#findEarlier(pool))?.orders : earlier?.orders;
      if (isKeyMismatch(error) && quoted !== undefined)
        return this.#sendEarlierBodies(pool, orders ?? [], quoted, error);
      throw this.#toPlacementError(error, orders ?? []);
    }
  }

  /**
   * Sends the bodies of earlier orders that fit the plan. If one of the orders belongs to this intent, its body is the one that the key was used with, and
   * the service returns it. If none does, this places an order that fits the plan, within the limits.
   */
  async #sendEarlierBodies(
    pool: string,
    orders: readonly Order[],
    { fee, notices }: QuoteResult,
    problem: unknown,
  ): Promise<PlacedOrder> {
    let failure = problem;
    for (const order of orders) {
      const draft: Draft = { body: rebuildBody(order, this.#plan), fee, notices };
      if (this.#findProblem(draft, nothingPlaced) !== undefined || !(await this.#meetsRequirements(order))) continue;
      try {
        return await this.#send(pool, draft);
      } catch (error) {
        failure = error;
        if (!isKeyMismatch(error)) break;
      }
    }
    throw this.#toPlacementError(failure, orders);
  }

  /** Adds the orders that fit the plan to an error, because the service's error alone would suggest that none exists. */
  #toPlacementError(error: unknown, orders: readonly Order[]): unknown {
    if (isKeyMismatch(error)) {
      const who = UsageError.is(error) ? "this client" : "the service";
      return this.#uncertain(`${who} has seen this intent's key with a different request`, orders, error);
    }
    if (ApiError.is(error) && error.status === 422 && orders.length > 0) {
      return this.#uncertain("the service refused this request", orders, error);
    }
    if (!SfcError.is(error)) return error;
    // The caller chose the intent, and not the key, which is derived from it.
    const message = error.message.replace("the same idempotencyKey", "the same intent and plan");
    return Object.assign(error, { message });
  }

  async #send(pool: string, draft: Draft): Promise<PlacedOrder> {
    const known = this.#intents.get(this.#key, this.#plan);
    // Of two simultaneous calls, the first to send stores its draft. The client refuses another body with the same key.
    if (known === undefined) this.#intents.set(this.#key, this.#plan, draft);
    let order: Order;
    try {
      order = await this.#sfc.orders.create(draft.body, { ...this.#pace.callOptions(), idempotencyKey: this.#key });
    } catch (error) {
      if (isKeyMismatch(error) && (known === undefined || ApiError.is(error))) this.#intents.delete(this.#key);
      throw error;
    }
    this.#intents.set(this.#key, this.#plan, draft, order.id);
    return this.#placed(order, pool, draft);
  }

  /** Computes the result from the order alone, because it can be an older one, at another price than the current quote. */
  async #placed(order: Order, pool: string, { body: sent, fee, notices }: Draft): Promise<PlacedOrder> {
    const differences = orderDifferences(order, this.#plan, pool);
    if (!differences.includes("instance_sku") && order.instance_sku.id !== sent.instance_sku) {
      // A failed read counts as a difference: its error would hide the order.
      if (!(await this.#meetsRequirements(order).catch(() => false))) differences.push("instance_sku");
    }
    if (differences.length > 0) throw mismatch(order, differences, this.#key);
    const body = rebuildBody(order, this.#plan);
    const total = this.#computeTotal({ body, fee });
    if (!isWithin(total, this.#limits)) {
      const what = `whose total of $${formatDollars(total)} is outside of your limits`;
      throw mismatch(order, ["limit_price_dollars_per_node_hour"], this.#key, what);
    }
    return { body, totalDollars: formatDollars(total), notices, idempotencyKey: this.#key, order };
  }

  async #findEarlier(pool: string): Promise<EarlierOrders | undefined> {
    const others = new Set([...this.#besides, ...this.#intents.listOtherOrders(this.#key)]);
    const earlier = await findEarlier(this.#sfc, this.#plan, pool, others, this.#pace);
    if (earlier === undefined || earlier.old.length === 0) return earlier;
    throw this.#uncertain(
      "an order that fits the plan is more than a day old, and the service may have forgotten its key",
      earlier.old,
    );
  }

  /** Resolves a path to an id, because orders contain the pool's id. */
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
      const message = `minProceeds cannot be checked: there is no quote with a fee. ${priorCalls.text}`;
      return new QuoteError(message, "no_fee", { ambiguous: priorCalls.ambiguous });
    }
    return spendProblem(this.#computeTotal(draft), this.#limits, priorCalls);
  }

  async #meetsRequirements({ instance_sku }: Order): Promise<boolean> {
    if (this.#plan.instance_sku !== undefined) return true;
    return (await meetsRequirements(this.#sfc, instance_sku.id, this.#plan, this.#pace.callOptions())) === true;
  }

  #uncertain(what: string, orders: readonly Order[], cause?: unknown): OrderUncertainError<Order> {
    const advice =
      orders.length === 0
        ? "No open or filled order of the pool fits the plan."
        : `${listIds(orders)} may belong to this intent: check with orders.get(). Add an order that belongs to another intent to options.besides.`;
    return new OrderUncertainError(this.#intent, `${what}. This call placed nothing. ${advice}`, orders, {
      idempotencyKey: this.#key,
      cause,
    });
  }
}

/**
 * Whether an error means that the key was used with a different body before. The status for that is not documented, but 409 is declared for nothing else
 * here. The client itself refuses the key when a client that shares its keys (`withOptions`), or a simultaneous call, used it at another price.
 */
function isKeyMismatch(error: unknown): boolean {
  if (UsageError.is(error)) return error.field === "options.idempotencyKey";
  return ApiError.is(error) && (error.type === "idempotency_error" || error.status === 409);
}

function mismatch(
  order: Order,
  differences: readonly string[],
  key: string,
  what = `which differs from the plan in ${differences.join(", ")}`,
): OrderMismatchError<Order> {
  return new OrderMismatchError(
    `the service returned order ${order.id}, ${what}. It is most likely an older order of the same intent: check it before you continue.`,
    order.id,
    differences,
    order,
    key,
  );
}
