import { visible } from "../../access/grants.js";
import type { Types } from "../../http/api-types.js";
import { invalid, notFound, unusable } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { fromRanges, rangesProblem, toRanges } from "../../market/schedule.js";
import { among, creationPage, listResponse } from "../../queries/lists.js";
import { skuSummary } from "../../queries/summaries.js";
import type { Simulation } from "../../simulation.js";
import { needPool, needSku } from "../../storage/lookup.js";
import type { TransferRow } from "../../storage/rows.js";
import { canonicalId } from "../../world/ids.js";

export function presentTransfer(sim: Simulation, row: TransferRow): Types.PoolTransfer {
  return {
    object: "pool_transfer",
    id: row.id,
    status: row.status,
    created_at: row.createdAt,
    from_pool: row.fromPoolId,
    to_pool: row.toPoolId,
    instance_sku: skuSummary(sim, row.skuId),
    rejected_reason: row.rejectedReason,
    allocation_schedule_delta: toRanges(row.schedule),
  };
}

export const poolTransfers: Handlers<"list_pool_transfers" | "create_pool_transfer" | "fetch_pool_transfer"> = {
  list_pool_transfers({ query, caller }, sim) {
    const pool = query.pool?.map((reference) => needPool(sim, reference).id);
    const mine = visible(sim, caller, "capacity:list");
    const asked = among(pool);
    const rows = sim.store.transfers.where(
      (row) =>
        (asked(row.fromPoolId) || asked(row.toPoolId)) &&
        (query.status === undefined || row.status === query.status) &&
        mine(sim.store.pools.ever(row.fromPoolId).scope),
    );
    return listResponse(creationPage(sim, rows, query, "ptfrc"), (row) => presentTransfer(sim, row));
  },

  create_pool_transfer({ body }, sim) {
    const from = needPool(sim, body.from_pool, "from_pool");
    const to = needPool(sim, body.to_pool, "to_pool");
    if (from === to) throw unusable("to_pool", "must differ from from_pool");
    for (const pool of [from, to])
      if (pool.kind === "read_only") throw unusable("from_pool", `${pool.name} is read-only`);
    const sku = needSku(sim, body.instance_sku);
    const problem = rangesProblem(body.allocation_schedule_delta);
    if (problem !== undefined) throw invalid("allocation_schedule_delta", problem);
    const row = sim.store.transfers.insert({
      id: sim.ids.make("transfer"),
      seq: sim.store.nextSeq(),
      fromPoolId: from.id,
      toPoolId: to.id,
      skuId: sku.id,
      schedule: fromRanges(body.allocation_schedule_delta),
      status: "pending",
      rejectedReason: null,
      createdAt: sim.clock.seconds,
      dueMs: sim.clock.ms + sim.assumptions.transferSeconds * 1000,
    });
    return presentTransfer(sim, row);
  },

  fetch_pool_transfer({ path }, sim) {
    const row = sim.store.transfers.get(canonicalId(path[0]));
    if (row === undefined) throw notFound("pool transfer");
    return presentTransfer(sim, row);
  },
};
