import type { PageRequest } from "../../src/index.js";

/** Requests one page of a list, starting at the cursor in `place`. */
export type ListFrom<Item> = (place: {
  limit: number;
  starting_after?: string;
  ending_before?: string;
}) => PageRequest<Item>;

export interface BothWays<Item> {
  /** All rows, in the order of the pages. */
  readonly forward: Item[];
  /** All rows that were read backward from the end, in the same order as `forward`. */
  readonly backward: Item[];
  readonly pages: number;
  readonly cursors: readonly string[];
}

/** Reads a list page by page to its end, and then backward to its beginning. */
export async function readBothWays<Item>(list: ListFrom<Item>, limit: number): Promise<BothWays<Item>> {
  const forward: Item[] = [];
  const cursors: string[] = [];
  let last: readonly Item[] = [];
  for await (const page of list({ limit }).pages()) {
    forward.push(...page.data);
    if (page.data.length > 0) last = page.data;
    if (page.cursor !== undefined) cursors.push(page.cursor);
  }
  let backward = [...last];
  const end = cursors.at(-1);
  if (end !== undefined) {
    for await (const page of list({ limit, ending_before: end }).pages()) backward = [...page.data, ...backward];
  }
  return { forward, backward, pages: cursors.length, cursors };
}
