import type { Types } from "../http/api-types.js";
import { invalid, unusable } from "../http/errors.js";
import type { Tags } from "../queries/tags.js";
import type { Simulation } from "../simulation.js";
import { find } from "../storage/lookup.js";
import type { ImageRow, InstanceRow, PoolRow, SkuRow } from "../storage/rows.js";

/** The input of a new instance, from a request, a replacement or a deployment. */
export interface Launch {
  readonly name: string;
  readonly pool: PoolRow;
  readonly skuId: string;
  readonly imageId: string;
  readonly cloudInit: string | null;
  readonly tags: Tags | null;
  readonly priority: Types.InstancePriority;
  readonly publicIpv4: boolean;
  readonly firewallId: string | null;
  readonly managedBy: string | null;
  /** An address to keep, instead of a new one. */
  readonly keptIp?: string | null;
}

/** Stores an instance that waits for a node. `allocate` assigns one later. */
export function launch(sim: Simulation, { pool, keptIp = null, ...spec }: Launch): InstanceRow {
  return sim.store.instances.insert({
    ...spec,
    keptIp,
    id: sim.ids.make("instance"),
    seq: sim.store.nextSeq(),
    scope: pool.scope,
    poolId: pool.id,
    status: "awaiting_allocation",
    publicIp: null,
    createdAt: sim.clock.seconds,
    updatedAt: sim.clock.seconds,
    assignableMs: sim.clock.ms + sim.assumptions.assignSeconds * 1000,
    runningSinceMs: null,
    bootedMs: null,
    logs: [],
  });
}

/** Finds an image that instances of this workspace can start from. It must be completed, and in the workspace or public. */
export function needUsableImage(sim: Simulation, reference: string, workspaceId: string): ImageRow {
  const image = find(sim, sim.store.images, "image", reference);
  if (image === undefined) throw unusable("image", "image not found");
  if (image.status !== "completed") throw unusable("image", `is ${image.status}, not completed`);
  if (!image.isPublic && image.scope !== workspaceId) throw unusable("image", "belongs to another workspace");
  return image;
}

const mostCloudInitBytes = 64 * 1024;

/** Checks a startup script in base64, which may have at most 64 KB. Returns `null` without one. */
export function checkedCloudInit(sim: Simulation, data: string | undefined): string | null {
  if (data === undefined) return null;
  const bytes = sim.assumptions.cloudInitLimit === "encoded" ? data.length : Buffer.byteLength(data, "base64");
  if (bytes > mostCloudInitBytes) throw invalid("cloud_init_user_data", "is larger than 64 KB", "too_large");
  return data;
}

interface NetworkChoice {
  readonly enable_public_ipv4?: boolean;
  readonly firewall?: string | null;
}

/** Checks the firewall and returns its id. A public address needs a firewall and a SKU that supports it. Without an address, a firewall is refused. */
export function checkedFirewall(
  sim: Simulation,
  choice: NetworkChoice,
  sku: SkuRow,
  workspaceId: string,
): string | null {
  const reference = choice.firewall ?? null;
  if (choice.enable_public_ipv4 !== true) {
    if (reference !== null) throw invalid("firewall", "is only allowed together with enable_public_ipv4");
    return null;
  }
  if (sku.properties.supports_public_ipv4?.value !== true) {
    throw invalid("enable_public_ipv4", "is not supported by this instance SKU");
  }
  if (reference === null) throw invalid("firewall", "is required with enable_public_ipv4");
  const firewall = find(sim, sim.store.firewalls, "firewall", reference);
  if (firewall === undefined || firewall.scope !== workspaceId)
    throw unusable("firewall", "firewall not found in this workspace");
  return firewall.id;
}

/** Terminates an instance. Its name stays in use until the instance is deleted. */
export function terminate(sim: Simulation, instance: InstanceRow): void {
  instance.status = "terminated";
  instance.updatedAt = sim.clock.seconds;
}
