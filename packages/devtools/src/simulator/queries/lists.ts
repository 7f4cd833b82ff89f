import type { Simulation } from "../simulation.js";
import type { Row } from "../storage/table.js";
import { type Listing, type Page, type PageQuery, page } from "./cursors.js";

/** Returns a page in the order of creation, for lists whose order is not documented. */
export function creationPage<R extends Row>(
  sim: Simulation,
  rows: readonly R[],
  query: PageQuery,
  prefix: string,
  most = 200,
): Page<R> {
  const descending = sim.assumptions.defaultOrder === "newest";
  return sorted(sim, rows, query, { prefix, most, descending, position: (row) => [row.seq] });
}

export function sorted<R>(sim: Simulation, rows: readonly R[], query: PageQuery, listing: Listing<R>): Page<R> {
  return page(rows, query, listing, sim.assumptions);
}

interface ListResponse<Item> {
  object: "list";
  data: Item[];
  has_more: boolean;
  cursor: string | null;
}

export function listResponse<R, Item>(
  { rows, has_more, cursor }: Page<R>,
  present: (row: R) => Item,
): ListResponse<Item> {
  return { object: "list", data: rows.map(present), has_more, cursor };
}

/** Creates a filter. It matches everything if no value was requested. */
export function among<T>(wanted: readonly T[] | undefined): (value: T) => boolean {
  if (wanted === undefined || wanted.length === 0) return () => true;
  const set = new Set(wanted);
  return (value) => set.has(value);
}
