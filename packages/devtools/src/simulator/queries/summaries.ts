import type { Types } from "../http/api-types.js";
import type { Simulation } from "../simulation.js";
import type { PathType } from "../storage/lookup.js";
import type { NamedRow } from "../storage/table.js";
import type { Tags } from "./tags.js";

interface Scope {
  id: string;
  resource_path: string;
  owner: string;
  workspace: string;
  workspace_id: string;
  name: string;
}

interface Summary {
  id: string;
  name: string;
}

/** The members that every resource of a workspace has. */
export function describeScope(sim: Simulation, row: NamedRow, type: PathType): Scope {
  const workspace = sim.store.workspaces.ever(row.scope);
  return {
    id: row.id,
    resource_path: `sfc:${type}:${workspace.owner}:${workspace.name}:${row.name}`,
    owner: workspace.owner,
    workspace: workspace.name,
    workspace_id: workspace.id,
    name: row.name,
  };
}

export function summary(row: NamedRow): Summary {
  return { id: row.id, name: row.name };
}

export function poolSummary(sim: Simulation, poolId: string): Summary {
  return summary(sim.store.pools.ever(poolId));
}

/** Creates the summary of a pool under its deprecated name, which responses still contain. */
export function capacitySummary(sim: Simulation, poolId: string): Summary {
  const pool = sim.store.pools.ever(poolId);
  return { id: pool.id.replace(/^pool_/, "cap_"), name: pool.name };
}

export function skuSummary(sim: Simulation, skuId: string): Types.InstanceSkuSummary {
  return { object: "instance_sku", id: skuId, alias: sim.store.skus.ever(skuId).alias };
}

export function imageSummary(sim: Simulation, imageId: string): Summary {
  return summary(sim.store.images.ever(imageId));
}

/** Copies tags, so that changes to the response do not affect the stored tags. */
export function copyTags(tags: Tags | null): Record<string, string> | null {
  return tags === null ? null : { ...tags };
}
