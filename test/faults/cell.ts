import type { Operation } from "../../src/operation.js";
import { type Caller, createCaller } from "../../src/wrappers/call.js";
import { SfcError } from "../../src/wrappers/errors.js";
import { inputFor } from "../support/operations.js";
import { turns } from "../support/settle.js";
import { type Bench, type Network, network } from "./bench.js";
import type { Fault } from "./fault.js";

/** One cell of the matrix. */
export interface Cell {
  readonly operation: Operation;
  readonly fault: Fault;
  /** Whether the fault affects only the first attempt, or all. */
  readonly strikes: "first attempt" | "all attempts";
}

/** The result of a cell, as seen by the client and by the service. */
export interface Outcome {
  /** The number of changes that the service made. */
  readonly effects: number;
  /** Requests that the fault affected, and repeats of them. */
  readonly attempts: number;
  /** The number of attempts that the client reported. */
  readonly attemptsTold: number;
  /** `"success"`, the name of a typed error, `"untyped"` or `"hang"`. */
  readonly ended: string;
  readonly status: number | undefined;
  readonly ambiguous: boolean;
  /** Delays before the retries, in milliseconds. */
  readonly waits: readonly number[];
  /** The rows that a list yielded. */
  readonly rows: readonly string[] | undefined;
  readonly timersLeft: number;
  /** Requests at another origin. */
  readonly elsewhere: number;
}

/** Page sizes of the lists. The fault affects the second page. */
const pageSizes = [2, 2, 1];
const wholeSizes = [3];

/** No test waits this long: the limit ends a run that would otherwise hang. */
const watchdogMs = 20_000;

/** Runs one cell over real sockets, without waiting. */
export async function play(bench: Bench, cell: Cell): Promise<Outcome> {
  const { operation } = cell;
  bench.server.reset(operation.paging === "whole" ? wholeSizes : pageSizes);
  const struck = strikesOn(cell);
  const net = network(bench, (nth, url) =>
    struck(url) && (nth === 1 || cell.strikes === "all attempts") ? cell.fault : undefined,
  );
  const caller = createCaller(net.options);
  const ended = await endOf(net, isList(operation) ? readList(caller, operation) : callOnce(caller, operation));
  // Pending deliveries of the network belong to this cell and not to the next one.
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

/** In a paged list, the fault affects the second page, so that rows can be lost or repeated. */
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
