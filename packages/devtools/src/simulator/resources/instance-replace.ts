import { notFound } from "../errors.js";
import type { Handlers } from "../handler.js";
import { checkedCloudInit, launch, needUsableImage, terminate } from "../launch.js";
import { nameFor } from "../lookup.js";
import type { InstanceRow } from "../rows.js";
import { presentInstance } from "./instance-answer.js";
import { needInstance } from "./instances.js";

/** Takes the address away: no two instances show the same one. */
function releaseIp(row: InstanceRow): string | null {
  const address = row.publicIp;
  row.publicIp = null;
  return address;
}

export const instanceReplace: Handlers<"replace_instance"> = {
  replace_instance({ path, body }, sim) {
    const old = needInstance(sim, path[0]);
    if (old.status === "terminated") throw notFound("instance that is not terminated");
    const image = needUsableImage(sim, body.image, old.scope);
    const cloudInit = checkedCloudInit(sim, body.cloud_init_user_data);
    // The old instance still has its name, so that one is taken as well.
    const name = nameFor(sim, sim.store.instances, old.scope, body.name);
    const keptIp = sim.assumptions.replacementPublicIp === "same" ? releaseIp(old) : null;
    terminate(sim, old);
    const row = launch(sim, {
      name,
      pool: sim.store.pools.ever(old.poolId),
      skuId: old.skuId,
      imageId: image.id,
      cloudInit,
      tags: old.tags,
      priority: old.priority,
      publicIpv4: old.publicIpv4,
      firewallId: old.firewallId,
      managedBy: null,
      keptIp,
    });
    return presentInstance(sim, row);
  },
};
