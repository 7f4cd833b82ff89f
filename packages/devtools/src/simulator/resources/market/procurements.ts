import { visible } from "../../access/grants.js";
import type { Types } from "../../http/api-types.js";
import { conflict, notFound } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { formatDollars, onGrid, parseDollars } from "../../market/money.js";
import { creationPage, listResponse } from "../../queries/lists.js";
import { checkNulls } from "../../queries/patch.js";
import { capacitySummary, describeScope, poolSummary, skuSummary } from "../../queries/summaries.js";
import type { Simulation } from "../../simulation.js";
import { chooseName, find, needPool, needSku, needWorkspace, renameTo } from "../../storage/lookup.js";
import type { ProcurementRow } from "../../storage/rows.js";
import { withdrawAll } from "../../time/holding.js";

function needProcurement(sim: Simulation, reference: string): ProcurementRow {
  const row = find(sim, sim.store.procurements, "procurement", reference);
  if (row === undefined) throw notFound("procurement");
  return row;
}

/** Refuses a second buyer for a pool and SKU, because two would bid against each other. */
export function refuseSecondBuyer(sim: Simulation, poolId: string, skuId: string, except?: ProcurementRow): void {
  const same = (row: { poolId: string; skuId: string }) => row.poolId === poolId && row.skuId === skuId;
  const taken =
    sim.store.procurements.some((row) => row !== except && same(row)) ||
    sim.store.deployments.some((row) => row.kind === "spot" && same(row));
  if (taken) throw conflict("this pool and SKU already have a procurement or a spot deployment", "automation_exists");
}

export function presentProcurement(sim: Simulation, row: ProcurementRow): Types.Procurement {
  return {
    ...describeScope(sim, row, "procurement"),
    object: "procurement",
    target: row.target,
    capacity: capacitySummary(sim, row.poolId),
    pool: poolSummary(sim, row.poolId),
    instance_sku: skuSummary(sim, row.skuId),
    min_sell_price_dollars_per_node_hour: formatDollars(row.minSell),
    max_buy_price_dollars_per_node_hour: formatDollars(row.maxBuy),
    managed_window_minutes: row.windowMinutes,
    enabled: row.enabled,
    status: { ...row.status },
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
}

export const procurements: Handlers<
  "list_procurements" | "create_procurement" | "get_procurement" | "patch_procurement" | "delete_procurement"
> = {
  list_procurements({ query, caller }, sim) {
    const workspace = query.workspace === undefined ? undefined : needWorkspace(sim, query.workspace).id;
    const inScope = workspace === undefined ? visible(sim, caller, "order:list") : (id: string) => id === workspace;
    const pool = query.pool === undefined ? undefined : needPool(sim, query.pool).id;
    const rows = sim.store.procurements.where(
      (row) => inScope(row.scope) && (pool === undefined || row.poolId === pool),
    );
    return listResponse(creationPage(sim, rows, query, "procc", 50), (row) => presentProcurement(sim, row));
  },

  create_procurement({ body }, sim) {
    const pool = needPool(sim, body.pool);
    const sku = needSku(sim, body.instance_sku);
    refuseSecondBuyer(sim, pool.id, sku.id);
    const row = sim.store.procurements.insert({
      id: sim.ids.make("procurement"),
      seq: sim.store.nextSeq(),
      scope: pool.scope,
      name: chooseName(sim, sim.store.procurements, pool.scope, body.name),
      poolId: pool.id,
      skuId: sku.id,
      target: body.target,
      minSell: onGrid(parseDollars(body.min_sell_price_dollars_per_node_hour)),
      maxBuy: onGrid(parseDollars(body.max_buy_price_dollars_per_node_hour)),
      windowMinutes: body.managed_window_minutes,
      enabled: body.enabled ?? true,
      status: { state: "info", message: "not reconciled yet" },
      createdAt: sim.clock.seconds,
      updatedAt: sim.clock.seconds,
    });
    return presentProcurement(sim, row);
  },

  get_procurement({ path }, sim) {
    return presentProcurement(sim, needProcurement(sim, path[0]));
  },

  patch_procurement({ path, body }, sim) {
    const row = needProcurement(sim, path[0]);
    checkNulls(body, sim.assumptions);
    const skuId = body.instance_sku ? needSku(sim, body.instance_sku).id : row.skuId;
    if (skuId !== row.skuId) refuseSecondBuyer(sim, row.poolId, skuId, row);
    renameTo(sim, sim.store.procurements, row, body.name);
    row.skuId = skuId;
    if (body.min_sell_price_dollars_per_node_hour)
      row.minSell = onGrid(parseDollars(body.min_sell_price_dollars_per_node_hour));
    if (body.max_buy_price_dollars_per_node_hour)
      row.maxBuy = onGrid(parseDollars(body.max_buy_price_dollars_per_node_hour));
    row.windowMinutes = body.managed_window_minutes ?? row.windowMinutes;
    row.enabled = body.enabled ?? row.enabled;
    row.updatedAt = sim.clock.seconds;
    if (!row.enabled) withdrawAll(sim, row.id);
    return presentProcurement(sim, row);
  },

  delete_procurement({ path }, sim) {
    const row = needProcurement(sim, path[0]);
    withdrawAll(sim, row.id);
    sim.store.procurements.remove(row);
    return undefined;
  },
};
