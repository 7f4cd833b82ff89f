import type { Types } from "../../http/api-types.js";
import { invalid } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { belongs, levels, restingInWindow, scheduleWindow, type Window } from "../../market/book.js";
import { formatDollars } from "../../market/money.js";
import { toRanges } from "../../market/schedule.js";
import { restingOrders } from "../../market/trading.js";
import { sorted } from "../../queries/lists.js";
import { matchingSkus, parseRequirements } from "../../queries/requirements.js";
import type { Simulation } from "../../simulation.js";
import type { OrderRow, Side, TradeRow } from "../../storage/rows.js";

const day = 86_400;

interface WindowQuery {
  readonly requirements?: string;
  readonly start_at: number;
  readonly end_at: number;
}

function readWindow({ start_at: start, end_at: end }: WindowQuery): Window {
  if (end <= start) throw invalid("end_at", "must be after start_at");
  return { start, end };
}

/** The members that every response about one window contains. */
function header(sim: Simulation, query: WindowQuery) {
  const { start, end } = readWindow(query);
  return {
    requirements: parseRequirements(sim, query.requirements),
    start_at: start,
    end_at: end,
    requested_at: sim.clock.seconds,
  };
}

function sideLevels(sim: Simulation, query: WindowQuery, side: Side): Types.PriceLevel[] {
  const asked = readWindow(query);
  const skus = matchingSkus(sim, parseRequirements(sim, query.requirements));
  return levels(sim, restingInWindow(sim, skus, side, asked), asked);
}

interface BookWindow extends Window {
  readonly skuId: string;
  readonly orders: OrderRow[];
}

/** Groups resting orders by SKU and by their own window. */
function bookWindows(sim: Simulation, requirements: string | undefined): BookWindow[] {
  const windows = new Map<string, BookWindow>();
  for (const sku of matchingSkus(sim, parseRequirements(sim, requirements))) {
    for (const order of restingOrders(sim, sku.id)) {
      const own = scheduleWindow(order.schedule);
      const key = `${sku.id} ${own.start} ${own.end}`;
      const window = windows.get(key) ?? { ...own, skuId: sku.id, orders: [] };
      window.orders.push(order);
      windows.set(key, window);
    }
  }
  return [...windows.values()];
}

function presentWindow(sim: Simulation, window: BookWindow): Types.OrderbookWindow {
  const bids = window.orders.filter(({ side }) => side === "buy");
  const asks = window.orders.filter(({ side }) => side === "sell");
  return {
    instance_sku: window.skuId,
    start_at: window.start,
    end_at: window.end,
    duration_hours: Math.floor((window.end - window.start) / 3600),
    total_bid_order_count: bids.length,
    total_ask_order_count: asks.length,
    best_bid: levels(sim, bids, window)[0] ?? null,
    best_ask: levels(sim, asks, window)[0] ?? null,
  };
}

function presentTrade(row: TradeRow): Types.OrderbookFill {
  return {
    instance_sku: row.skuId,
    dollars_per_node_hour: formatDollars(row.price),
    allocation_schedule_delta: toRanges(row.schedule),
    filled_at: row.filledAt,
  };
}

export const orderbook: Handlers<
  "get_orderbook_quote" | "get_orderbook_depth" | "list_orderbook_fills" | "list_orderbook_windows"
> = {
  get_orderbook_quote({ query }, sim) {
    const bestLevel = (side: Side) => sideLevels(sim, query, side)[0] ?? null;
    return { ...header(sim, query), best_bid: bestLevel("buy"), best_ask: bestLevel("sell") };
  },

  get_orderbook_depth({ query }, sim) {
    const depth = (side: Side) => sideLevels(sim, query, side).slice(0, query.depth ?? 20);
    return { ...header(sim, query), bids: depth("buy"), asks: depth("sell") };
  },

  list_orderbook_fills({ query }, sim) {
    const asked = readWindow(query);
    const since = query.since_at ?? sim.clock.seconds - 7 * day;
    if (since < sim.clock.seconds - 30 * day) throw invalid("since_at", "must not be more than 30 days in the past");
    const skus = new Set(matchingSkus(sim, parseRequirements(sim, query.requirements)).map(({ id }) => id));
    const rows = sim.store.trades.where(
      (row) =>
        skus.has(row.skuId) &&
        row.filledAt >= since &&
        belongs(scheduleWindow(row.schedule), asked, sim.assumptions.fillsWindow),
    );
    const {
      rows: found,
      has_more,
      cursor,
    } = sorted(sim, rows, query, {
      prefix: "mfilc",
      most: 200,
      descending: true,
      position: (row) => [row.filledAt, row.seq],
    });
    return { object: "list", ...header(sim, query), cursor, has_more, data: found.map(presentTrade) };
  },

  list_orderbook_windows({ query }, sim) {
    const { range_start_at, range_end_at } = query;
    if (range_start_at % 60 !== 0 || range_end_at % 60 !== 0)
      throw invalid("range_start_at", "the range must be on whole minutes");
    if (range_end_at <= range_start_at) throw invalid("range_end_at", "must be after range_start_at");
    const inRange = bookWindows(sim, query.requirements).filter(
      ({ start, end }) => start >= range_start_at && end <= range_end_at,
    );
    const { rows, has_more, cursor } = sorted(sim, inRange, query, {
      prefix: "mwin",
      most: 200,
      descending: false,
      position: (window) => [window.start, window.end, window.skuId],
    });
    return {
      object: "list",
      requirements: parseRequirements(sim, query.requirements),
      range_start_at,
      range_end_at,
      cursor,
      has_more,
      data: rows.map((window) => presentWindow(sim, window)),
    };
  },
};
