import { visible } from "../../access/grants.js";
import type { Types } from "../../http/api-types.js";
import { notFound, unusable } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { clip, isNothing, sum, toRanges } from "../../market/schedule.js";
import { among, creationPage, listResponse } from "../../queries/lists.js";
import { checkNulls } from "../../queries/patch.js";
import { copyTags, describeScope, summary } from "../../queries/summaries.js";
import { tagFilter } from "../../queries/tags.js";
import type { Simulation } from "../../simulation.js";
import { chooseName, find, needOwnWorkspace, needWorkspace, renameTo } from "../../storage/lookup.js";
import type { PoolRow } from "../../storage/rows.js";

function needPathPool(sim: Simulation, reference: string): PoolRow {
  const row = find(sim, sim.store.pools, "pool", reference);
  if (row === undefined) throw notFound("pool");
  return row;
}

/** Presents the schedule from the current minute on, and the requested part of the past. */
function presentSchedule(sim: Simulation, row: PoolRow, historyMinutes: number): Types.AllocationSchedule {
  const from = sim.clock.minute - historyMinutes * 60;
  const bySku = [...row.allocations].map(([skuId, schedule]) => [skuId, clip(schedule, from, null)] as const);
  return {
    total: toRanges(sum(bySku.map(([, schedule]) => schedule))),
    by_instance_sku: Object.fromEntries(
      bySku.filter(([, schedule]) => !isNothing(schedule)).map(([skuId, schedule]) => [skuId, toRanges(schedule)]),
    ),
  };
}

export function presentPool(sim: Simulation, row: PoolRow, historyMinutes = 0): Types.Pool {
  return {
    ...describeScope(sim, row, "pool"),
    kind: row.kind,
    object: "pool",
    allocation_schedule: presentSchedule(sim, row, historyMinutes),
    procurements: sim.store.procurements.where(({ poolId }) => poolId === row.id).map(summary),
    // Only generic deployments are listed, because the type of this member does not allow spot deployments.
    deployments: sim.store.deployments
      .where(({ poolId, kind }) => poolId === row.id && kind === "generic")
      .map(summary),
    created_at: row.createdAt,
    tags: copyTags(row.tags),
  };
}

/** Returns what prevents the deletion of a pool, or `undefined`. */
function dependent(sim: Simulation, pool: PoolRow): string | undefined {
  const { orders, instances, deployments, procurements, transfers } = sim.store;
  const onPool = (row: { poolId: string | null }) => row.poolId === pool.id;
  if (orders.live().some(onPool)) return "an open order";
  if ([...pool.allocations.values()].some((schedule) => !isNothing(clip(schedule, sim.clock.seconds, null))))
    return "nodes now or later";
  if (instances.live().some(onPool)) return "an instance";
  if (deployments.some(onPool)) return "a deployment";
  if (procurements.some(onPool)) return "a procurement";
  const moves = transfers.live().some((row) => row.fromPoolId === pool.id || row.toPoolId === pool.id);
  return moves ? "a pending transfer" : undefined;
}

export const pools: Handlers<"list_pools" | "create_pool" | "fetch_pool" | "update_pool" | "delete_pool"> = {
  list_pools({ query, caller }, sim) {
    const workspace = query.workspace === undefined ? undefined : needWorkspace(sim, query.workspace).id;
    const inScope = workspace === undefined ? visible(sim, caller, "capacity:list") : (id: string) => id === workspace;
    const id = among(query.id?.map((reference) => find(sim, sim.store.pools, "pool", reference)?.id));
    const tags = tagFilter(query, sim.assumptions);
    const rows = sim.store.pools.where((row) => inScope(row.scope) && id(row.id) && tags(row.tags));
    return listResponse(creationPage(sim, rows, query, "poolc"), (row) =>
      presentPool(sim, row, query.schedule_history_minutes),
    );
  },

  create_pool({ body }, sim) {
    const workspace = needOwnWorkspace(sim, body.workspace);
    const row = sim.store.pools.insert({
      id: sim.ids.make("pool"),
      seq: sim.store.nextSeq(),
      scope: workspace.id,
      name: chooseName(sim, sim.store.pools, workspace.id, body.name),
      kind: "market",
      tags: body.tags ?? null,
      createdAt: sim.clock.seconds,
      allocations: new Map(),
    });
    return presentPool(sim, row);
  },

  fetch_pool({ path, query }, sim) {
    return presentPool(sim, needPathPool(sim, path[0]), query.schedule_history_minutes);
  },

  update_pool({ path, body }, sim) {
    const row = needPathPool(sim, path[0]);
    checkNulls(body, sim.assumptions);
    renameTo(sim, sim.store.pools, row, body.name);
    if (body.tags !== undefined) row.tags = body.tags;
    return presentPool(sim, row);
  },

  delete_pool({ path }, sim) {
    const row = needPathPool(sim, path[0]);
    const reason = dependent(sim, row);
    // 404 is not used, because in the description it means that the pool does not exist.
    if (reason !== undefined) throw unusable("id", `the pool still has ${reason}`);
    sim.store.pools.remove(row);
    return undefined;
  },
};
