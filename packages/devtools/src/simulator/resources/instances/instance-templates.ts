import { visible } from "../../access/grants.js";
import type { Types } from "../../http/api-types.js";
import { notFound, unusable } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { among, creationPage, listResponse } from "../../queries/lists.js";
import { copyTags, describeScope, imageSummary } from "../../queries/summaries.js";
import type { Simulation } from "../../simulation.js";
import { chooseName, find, needOwnWorkspace, needWorkspace } from "../../storage/lookup.js";
import type { TemplateRow } from "../../storage/rows.js";
import { checkedCloudInit, needUsableImage } from "../../time/launch.js";
import type { Include } from "./present-instance.js";

function findTemplate(sim: Simulation, reference: string): TemplateRow | undefined {
  return find(sim, sim.store.templates, "instance_template", reference);
}

function needTemplate(sim: Simulation, reference: string): TemplateRow {
  const row = findTemplate(sim, reference);
  if (row === undefined) throw notFound("instance template");
  return row;
}

export function presentTemplate(
  sim: Simulation,
  row: TemplateRow,
  { include = [] }: Include = {},
): Types.InstanceTemplate {
  return {
    ...describeScope(sim, row, "instance_template"),
    object: "instance_template",
    image: imageSummary(sim, row.imageId),
    cloud_init_user_data_used: row.cloudInit !== null,
    tags: copyTags(row.tags),
    created_at: row.createdAt,
    ...(include.includes("cloud_init_user_data") && row.cloudInit !== null
      ? { cloud_init_user_data: row.cloudInit }
      : {}),
  };
}

export const instanceTemplates: Handlers<
  "list_instance_templates" | "create_instance_template" | "fetch_instance_template" | "delete_instance_template"
> = {
  list_instance_templates({ query, caller }, sim) {
    const workspace = query.workspace === undefined ? undefined : needWorkspace(sim, query.workspace).id;
    const inScope =
      workspace === undefined ? visible(sim, caller, "instance_template:list") : (id: string) => id === workspace;
    const id = among(query.id?.map((reference) => findTemplate(sim, reference)?.id));
    const rows = sim.store.templates.where((row) => inScope(row.scope) && id(row.id));
    return listResponse(creationPage(sim, rows, query, "itmplc", 50), (row) => presentTemplate(sim, row, query));
  },

  create_instance_template({ body }, sim) {
    const workspace = needOwnWorkspace(sim, body.workspace);
    const image = needUsableImage(sim, body.image, workspace.id);
    const row = sim.store.templates.insert({
      id: sim.ids.make("template"),
      seq: sim.store.nextSeq(),
      scope: workspace.id,
      cloudInit: checkedCloudInit(sim, body.cloud_init_user_data),
      name: chooseName(sim, sim.store.templates, workspace.id, body.name),
      imageId: image.id,
      tags: body.tags ?? null,
      createdAt: sim.clock.seconds,
    });
    return presentTemplate(sim, row);
  },

  fetch_instance_template({ path }, sim) {
    return presentTemplate(sim, needTemplate(sim, path[0]));
  },

  delete_instance_template({ path }, sim) {
    const row = needTemplate(sim, path[0]);
    if (sim.store.deployments.some(({ templateId }) => templateId === row.id))
      throw unusable("id", "a deployment uses this template");
    sim.store.templates.remove(row);
    return undefined;
  },
};
