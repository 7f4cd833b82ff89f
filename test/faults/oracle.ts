import type { Operation } from "../../src/operation.js";
import { type Cell, isList, type Outcome } from "./cell.js";
import type { Shows } from "./fault.js";

/*
 * What the rules demand of a cell. This file is written from the rules, independently of the wrappers:
 * after a transient fault, a request is repeated if a repeat is harmless, with at most three attempts. A write is ambiguous when an attempt may
 * have been processed and no response states the outcome.
 */

/** Whether a write was certainly not processed by an attempt with this end. */
function certainlyNotProcessed(shows: Shows): boolean {
  if (shows.as === "refusal") return true;
  // A server that returns 4xx has refused the request. But 408 can come from a gateway that had already forwarded it.
  return shows.as === "status" && shows.status >= 400 && shows.status < 500 && shows.status !== 408;
}

function isTooSlow({ as }: Shows): boolean {
  return as === "silence" || as === "trickle";
}

function isPassing(shows: Shows): boolean {
  if (shows.as === "status") return [408, 429, 500, 502, 503, 504].includes(shows.status);
  return shows.as === "refusal" || shows.as === "break" || isTooSlow(shows);
}

/** No caller waits longer than a minute. */
const longestWaitMs = 60_000;

function isRepeated({ operation: { retry }, fault: { shows } }: Cell): boolean {
  if (shows.as === "status" && (shows.retryAfterMs ?? 0) > longestWaitMs) return false;
  const harmless = retry === "read" || retry === "keyed" || retry === "absolute" || certainlyNotProcessed(shows);
  return isPassing(shows) && harmless;
}

/** The error that the caller gets after the last attempt. */
function errorOf(shows: Shows): Pick<Outcome, "ended" | "status"> {
  if (shows.as === "status") return { ended: "ApiError", status: shows.status };
  if (shows.as === "garble" || shows.as === "nothing") return { ended: "DecodeError", status: 200 };
  return { ended: isTooSlow(shows) ? "TimeoutError" : "ConnectionError", status: undefined };
}

/** The result of a repeat without a fault. */
function repeatEnds({ operation, fault }: Cell): Pick<Outcome, "ended" | "status"> {
  const { retry, method, repeat404, path } = operation;
  const success = { ended: "success", status: undefined };
  // A write that is executed after its repeat does not affect the repeat.
  const wasFirst = fault.commits === true || fault.commits === "late, before the next request";
  if (!wasFirst || retry !== "absolute" || method === "PUT" || method === "PATCH") return success;
  // The first attempt was applied, so the second is refused. The meaning of that is certain only for a deletion without a response body.
  const refusal = { ended: "ApiError", status: method === "DELETE" || path.endsWith("/terminate") ? 404 : 409 };
  return repeat404 === "done" ? success : refusal;
}

function waitsOf(attempts: number, { fault: { shows }, strikes }: Cell): number[] {
  // Half of the limits of 0.5 s and 1 s, because the test's random value is one half.
  const backoff = [250, 500].slice(0, attempts - 1);
  if (shows.as !== "status" || shows.retryAfterMs === undefined) return backoff;
  // A date is a fixed moment: after the first delay it is reached, so the second delay is 0.
  const isDate = shows.retryAfterMs === 11_000;
  return backoff.map((_, i) => (isDate && i > 0 && strikes === "all attempts" ? 0 : (shows.retryAfterMs as number)));
}

function rowsOf({ operation }: Cell, ended: string): string[] | undefined {
  if (!isList(operation)) return undefined;
  if (operation.paging === "whole") return ended === "success" ? ["row_1", "row_2", "row_3"] : [];
  return ended === "success" ? ["row_1", "row_2", "row_3", "row_4", "row_5"] : ["row_1", "row_2"];
}

/** The result of a correct client for this cell. */
export function demanded(cell: Cell): Outcome {
  const { operation, fault, strikes } = cell;
  const { shows } = fault;
  const succeeds = shows.as === "success" || (shows.as === "nothing" && operation.empty === true);
  const repeats = !succeeds && isRepeated(cell);
  const attempts = !repeats ? 1 : strikes === "first attempt" ? 2 : 3;
  const recovers = repeats && strikes === "first attempt";
  const end = succeeds ? { ended: "success", status: undefined } : recovers ? repeatEnds(cell) : errorOf(shows);
  const isWrite = operation.retry !== "read";
  const tookEffect = fault.commits !== false || succeeds || (recovers && end.ended === "success");
  return {
    ...end,
    attempts,
    attemptsTold: attempts,
    effects: isWrite && tookEffect ? 1 : 0,
    ambiguous: isWrite && end.ended !== "success" && !certainlyNotProcessed(shows),
    waits: waitsOf(attempts, cell),
    rows: rowsOf(cell, end.ended),
    timersLeft: 0,
    elsewhere: 0,
  };
}

/** The retry class of an operation, and everything else that affects the result of a fault. Operations of one kind have the same results. */
export function kindOf(operation: Operation): string {
  const { retry, paging, method, repeat404, empty } = operation;
  if (isList(operation)) return `${retry}, ${paging} list`;
  if (retry !== "absolute") return retry;
  const again = method === "PUT" || method === "PATCH" ? "set" : method === "DELETE" ? "delete" : "act";
  return `absolute, ${again}${empty ? ", no body" : ""}${repeat404 ? ", 404 is done" : ""}`;
}
