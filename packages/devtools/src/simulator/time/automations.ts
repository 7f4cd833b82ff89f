import type { Simulation } from "../simulation.js";
import { reconcileDeployment } from "./reconcile-deployment.js";
import { reconcileProcurement } from "./reconcile-procurement.js";

/** Reconciles every automation that is enabled. */
export function reconcile(sim: Simulation): void {
  for (const deployment of sim.store.deployments.where((row) => row.enabled)) reconcileDeployment(sim, deployment);
  for (const procurement of sim.store.procurements.where((row) => row.enabled)) reconcileProcurement(sim, procurement);
}

export function anyAutomation(sim: Simulation): boolean {
  return sim.store.deployments.some((row) => row.enabled) || sim.store.procurements.some((row) => row.enabled);
}
