import type { Types } from "../../http/api-types.js";
import {
  capacitySummary,
  copyTags,
  describeScope,
  imageSummary,
  poolSummary,
  skuSummary,
  summary,
} from "../../queries/summaries.js";
import type { Simulation } from "../../simulation.js";
import type { InstanceRow } from "../../storage/rows.js";

export interface Include {
  readonly include?: readonly string[];
}

export function presentInstance(sim: Simulation, row: InstanceRow, { include = [] }: Include = {}): Types.Instance {
  return {
    ...describeScope(sim, row, "instance"),
    object: "instance",
    status: row.status,
    instance_sku: skuSummary(sim, row.skuId),
    capacity: capacitySummary(sim, row.poolId),
    pool: poolSummary(sim, row.poolId),
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    image: imageSummary(sim, row.imageId),
    managed_by: presentManager(sim, row),
    cloud_init_user_data_used: row.cloudInit !== null,
    ...(include.includes("cloud_init_user_data") && row.cloudInit !== null
      ? { cloud_init_user_data: row.cloudInit }
      : {}),
    enable_public_ipv4: row.publicIpv4,
    ...(row.publicIp === null ? {} : { public_ip: row.publicIp }),
    firewall: row.firewallId,
    tags: copyTags(row.tags),
    // This member is published as deprecated and always null.
    expected_shutdown_at: null,
    priority_level: row.priority,
  };
}

function presentManager(sim: Simulation, { managedBy }: InstanceRow): Types.InstanceManager | null {
  if (managedBy === null) return null;
  const deployment = sim.store.deployments.ever(managedBy);
  const object = deployment.kind === "spot" ? "spot_deployment" : "deployment";
  return { ...summary(deployment), object };
}
