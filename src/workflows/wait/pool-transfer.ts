import type { Resources } from "../../generated/resources/index.js";
import type { PoolTransfer } from "../../generated/types.js";
import { type WaitOptions, watch } from "./poll.js";

const fiveMinutesMs = 5 * 60_000;

/**
 * Waits until a pool transfer is `executed`.
 *
 * Calls `poolTransfers.get` (`GET /preview/v2/pool_transfers/{id}`), again and again; it changes nothing.
 * @param options `deadlineMs` is 5 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when it was `rejected`, with the service's reason in the message; `"deadline"` when the time is up
 */
export function waitForPoolTransfer(
  sfc: Pick<Resources, "poolTransfers">,
  id: string,
  options: WaitOptions<PoolTransfer> = {},
): Promise<PoolTransfer> {
  return watch(
    {
      what: `pool transfer ${id}`,
      goal: "executed",
      read: (call) => sfc.poolTransfers.get(id, call),
      stateOf: ({ status }) => status,
      verdict: ({ status }) => (status === "executed" ? "reached" : status === "rejected" ? "unreachable" : "pending"),
      reasonOf: ({ rejected_reason }) => rejected_reason,
    },
    options,
    fiveMinutesMs,
  );
}
