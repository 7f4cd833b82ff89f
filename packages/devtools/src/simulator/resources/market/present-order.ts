import type { Types } from "../../http/api-types.js";
import { averagePrice, calculateCost, formatDollars } from "../../market/money.js";
import { nodeSeconds, toRanges } from "../../market/schedule.js";
import { capacitySummary, poolSummary, skuSummary } from "../../queries/summaries.js";
import type { Simulation } from "../../simulation.js";
import type { Fill, OrderRow } from "../../storage/rows.js";

function average(fills: readonly Fill[]): string | null {
  const seconds = fills.reduce((total, fill) => total + nodeSeconds(fill.schedule), 0);
  const cost = fills.reduce((total, fill) => total + calculateCost(fill.price, nodeSeconds(fill.schedule)), 0n);
  return seconds === 0 ? null : formatDollars(averagePrice(cost, seconds));
}

function presentFill(fill: Fill): Types.OrderFill {
  return {
    contract: fill.contractId,
    filled_at: fill.filledAt,
    // Node counts are always positive. The order's side is the direction.
    allocation_schedule_delta: toRanges(fill.schedule),
    price_dollars_per_node_hour: formatDollars(fill.price),
  };
}

/** Presents an order of the account. Orders of other accounts are never returned. */
export function presentOrder(sim: Simulation, row: OrderRow & { readonly poolId: string }): Types.Order {
  return {
    object: "order",
    id: row.id,
    capacity: capacitySummary(sim, row.poolId),
    pool: poolSummary(sim, row.poolId),
    side: row.side,
    allow_standing: row.allowStanding,
    allow_partial: row.allowPartial,
    instance_sku: skuSummary(sim, row.skuId),
    allocation_schedule_delta: toRanges(row.schedule),
    filled_allocation_schedule_delta: toRanges(row.filled),
    limit_price_dollars_per_node_hour: formatDollars(row.limit),
    status: row.status,
    created_at: row.createdAt,
    created_by: row.createdBy === null ? null : { ...row.createdBy },
    filled_at: row.filledAt,
    filled_average_price_dollars_per_node_hour: average(row.fills),
    fills: row.fills.map(presentFill),
    cancelled_at: row.cancelledAt,
  };
}
