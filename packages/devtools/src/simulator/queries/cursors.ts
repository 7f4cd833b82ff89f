import type { Assumptions } from "../assumptions.js";
import { invalid } from "../http/errors.js";

/** The position of a row in its list: its sort values, of which the last one is unique. */
export type Position = readonly (number | string)[];

export interface PageQuery {
  readonly limit?: number;
  readonly starting_after?: string;
  readonly ending_before?: string;
}

/** The order of one kind of list, and the form of its cursors. */
export interface Listing<Row> {
  /** The published prefix of cursors, without the underscore: `nodec`. */
  readonly prefix: string;
  /** The size of the largest page. */
  readonly most: number;
  readonly position: (row: Row) => Position;
  readonly descending: boolean;
  /** The name of the sort order. A cursor is valid only for the order that it came from. */
  readonly sort?: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly has_more: boolean;
  readonly cursor: string | null;
}

/**
 * Returns one page. A cursor contains the positions of both ends of its page. So the same cursor can continue forward (`starting_after`) and backward
 * (`ending_before`), and it remains valid when the rows at those ends are deleted.
 */
export function page<Row>(
  rows: readonly Row[],
  query: PageQuery,
  listing: Listing<Row>,
  assumptions: Assumptions,
): Page<Row> {
  const { after, before } = bounds(query, listing, assumptions);
  const limit = query.limit ?? Math.min(50, listing.most);
  const order = (a: Position, b: Position) => (listing.descending ? compare(b, a) : compare(a, b));
  const sorted = rows
    .map((row) => ({ row, position: listing.position(row) }))
    .sort((a, b) => order(a.position, b.position));

  if (before !== undefined) {
    const earlier = sorted.filter(({ position }) => order(position, before.first) < 0);
    const start = Math.max(0, earlier.length - limit);
    const more = assumptions.hasMoreBackward === "direction" ? start > 0 : earlier.length < sorted.length;
    return cut(earlier.slice(start), more, listing);
  }
  const fromStart = after === undefined || after.last.length === 0;
  const later = fromStart ? sorted : sorted.filter(({ position }) => order(position, after.last) > 0);
  return cut(later.slice(0, limit), later.length > limit, listing);
}

interface Placed<Row> {
  readonly row: Row;
  readonly position: Position;
}

function cut<Row>(placed: readonly Placed<Row>[], hasMore: boolean, listing: Listing<Row>): Page<Row> {
  const rows = placed.map(({ row }) => row);
  const first = placed[0];
  const last = placed.at(-1);
  if (first === undefined || last === undefined) return { rows, has_more: hasMore, cursor: null };
  return { rows, has_more: hasMore, cursor: encode(listing, { first: first.position, last: last.position }) };
}

interface Ends {
  readonly first: Position;
  readonly last: Position;
}

function bounds<Row>(
  query: PageQuery,
  listing: Listing<Row>,
  assumptions: Assumptions,
): { after?: Ends; before?: Ends } {
  const { starting_after: after, ending_before: before } = query;
  if (after !== undefined && before !== undefined && assumptions.bothCursors === "refuse") {
    throw invalid("ending_before", "cannot be combined with starting_after");
  }
  if (after !== undefined) return { after: decode(listing, after, "starting_after") };
  return before === undefined ? {} : { before: decode(listing, before, "ending_before") };
}

function compare(a: Position, b: Position): number {
  // An index is used, because this is called for every row on each page, and an iterator would take most of the time.
  for (let index = 0; index < a.length; index++) {
    const left = a[index] as number | string;
    const right = b[index] ?? left;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function encode<Row>(listing: Listing<Row>, { first, last }: Ends): string {
  const text = JSON.stringify([listing.sort ?? "", first, last]);
  return `${listing.prefix}_${Buffer.from(text).toString("base64url")}`;
}

function decode<Row>(listing: Listing<Row>, cursor: string, field: string): Ends {
  const unknown = invalid(field, "is not a cursor of this list", "invalid_cursor");
  if (!cursor.startsWith(`${listing.prefix}_`)) throw unknown;
  try {
    const [sort, first, last] = parts(cursor.slice(listing.prefix.length + 1));
    if (sort === (listing.sort ?? "") && isPosition(first) && isPosition(last)) return { first, last };
  } catch {
    // The cursor is not JSON. It is refused below, like any other invalid cursor.
  }
  throw unknown;
}

/**
 * Creates a new cursor for the start of a page: the position of the request, or the start of the list. It lets an empty page be followed without
 * skipping a row. `made` is any cursor of the list.
 */
export function standstill(made: string, asked: string | undefined, salt: number): string {
  const split = made.indexOf("_") + 1;
  const [sort] = parts(made.slice(split));
  const [, first, last] = asked === undefined ? [sort, [], []] : parts(asked.slice(split));
  return made.slice(0, split) + Buffer.from(JSON.stringify([sort, first, last, salt])).toString("base64url");
}

function parts(encoded: string): unknown[] {
  return JSON.parse(Buffer.from(encoded, "base64url").toString()) as unknown[];
}

function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.every((item) => typeof item === "number" || typeof item === "string");
}
