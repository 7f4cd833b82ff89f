import { toPrincipal } from "../../access/callers.js";
import { demand } from "../../access/grants.js";
import { invalid, notFound, unknownReference, unusable } from "../../http/errors.js";
import type { ApiRequest, Handlers } from "../../http/handler.js";
import { onGrid, parseDollars } from "../../market/money.js";
import { fromRanges, rangesProblem, type Schedule, type ScheduleRange } from "../../market/schedule.js";
import { placeOrder } from "../../market/trading.js";
import { among, listResponse, sorted } from "../../queries/lists.js";
import type { Simulation } from "../../simulation.js";
import { find, needPool, needSku, needWorkspace } from "../../storage/lookup.js";
import { isOpen, type OrderRow } from "../../storage/rows.js";
import { presentOrder } from "./present-order.js";

export type OwnOrder = OrderRow & { readonly poolId: string };

export function isOwn(row: OrderRow): row is OwnOrder {
  return row.poolId !== null;
}

function needOrder(sim: Simulation, id: string): OwnOrder {
  const row = sim.store.orders.get(id);
  if (row === undefined || !isOwn(row)) throw notFound("order");
  return row;
}

/** Checks the time of an order: exactly one range with both ends, on whole minutes, with at least one node, and not before the current minute. */
function checkedRange(sim: Simulation, ranges: readonly ScheduleRange[]): Schedule {
  const field = "allocation_schedule_delta";
  const [range] = ranges;
  if (range === undefined || ranges.length > 1) throw invalid(field, "must be exactly one range");
  if (range.end_at === undefined || range.end_at === null) throw invalid(field, "must have an end_at");
  const problem = rangesProblem(ranges);
  if (problem !== undefined) throw invalid(field, problem);
  if (range.node_count < 1) throw invalid(field, "node_count must be at least 1");
  const past =
    sim.assumptions.pastStart === "refuse" ? range.start_at < sim.clock.minute : range.end_at <= sim.clock.minute;
  if (past) throw invalid(field, "must not start in the past", "in_the_past");
  return fromRanges(ranges);
}

/** Creates a filter by origin. Orders of a procurement are listed only when that procurement is requested. */
function originFilter(sim: Simulation, procurement: string | undefined): (row: OwnOrder) => boolean {
  if (procurement !== undefined) {
    const owner = find(sim, sim.store.procurements, "procurement", procurement);
    if (owner === undefined) throw unknownReference("procurement", "procurement");
    return (row) => row.placedBy === owner.id;
  }
  return ({ placedBy }) => placedBy === null || (placedBy.startsWith("spot_") && !sim.assumptions.hideSpotOrders);
}

function matching(sim: Simulation, { query, caller }: ApiRequest<"list_orders">): OwnOrder[] {
  const pool = query.pool === undefined ? undefined : needPool(sim, query.pool);
  // A pool belongs to one workspace, so `workspace` is ignored when a pool is given.
  const workspace =
    pool !== undefined || query.workspace === undefined ? undefined : needWorkspace(sim, query.workspace);
  demand(sim, caller, "order:list", pool?.scope ?? workspace?.id ?? null);
  const id = among(query.id);
  const status = among<string>(query.status);
  const origin = originFilter(sim, query.procurement);
  const { created_after: after = Number.NEGATIVE_INFINITY, created_before: before = Number.POSITIVE_INFINITY } = query;
  return sim.store.orders
    .all()
    .filter(isOwn)
    .filter(
      (row) =>
        (pool === undefined || row.poolId === pool.id) &&
        (workspace === undefined || sim.store.pools.ever(row.poolId).scope === workspace.id) &&
        (query.side === undefined || row.side === query.side) &&
        id(row.id) &&
        status(row.status) &&
        origin(row) &&
        row.createdAt >= after &&
        row.createdAt <= before,
    );
}

export const orders: Handlers<"list_orders" | "create_order" | "fetch_order" | "cancel_order"> = {
  list_orders(request, sim) {
    const sort = request.query.sort_by ?? "-created_at";
    const value = (row: OrderRow) => (sort.endsWith("start_at") ? (row.schedule[0]?.at ?? 0) : row.createdAt);
    const found = sorted(sim, matching(sim, request), request.query, {
      prefix: "ordrc",
      most: 200,
      descending: sort.startsWith("-"),
      sort,
      position: (row) => [value(row), row.seq],
    });
    return listResponse(found, (row) => presentOrder(sim, row));
  },

  create_order({ body, caller }, sim) {
    const pool = needPool(sim, body.pool);
    const sku = needSku(sim, body.instance_sku);
    const row = placeOrder(sim, {
      poolId: pool.id,
      side: body.side,
      skuId: sku.id,
      schedule: checkedRange(sim, body.allocation_schedule_delta),
      limit: onGrid(parseDollars(body.limit_price_dollars_per_node_hour)),
      allowStanding: body.allow_standing ?? false,
      allowPartial: body.allow_partial ?? false,
      createdBy: toPrincipal(sim, caller),
      placedBy: null,
    });
    return presentOrder(sim, { ...row, poolId: pool.id });
  },

  fetch_order({ path }, sim) {
    return presentOrder(sim, needOrder(sim, path[0]));
  },

  /** Requests a cancellation. Until it takes effect, the order can still fill. */
  cancel_order({ path }, sim) {
    const row = needOrder(sim, path[0]);
    if (!isOpen(row)) throw unusable("id", `the order is ${row.status} and cannot be cancelled`);
    row.cancelDueMs ??= sim.clock.ms + sim.assumptions.cancelSeconds * 1000;
    return undefined;
  },
};
