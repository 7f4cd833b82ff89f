import { visible } from "../../access/grants.js";
import { conflict, notFound } from "../../http/errors.js";
import type { ApiRequest, Handlers } from "../../http/handler.js";
import { among, creationPage, listResponse } from "../../queries/lists.js";
import { checkNulls } from "../../queries/patch.js";
import { tagFilter } from "../../queries/tags.js";
import type { Simulation } from "../../simulation.js";
import { chooseName, find, needPool, needSku, needWorkspace, renameTo } from "../../storage/lookup.js";
import type { InstanceRow } from "../../storage/rows.js";
import { checkedCloudInit, checkedFirewall, launch, needUsableImage, terminate } from "../../time/launch.js";
import { canonicalId } from "../../world/ids.js";
import { presentInstance } from "./present-instance.js";

export function needInstance(sim: Simulation, reference: string): InstanceRow {
  const row = find(sim, sim.store.instances, "instance", reference);
  if (row === undefined) throw notFound("instance");
  return row;
}

function matching(sim: Simulation, { query, caller }: ApiRequest<"list_instances">): InstanceRow[] {
  const workspace = query.workspace === undefined ? undefined : needWorkspace(sim, query.workspace).id;
  const inScope = workspace === undefined ? visible(sim, caller, "instance:list") : (id: string) => id === workspace;
  const id = among(query.id?.map(canonicalId));
  const pool = among(query.pool?.map((reference) => needPool(sim, reference).id));
  const sku = among(query.instance_sku?.map(canonicalId));
  const status = among<string>(query.status);
  const tags = tagFilter(query, sim.assumptions);
  const { created_after: after = Number.NEGATIVE_INFINITY, created_before: before = Number.POSITIVE_INFINITY } = query;
  return sim.store.instances.where(
    (row) =>
      inScope(row.scope) &&
      id(row.id) &&
      pool(row.poolId) &&
      sku(row.skuId) &&
      status(row.status) &&
      // Both bounds are inclusive.
      row.createdAt >= after &&
      row.createdAt <= before &&
      tags(row.tags),
  );
}

export const instances: Handlers<
  "list_instances" | "create_instance" | "fetch_instance" | "update_instance" | "delete_instance" | "terminate_instance"
> = {
  list_instances(request, sim) {
    const found = creationPage(sim, matching(sim, request), request.query, "nodec");
    return listResponse(found, (row) => presentInstance(sim, row, request.query));
  },

  create_instance({ body }, sim) {
    const pool = needPool(sim, body.pool);
    const sku = needSku(sim, body.instance_sku);
    const image = needUsableImage(sim, body.image, pool.scope);
    const firewallId = checkedFirewall(sim, body, sku, pool.scope);
    const cloudInit = checkedCloudInit(sim, body.cloud_init_user_data);
    const row = launch(sim, {
      name: chooseName(sim, sim.store.instances, pool.scope, body.name),
      pool,
      skuId: sku.id,
      imageId: image.id,
      cloudInit,
      tags: body.tags ?? null,
      priority: body.priority_level ?? "normal",
      publicIpv4: body.enable_public_ipv4 ?? false,
      firewallId,
      managedBy: null,
    });
    return presentInstance(sim, row);
  },

  fetch_instance({ path }, sim) {
    return presentInstance(sim, needInstance(sim, path[0]));
  },

  update_instance({ path, body }, sim) {
    const row = needInstance(sim, path[0]);
    checkNulls(body, sim.assumptions);
    renameTo(sim, sim.store.instances, row, body.name);
    if (body.tags !== undefined) row.tags = body.tags;
    row.priority = body.priority_level ?? row.priority;
    row.updatedAt = sim.clock.seconds;
    return presentInstance(sim, row);
  },

  delete_instance({ path }, sim) {
    const row = needInstance(sim, path[0]);
    if (row.status !== "terminated")
      throw conflict(`the instance is ${row.status}; terminate it first`, "not_terminated");
    sim.store.instances.remove(row);
    return undefined;
  },

  terminate_instance({ path }, sim) {
    const row = needInstance(sim, path[0]);
    if (row.status === "terminated") throw notFound("instance", " or already terminated");
    terminate(sim, row);
    return presentInstance(sim, row);
  },
};
