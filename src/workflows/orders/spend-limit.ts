import type { OrderPreviewFee } from "../../generated/types.js";
import { UsageError } from "../../wrappers/errors.js";
import { divideUp } from "../decimal.js";
import { SpendLimitError } from "../errors.js";
import { costOf, formatDollars, type Micros, parseDollars } from "../money.js";
import type { Outlook } from "./earlier.js";
import { nodeSecondsOf, type OrderPlan } from "./plan.js";

/** What an order may cost, or has to bring, in micro-dollars. */
export interface SpendLimits {
  readonly maxSpend: Micros | undefined;
  readonly minProceeds: Micros | undefined;
}

/** Reads the limits. A buy without one is refused: that is the mistake the guard is there for. */
export function readSpendLimits(
  { side }: OrderPlan,
  { maxSpend, minProceeds }: { maxSpend?: string | undefined; minProceeds?: string | undefined },
): SpendLimits {
  if (side === "buy" && maxSpend === undefined) throw new UsageError("options.maxSpend", "is required for a buy");
  const stray = side === "buy" ? minProceeds : maxSpend;
  if (stray !== undefined)
    throw new UsageError(side === "buy" ? "options.minProceeds" : "options.maxSpend", `means nothing for a ${side}`);
  return {
    maxSpend: maxSpend === undefined ? undefined : parseDollars(maxSpend, "options.maxSpend"),
    minProceeds: minProceeds === undefined ? undefined : parseDollars(minProceeds, "options.minProceeds"),
  };
}

/**
 * The worst that an order at this limit price can come to: the most that a buy costs, or the least that a sell brings after the fee, which only
 * sellers pay. It is rounded against the spender.
 */
export function totalOf(plan: OrderPlan, limitPrice: string, fee?: OrderPreviewFee): Micros {
  const price = parseDollars(limitPrice, "limit_price_dollars_per_node_hour");
  const nodeSeconds = nodeSecondsOf(plan);
  if (plan.side === "buy") return costOf(price, nodeSeconds, "up");
  const gross = costOf(price, nodeSeconds, "down");
  if (!fee) return gross;
  const flat = costOf(parseDollars(fee.flat_dollars_per_node_hour, "fee"), nodeSeconds, "up");
  const share = divideUp(gross * BigInt(fee.percentage_bps), 10_000n);
  return gross > flat + share ? gross - flat - share : 0n;
}

export function isWithin(total: Micros, { maxSpend, minProceeds }: SpendLimits): boolean {
  return (maxSpend === undefined || total <= maxSpend) && (minProceeds === undefined || total >= minProceeds);
}

/** An order that could cost too much or bring too little. `undefined`: it is within the limits. */
export function spendProblem(
  total: Micros,
  limits: SpendLimits,
  { text, ambiguous }: Outlook,
): SpendLimitError | undefined {
  if (isWithin(total, limits)) return undefined;
  const { maxSpend, minProceeds } = limits;
  const dollars = formatDollars(total);
  const limit = formatDollars(maxSpend ?? minProceeds ?? 0n);
  const what =
    maxSpend === undefined
      ? `could bring only $${dollars}, less than minProceeds`
      : `could cost $${dollars}, more than maxSpend`;
  return new SpendLimitError(`the order ${what} $${limit}. ${text}`, dollars, limit, { ambiguous });
}
