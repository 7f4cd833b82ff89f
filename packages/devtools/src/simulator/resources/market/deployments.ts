import type { Types } from "../../http/api-types.js";
import { invalid, notFound, unusable } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { formatDollars, parseDollars } from "../../market/money.js";
import { creationPage, listResponse } from "../../queries/lists.js";
import { checkNulls } from "../../queries/patch.js";
import { capacitySummary, describeScope, poolSummary, skuSummary, summary } from "../../queries/summaries.js";
import type { Simulation } from "../../simulation.js";
import { chooseName, find, needPool, needSku, needWorkspace, renameTo } from "../../storage/lookup.js";
import type { DeploymentRow, TemplateRow } from "../../storage/rows.js";
import { withdrawAll } from "../../time/holding.js";
import { terminate } from "../../time/launch.js";
import { defaultNameTemplate, nameTemplateProblem } from "../../world/names.js";
import { refuseSecondBuyer } from "./procurements.js";

/** Finds a deployment of either kind. Both share one path; the resource type or the prefix of the id distinguishes them. */
function needDeployment(sim: Simulation, reference: string): DeploymentRow {
  const generic = find(sim, sim.store.deployments, "deployment", reference);
  const spot = find(sim, sim.store.deployments, "spot_deployment", reference);
  const row = [generic, spot].find(
    (found) => found !== undefined && (!reference.startsWith("sfc:") || pathType(found) === reference.split(":")[1]),
  );
  if (row === undefined) throw notFound("deployment");
  return row;
}

function pathType({ kind }: DeploymentRow): "deployment" | "spot_deployment" {
  return kind === "spot" ? "spot_deployment" : "deployment";
}

function needTemplate(sim: Simulation, reference: string, workspaceId: string): TemplateRow {
  const row = find(sim, sim.store.templates, "instance_template", reference);
  if (row === undefined || row.scope !== workspaceId)
    throw unusable("instance_template", "template not found in this workspace");
  return row;
}

function checkedNameTemplate(template: string): string {
  const problem = nameTemplateProblem(template);
  if (problem !== undefined) throw invalid("instance_name_template", problem);
  return template;
}

function checkedTarget(count: number): number {
  if (count < 0) throw invalid("target_instance_count", "must not be negative");
  return count;
}

export function presentDeployment(sim: Simulation, row: DeploymentRow): Types.Deployment {
  const common = {
    ...describeScope(sim, row, pathType(row)),
    pool: poolSummary(sim, row.poolId),
    instance_sku: skuSummary(sim, row.skuId),
    instance_template: summary(sim.store.templates.ever(row.templateId)),
    enabled: row.enabled,
    target_instance_count: row.target,
    instance_name_template: row.nameTemplate,
    status: { ...row.status },
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
  if (row.maxBuy === null) return { ...common, object: "deployment", capacity: capacitySummary(sim, row.poolId) };
  return { ...common, object: "spot_deployment", max_buy_price_dollars_per_node_hour: formatDollars(row.maxBuy) };
}

function checkedPrice({ kind, maxBuy }: DeploymentRow, price: string | null | undefined): DeploymentRow["maxBuy"] {
  if (price === undefined || price === null) return maxBuy;
  if (kind !== "spot") throw invalid("max_buy_price_dollars_per_node_hour", "is allowed for spot deployments only");
  return parseDollars(price);
}

export const deployments: Handlers<
  "list_deployments" | "create_deployment" | "get_deployment" | "patch_deployment" | "delete_deployment"
> = {
  list_deployments({ query }, sim) {
    const workspace = needWorkspace(sim, query.workspace).id;
    const pool = query.pool === undefined ? undefined : needPool(sim, query.pool).id;
    const rows = sim.store.deployments.where(
      (row) => row.scope === workspace && (pool === undefined || row.poolId === pool),
    );
    return listResponse(creationPage(sim, rows, query, "deplc", 50), (row) => presentDeployment(sim, row));
  },

  create_deployment({ body }, sim) {
    const pool = needPool(sim, body.pool);
    const sku = needSku(sim, body.instance_sku);
    if (body.kind === "spot") refuseSecondBuyer(sim, pool.id, sku.id);
    const row = sim.store.deployments.insert({
      id: sim.ids.make(body.kind === "spot" ? "spotDeployment" : "deployment"),
      seq: sim.store.nextSeq(),
      scope: pool.scope,
      kind: body.kind,
      poolId: pool.id,
      skuId: sku.id,
      templateId: needTemplate(sim, body.instance_template, pool.scope).id,
      target: checkedTarget(body.target_instance_count),
      nameTemplate: checkedNameTemplate(body.instance_name_template ?? defaultNameTemplate),
      name: chooseName(sim, sim.store.deployments, pool.scope, body.name),
      maxBuy: body.kind === "spot" ? parseDollars(body.max_buy_price_dollars_per_node_hour) : null,
      enabled: true,
      status: { state: "info", message: "not reconciled yet" },
      createdAt: sim.clock.seconds,
      updatedAt: sim.clock.seconds,
    });
    return presentDeployment(sim, row);
  },

  get_deployment({ path }, sim) {
    return presentDeployment(sim, needDeployment(sim, path[0]));
  },

  patch_deployment({ path, body }, sim) {
    const row = needDeployment(sim, path[0]);
    checkNulls(body, sim.assumptions);
    const templateId = body.instance_template
      ? needTemplate(sim, body.instance_template, row.scope).id
      : row.templateId;
    const target = checkedTarget(body.target_instance_count ?? row.target);
    const nameTemplate = checkedNameTemplate(body.instance_name_template ?? row.nameTemplate);
    const maxBuy = checkedPrice(row, body.max_buy_price_dollars_per_node_hour);
    // The name is changed last, after everything that may be refused: a refused request must not change anything.
    renameTo(sim, sim.store.deployments, row, body.name);
    Object.assign(row, {
      templateId,
      target,
      nameTemplate,
      maxBuy,
      enabled: body.enabled ?? row.enabled,
      updatedAt: sim.clock.seconds,
    });
    if (!row.enabled) withdrawAll(sim, row.id);
    return presentDeployment(sim, row);
  },

  delete_deployment({ path }, sim) {
    const row = needDeployment(sim, path[0]);
    withdrawAll(sim, row.id);
    for (const instance of sim.store.instances.where(({ managedBy }) => managedBy === row.id)) {
      instance.managedBy = null;
      if (sim.assumptions.deploymentDelete === "terminate") terminate(sim, instance);
    }
    sim.store.deployments.remove(row);
    return undefined;
  },
};
