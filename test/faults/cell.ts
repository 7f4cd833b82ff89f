import type { Operation } from "../../src/operation.js";
import { type Caller, createCaller } from "../../src/wrappers/call.js";
import { SfcError } from "../../src/wrappers/errors.js";
import { inputFor } from "../support/operations.js";
import { turns } from "../support/settle.js";
import { type Bench, type Network, network } from "./bench.js";
import type { Fault } from "./fault.js";

/** One square of the matrix. */
export interface Cell {
  readonly operation: Operation;
  readonly fault: Fault;
  /** Whether the fault strikes the first attempt, or each. */
  readonly strikes: "first attempt" | "all attempts";
}

/** What came of it, on both sides. */
export interface Outcome {
  /** Changes that the service made. */
  readonly effects: number;
  /** Requests that met the fault, or repeated one that did. */
  readonly attempts: number;
  /** The attempts that the client spoke of. */
  readonly attemptsTold: number;
  /** `"success"`, the name of a typed error, `"untyped"` or `"hang"`. */
  readonly ended: string;
  readonly status: number | undefined;
  readonly ambiguous: boolean;
  /** Waits before the retries, in milliseconds. */
  readonly waits: readonly number[];
  /** Rows that were yielded, of a list. */
  readonly rows: readonly string[] | undefined;
  readonly timersLeft: number;
  /** Requests at another origin. */
  readonly elsewhere: number;
}

/** Pages of the lists: the second one meets the fault. */
const pageSizes = [2, 2, 1];
const wholeSizes = [3];

/** No test waits for this: it ends a run that would otherwise stand still. */
const watchdogMs = 20_000;

/** Plays one cell over real sockets, without waiting. */
export async function play(bench: Bench, cell: Cell): Promise<Outcome> {
  const { operation } = cell;
  bench.server.reset(operation.paging === "whole" ? wholeSizes : pageSizes);
  const struck = strikesOn(cell);
  const net = network(bench, (nth, url) =>
    struck(url) && (nth === 1 || cell.strikes === "all attempts") ? cell.fault : undefined,
  );
  const caller = createCaller(net.options);
  const ended = await endOf(net, isList(operation) ? readList(caller, operation) : callOnce(caller, operation));
  // What the network still has to deliver belongs to this cell, not to the next.
  await turns();
  bench.server.catchUp();
  const attempts = [...net.requests].filter(([url]) => struck(new URL(url))).reduce((sum, [, count]) => sum + count, 0);
  return {
    effects: bench.server.ledger().effects(),
    attempts,
    waits: net.events.flatMap((event) => (event.type === "retry" ? [event.delayMs] : [])),
    timersLeft: net.clock.pendingTimers(),
    elsewhere: bench.server.elsewhere.length,
    ...ended,
    attemptsTold: ended.attemptsTold ?? attempts,
  };
}

export function isList({ paging }: Operation): boolean {
  return paging !== undefined && paging !== "seqnum";
}

/** A paged list meets the fault on its second page, so that rows can be lost or repeated. */
function strikesOn({ operation: { paging } }: Cell): (url: URL) => boolean {
  const paged = paging === "cursor" || paging === "forward";
  return (url) => !paged || url.searchParams.get("starting_after") === "cursor_0";
}

type Ended = Pick<Outcome, "ended" | "status" | "ambiguous" | "rows"> & { readonly attemptsTold: number | undefined };

async function endOf(net: Network, run: Promise<Ended>): Promise<Ended> {
  let watchdog: NodeJS.Timeout | undefined;
  const stuck = new Promise<"hang">((resolve) => {
    watchdog = setTimeout(resolve, watchdogMs, "hang");
  });
  const ended = await Promise.race([run, net.hang, stuck]);
  clearTimeout(watchdog);
  if (ended !== "hang") return ended;
  return { ended: "hang", status: undefined, ambiguous: false, rows: undefined, attemptsTold: undefined };
}

async function callOnce(caller: Caller, operation: Operation): Promise<Ended> {
  try {
    const { attempts } = await caller.call(operation, inputFor(operation)).withResponse();
    return { ended: "success", status: undefined, ambiguous: false, rows: undefined, attemptsTold: attempts };
  } catch (error) {
    return failedWith(error, undefined);
  }
}

async function readList(caller: Caller, operation: Operation): Promise<Ended> {
  const rows: string[] = [];
  try {
    for await (const row of caller.list<{ id: string }>(operation, inputFor(operation))) rows.push(row.id);
    return { ended: "success", status: undefined, ambiguous: false, rows, attemptsTold: undefined };
  } catch (error) {
    return failedWith(error, rows);
  }
}

function failedWith(error: unknown, rows: string[] | undefined): Ended {
  if (!SfcError.is(error))
    return { ended: "untyped", status: undefined, ambiguous: false, rows, attemptsTold: undefined };
  const { status } = error as { status?: number };
  return { ended: error.name, status, ambiguous: error.ambiguous, rows, attemptsTold: error.attempts };
}
