import type { Simulation } from "../simulation.js";
import type { TransferRow } from "../storage/rows.js";
import { add, clip, covers, nothing, type Schedule, subtract } from "./schedule.js";
import { freeAllocation } from "./trading.js";

/** Moves nodes between pools, or rejects the transfer if the nodes are not free in the first pool. */
export function executeTransfer(sim: Simulation, transfer: TransferRow): void {
  // Nodes in the past cannot be moved.
  const delta = clip(transfer.schedule, sim.clock.minute, null);
  const obstacle = obstacleTo(sim, transfer, delta);
  transfer.status = obstacle === null ? "executed" : "rejected";
  transfer.rejectedReason = obstacle;
  if (obstacle === null) moveNodes(sim, transfer, delta);
}

function obstacleTo(sim: Simulation, { fromPoolId, toPoolId, skuId }: TransferRow, delta: Schedule): string | null {
  const from = sim.store.pools.get(fromPoolId);
  if (from === undefined || sim.store.pools.get(toPoolId) === undefined) return "a pool of this transfer was deleted";
  return covers(freeAllocation(sim, from, skuId), delta) ? null : "the source pool does not have these nodes free";
}

function moveNodes(sim: Simulation, { fromPoolId, toPoolId, skuId }: TransferRow, delta: Schedule): void {
  const from = sim.store.pools.ever(fromPoolId).allocations;
  const to = sim.store.pools.ever(toPoolId).allocations;
  from.set(skuId, subtract(from.get(skuId) ?? nothing, delta));
  to.set(skuId, add(to.get(skuId) ?? nothing, delta));
}
