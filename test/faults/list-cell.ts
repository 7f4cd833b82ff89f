import type { Operation } from "../../src/operation.js";
import type { Fetch } from "../../src/options.js";
import { createCaller } from "../../src/wrappers/caller.js";
import { PaginationError, SfcError } from "../../src/wrappers/errors.js";
import { inputFor } from "../support/operations.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import type { Bench } from "./bench.js";
import { isList } from "./cell.js";
import { type ListFault, listFaults } from "./list-faults.js";
import { listFaultHeader } from "./server.js";

/** A list operation whose service pages wrongly. */
export interface ListCell {
  readonly operation: Operation;
  readonly fault: ListFault;
  readonly lookAhead: boolean;
}

export interface ListOutcome {
  readonly ended: string;
  /** Handed out by the iteration. */
  readonly rows: readonly string[];
  /** Rows of the page that could not be followed and was not handed out: they are on the error. */
  readonly kept: readonly string[];
  readonly timersLeft: number;
}

/** With empty pages in between, which are no end. */
const pageSizes = [2, 0, 2, 0, 0, 1];
const wholeSizes = [3];

export function listCellsOf(operations: readonly Operation[]): ListCell[] {
  return operations
    .filter(isList)
    .flatMap((operation) =>
      listFaults.flatMap((fault) => [false, true].map((lookAhead) => ({ operation, fault, lookAhead }))),
    );
}

export async function playList({ server }: Bench, { operation, fault, lookAhead }: ListCell): Promise<ListOutcome> {
  server.reset(operation.paging === "whole" ? wholeSizes : pageSizes);
  const clock = virtualRuntime();
  const fetch: Fetch = (url, init) =>
    globalThis.fetch(url, { ...init, headers: { ...init.headers, [listFaultHeader]: fault.name } });
  const caller = createCaller({ token: "sk_live_matrix", baseUrl: server.url, fetch, runtime: clock });
  const rows: string[] = [];
  const input = inputFor(operation);
  let error: unknown;
  try {
    for await (const row of caller.list<{ id: string }>(operation, input, { lookAhead })) rows.push(row.id);
  } catch (reason) {
    error = reason;
  }
  const items = PaginationError.is(error) ? (error.items as { id: string }[]).map(({ id }) => id) : [];
  return {
    ended: error === undefined ? "success" : SfcError.is(error) ? error.name : "untyped",
    rows,
    kept: items.filter((id) => !rows.includes(id)),
    timersLeft: clock.pendingTimers(),
  };
}

/** What a correct client makes of it: rows once and in order, as far as they can be had, and never an endless list. */
export function demandedOfList({ operation, fault }: ListCell): ListOutcome {
  const whole = operation.paging === "whole";
  const all = whole ? ["row_1", "row_2", "row_3"] : ["row_1", "row_2", "row_3", "row_4", "row_5"];
  if (fault.iteration === "ends" || (whole && fault.whole === "ends")) {
    return { ended: "success", rows: all, kept: [], timersLeft: 0 };
  }
  // Of a list that is whole nothing is handed out: it says itself that rows are missing.
  const handedOut = whole ? 0 : fault.handsOut;
  const kept = whole ? 3 : fault.keeps;
  return {
    ended: "PaginationError",
    rows: all.slice(0, handedOut),
    kept: all.slice(handedOut, handedOut + kept),
    timersLeft: 0,
  };
}
