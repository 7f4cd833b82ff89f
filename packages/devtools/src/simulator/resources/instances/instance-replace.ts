import { notFound } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { chooseName } from "../../storage/lookup.js";
import type { InstanceRow } from "../../storage/rows.js";
import { checkedCloudInit, launch, needUsableImage, terminate } from "../../time/launch.js";
import { needInstance } from "./instances.js";
import { presentInstance } from "./present-instance.js";

/** Removes the address of an instance and returns it, so that no two instances have the same one. */
function releaseIp(row: InstanceRow): string | null {
  const address = row.publicIp;
  row.publicIp = null;
  return address;
}

export const instanceReplace: Handlers<"replace_instance"> = {
  replace_instance({ path, body }, sim) {
    const old = needInstance(sim, path[0]);
    if (old.status === "terminated") throw notFound("instance", " or already terminated");
    const image = needUsableImage(sim, body.image, old.scope);
    const cloudInit = checkedCloudInit(sim, body.cloud_init_user_data);
    // The old instance keeps its name, so that name is taken too.
    const name = chooseName(sim, sim.store.instances, old.scope, body.name);
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
