import { onGrid } from "../market/money.js";
import type { Simulation } from "../simulation.js";
import type { DeploymentRow, InstanceRow } from "../storage/rows.js";
import { hold } from "./holding.js";
import { launch, terminate } from "./launch.js";

/** Starts and terminates instances to reach the target number. A spot deployment also buys nodes for them. */
export function reconcileDeployment(sim: Simulation, row: DeploymentRow): void {
  const live = liveInstances(sim, row);
  for (let count = live.length; count < row.target; count++) start(sim, row);
  for (const surplus of byDispensability(live).slice(0, Math.max(0, live.length - row.target))) terminate(sim, surplus);
  const running = liveInstances(sim, row).filter(({ status }) => status === "running").length;
  const bought = row.maxBuy === null ? undefined : buy(sim, row, row.maxBuy);
  if (bought?.state === "error" || bought?.state === "warning") row.status = bought;
  else
    row.status = {
      state: running < row.target ? "warning" : "info",
      message: `${running} of ${row.target} instances run`,
    };
}

function liveInstances(sim: Simulation, { id }: DeploymentRow): InstanceRow[] {
  return sim.store.instances.live().filter(({ managedBy }) => managedBy === id);
}

/** Sorts instances in the order in which they are terminated: waiting before running, newer before older. */
function byDispensability(instances: readonly InstanceRow[]): InstanceRow[] {
  const runs = ({ status }: InstanceRow) => (status === "running" ? 1 : 0);
  return [...instances].sort((a, b) => runs(a) - runs(b) || b.seq - a.seq);
}

function start(sim: Simulation, row: DeploymentRow): void {
  const template = sim.store.templates.ever(row.templateId);
  const pool = sim.store.pools.ever(row.poolId);
  let name = sim.names.make(row.nameTemplate);
  while (sim.store.instances.named(pool.scope, name) !== undefined) name = sim.names.make(row.nameTemplate);
  launch(sim, {
    name,
    pool,
    skuId: row.skuId,
    imageId: template.imageId,
    cloudInit: template.cloudInit,
    tags: template.tags,
    priority: "normal",
    publicIpv4: false,
    firewallId: null,
    managedBy: row.id,
  });
}

function buy(sim: Simulation, row: DeploymentRow, maxBuy: bigint) {
  return hold(sim, {
    owner: row.id,
    poolId: row.poolId,
    skuId: row.skuId,
    nodes: row.target,
    minutes: sim.assumptions.spotWindowMinutes,
    // The deployment keeps its price unchanged. The price of its orders is rounded to the price step.
    maxBuy: onGrid(maxBuy),
    minSell: null,
  });
}
