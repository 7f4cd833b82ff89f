import type { Types } from "../../http/api-types.js";
import { invalid } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { type Match, match } from "../../market/matching.js";
import { calculateCost, formatDollars, type Micros, parseDollars } from "../../market/money.js";
import { nodeSeconds, rectangle, type Schedule, toRanges } from "../../market/schedule.js";
import { restingOrders, toOffer } from "../../market/trading.js";
import { matchingSkus } from "../../queries/requirements.js";
import type { Simulation } from "../../simulation.js";
import { needPool } from "../../storage/lookup.js";
import type { Side, SkuRow } from "../../storage/rows.js";

type Request = Types.OrderPreviewRequest;

/** The placeholder in `post_order_body` when no pool was given. Callers must replace it. */
const placeholderPool = "pool_placeholder";
const unlimited = 10n ** 15n;

function checkedSchedule({ start_at, duration_seconds, node_count }: Request): Schedule {
  if (start_at % 60 !== 0) throw invalid("start_at", "must be on a whole minute");
  if (duration_seconds <= 0 || duration_seconds % 60 !== 0)
    throw invalid("duration_seconds", "must be a positive multiple of 60");
  if (node_count <= 0) throw invalid("node_count", "must be positive");
  return rectangle(start_at, start_at + duration_seconds, node_count);
}

interface Quote {
  readonly sku: SkuRow;
  readonly total: Micros;
  /** The worst price of the matches, which is the limit that an order needs. */
  readonly limit: Micros;
}

function quote(sim: Simulation, sku: SkuRow, side: Side, wanted: Schedule): Quote | undefined {
  const offers = restingOrders(sim, sku.id)
    .filter((order) => order.side !== side && order.poolId === null)
    .map((order) => toOffer(sim, order));
  const limit = side === "buy" ? unlimited : 0n;
  const matches = match({ side, limit, wanted, allowPartial: false }, offers);
  const worst = matches.at(-1)?.offer.price;
  return worst === undefined ? undefined : { sku, limit: worst, total: totalCost(matches) };
}

function totalCost(matches: readonly Match[]): Micros {
  return matches.reduce((total, { offer, schedule }) => total + calculateCost(offer.price, nodeSeconds(schedule)), 0n);
}

/** Returns the best quote: the lowest price for a buyer, the highest for a seller. */
function best(quotes: readonly Quote[], side: Side): Quote | undefined {
  return [...quotes].sort((a, b) => (a.total === b.total ? 0 : a.total < b.total === (side === "buy") ? -1 : 1))[0];
}

/** Returns the fee of an order. Only sells have fees. */
function orderFee(sim: Simulation, side: Side): Types.OrderPreviewFee {
  if (side === "buy") return { flat_dollars_per_node_hour: "0.00", percentage_bps: 0 };
  const { sellFeeFlat, sellFeeBps } = sim.assumptions;
  return { flat_dollars_per_node_hour: formatDollars(parseDollars(sellFeeFlat)), percentage_bps: sellFeeBps };
}

export const orderPreview: Handlers<"get_order_preview"> = {
  get_order_preview({ body }, sim) {
    const wanted = checkedSchedule(body);
    const pool = body.pool === undefined || body.pool === null ? placeholderPool : needPool(sim, body.pool).id;
    const fee = orderFee(sim, body.side);
    const skus = matchingSkus(sim, body.requirements);
    if (skus.length === 0) return { type: "unavailable", reason: "no_matching_instance_skus", fee, notices: [] };
    const quotes = skus.flatMap((sku) => quote(sim, sku, body.side, wanted) ?? []);
    const chosen = best(quotes, body.side);
    if (chosen === undefined) return { type: "unavailable", reason: "no_availability", fee, notices: [] };
    return {
      type: "quoted",
      post_order_body: {
        pool,
        side: body.side,
        instance_sku: chosen.sku.id,
        allocation_schedule_delta: toRanges(wanted),
        limit_price_dollars_per_node_hour: formatDollars(chosen.limit),
      },
      fee,
      notices: [],
    };
  },
};
