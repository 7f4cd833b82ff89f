/** A list with the paging of the service: rows in order, on pages whose sizes the test chooses. Pages may be empty. */
export interface PagedList {
  readonly rows: readonly string[];
  /** The response body for a query with `starting_after` or `ending_before`. */
  reply(query: URLSearchParams): ListBody;
  /** The cursor of one page, which works in both directions. */
  cursorOf(page: number): string;
}

export interface ListBody {
  object: "list";
  data: { id: string }[];
  has_more: boolean;
  cursor: string | null;
}

export function pagedList(sizes: readonly number[]): PagedList {
  let count = 0;
  const pages = sizes.map((size) => Array.from({ length: size }, () => `row_${++count}`));
  const cursorOf = (page: number) => `cursor_${page}`;
  const pageOf = (cursor: string) => Number(cursor.slice("cursor_".length));
  return {
    rows: pages.flat(),
    cursorOf,
    reply(query) {
      const after = query.get("starting_after");
      const before = query.get("ending_before");
      const page = after !== null ? pageOf(after) + 1 : before !== null ? pageOf(before) - 1 : 0;
      const last = before === null ? pages.length - 1 : 0;
      return {
        object: "list",
        data: (pages[page] ?? []).map((id) => ({ id })),
        has_more: page !== last && pages[page] !== undefined,
        cursor: pages[page] === undefined ? null : cursorOf(page),
      };
    },
  };
}
