import type { ListBody, PagedList } from "../support/paged-list.js";

/** A service that returns wrong or unusual pages. */
export type ListFault = {
  readonly name: string;
  /** Returns the page that replaces the correct one. */
  spoil(page: ListBody, list: PagedList, query: URLSearchParams): object;
} & (
  | { readonly iteration: "ends" }
  | {
      /** The next page cannot be requested. */
      readonly iteration: "breaks";
      /** With five rows on pages of 2, 0, 2, 0, 0 and 1: how many are yielded before the error, and how many more the error contains. */
      readonly handsOut: number;
      readonly keeps: number;
      /** A list in one response has no next page. */
      readonly whole?: "ends";
    }
);

export const listFaults: readonly ListFault[] = [
  {
    name: "cursors A, A",
    iteration: "breaks",
    handsOut: 2,
    keeps: 0,
    spoil: (page, list) => ({ ...page, has_more: true, cursor: list.cursorOf(0) }),
  },
  {
    name: "cursors A, B, A",
    iteration: "breaks",
    handsOut: 2,
    keeps: 2,
    whole: "ends",
    spoil: (page, list) => (page.cursor === list.cursorOf(2) ? { ...page, cursor: list.cursorOf(0) } : page),
  },
  {
    name: "has_more with a null cursor",
    iteration: "breaks",
    handsOut: 2,
    keeps: 0,
    spoil: (page) => ({ ...page, has_more: true, cursor: null }),
  },
  {
    name: "has_more without a cursor",
    iteration: "breaks",
    handsOut: 2,
    keeps: 0,
    spoil: ({ cursor: _, ...page }) => ({ ...page, has_more: true }),
  },
  {
    name: "has_more with an empty cursor",
    iteration: "breaks",
    handsOut: 2,
    keeps: 0,
    spoil: (page) => ({ ...page, has_more: true, cursor: "" }),
  },
  {
    name: "no has_more",
    iteration: "breaks",
    handsOut: 0,
    keeps: 2,
    whole: "ends",
    spoil: ({ has_more: _, ...page }) => page,
  },
  {
    name: "the cursor that it was asked from",
    iteration: "breaks",
    handsOut: 2,
    keeps: 0,
    spoil: (page, _, query) => ({ ...page, has_more: true, cursor: query.get("starting_after") ?? page.cursor }),
  },
  { name: "empty pages, and a cursor at the end", iteration: "ends", spoil: (page) => page },
  {
    name: "extra fields and values",
    iteration: "ends",
    spoil: (page) => ({
      ...page,
      object: "list_of_2027",
      total: 7,
      data: page.data.map((row) => ({ ...row, new: [1] })),
    }),
  },
];

export function listFaultNamed(name: string): ListFault {
  const fault = listFaults.find((candidate) => candidate.name === name);
  if (fault === undefined) throw new Error(`there is no list fault "${name}"`);
  return fault;
}
