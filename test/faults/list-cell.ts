import type { Operation } from "../../src/operation.js";
import { type Caller, createCaller } from "../../src/wrappers/call.js";
import { PaginationError, SfcError } from "../../src/wrappers/errors.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { inputFor } from "../support/operations.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import type { Bench } from "./bench.js";
import { isList } from "./cell.js";
import { type ListFault, listFaults } from "./list-faults.js";
import { listFaultHeader } from "./server.js";

/** A list operation on a service that returns wrong pages. */
export interface ListCell {
  readonly operation: Operation;
  readonly fault: ListFault;
  readonly lookAhead: boolean;
}

export interface ListOutcome {
  readonly ended: string;
  /** The rows that the iteration yielded. */
  readonly rows: readonly string[];
  /** The rows of the last page, which was not yielded because the next page cannot be requested. They are on the error. */
  readonly kept: readonly string[];
  readonly timersLeft: number;
}

/** The empty pages in between do not end the list. */
const pageSizes = [2, 0, 2, 0, 0, 1];
const wholeSizes = [3];

export function listCellsOf(operations: readonly Operation[]): ListCell[] {
  return operations
    .filter(isList)
    .flatMap((operation) =>
      listFaults.flatMap((fault) => [false, true].map((lookAhead) => ({ operation, fault, lookAhead }))),
    );
}

/** More than any of these lists has pages: a client that sends more requests will never stop. */
const mostRequests = 50;

export async function playList({ server }: Bench, cell: ListCell): Promise<ListOutcome> {
  const { operation, fault } = cell;
  server.reset(operation.paging === "whole" ? wholeSizes : pageSizes);
  const clock = virtualRuntime();
  const rows: string[] = [];
  let reportEndless: (word: "hang") => void;
  const endless = new Promise<"hang">((resolve) => {
    reportEndless = resolve;
  });
  const fetch: Fetch = (url, init) => {
    if (server.requests.length < mostRequests) {
      return globalThis.fetch(url, { ...init, headers: { ...init.headers, [listFaultHeader]: fault.name } });
    }
    reportEndless("hang");
    return new Promise(() => undefined);
  };
  const caller = createCaller({ token: "sk_live_matrix", baseUrl: server.url, fetch, runtime: clock });
  const error = await Promise.race([readInto(rows, caller, cell), endless]);
  const items = PaginationError.is(error) ? (error.items as { id: string }[]).map(({ id }) => id) : [];
  return {
    ended: error === "hang" ? error : error === undefined ? "success" : SfcError.is(error) ? error.name : "untyped",
    rows,
    kept: items.filter((id) => !rows.includes(id)),
    timersLeft: clock.pendingTimers(),
  };
}

/** Iterates over the list, and returns the error that ended the iteration. */
async function readInto(rows: string[], caller: Caller, { operation, lookAhead }: ListCell): Promise<unknown> {
  try {
    for await (const row of caller.list<{ id: string }>(operation, inputFor(operation), { lookAhead }))
      rows.push(row.id);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The result of a correct client: each available row once and in order, and never an endless list. */
export function demandedOfList({ operation, fault }: ListCell): ListOutcome {
  const whole = operation.paging === "whole";
  const all = whole ? ["row_1", "row_2", "row_3"] : ["row_1", "row_2", "row_3", "row_4", "row_5"];
  if (fault.iteration === "ends" || (whole && fault.whole === "ends")) {
    return { ended: "success", rows: all, kept: [], timersLeft: 0 };
  }
  // A list in one response yields nothing here, because the response itself states that rows are missing.
  const handedOut = whole ? 0 : fault.handsOut;
  const kept = whole ? 3 : fault.keeps;
  return {
    ended: "PaginationError",
    rows: all.slice(0, handedOut),
    kept: all.slice(handedOut, handedOut + kept),
    timersLeft: 0,
  };
}
