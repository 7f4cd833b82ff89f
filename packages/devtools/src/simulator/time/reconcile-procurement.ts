import type { Simulation } from "../simulation.js";
import type { ProcurementRow } from "../storage/rows.js";
import { hold } from "./holding.js";

/** Buys missing nodes and sells surplus nodes, at the two prices of a procurement. */
export function reconcileProcurement(sim: Simulation, row: ProcurementRow): void {
  row.status = hold(sim, {
    owner: row.id,
    poolId: row.poolId,
    skuId: row.skuId,
    nodes: row.target === "node_count" ? liveInstances(sim, row.poolId) : row.target,
    minutes: row.windowMinutes,
    maxBuy: row.maxBuy,
    minSell: row.minSell,
  });
}

/** Counts the instances of the pool that are not terminated, for a target that follows them. */
function liveInstances(sim: Simulation, poolId: string): number {
  return sim.store.instances.where((row) => row.poolId === poolId && row.status !== "terminated").length;
}
