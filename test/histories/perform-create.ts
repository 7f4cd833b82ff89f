/** Steps that create resources without an idempotency key, and replacements. */
import { cloudInit, createOnce } from "../../src/workflows.js";
import type { Result } from "./messages.js";
import type { Clients, StepOf } from "./perform.js";
import { idFrom } from "./result.js";

/** The tag by which the checker finds the resource that a step has created. */
export const markTag = "history";
export const scriptFor = (key: string) => `#cloud-config ${key}`;

export async function createShared({ sfc, scene, runtime }: Clients, step: StepOf<"createOnce">): Promise<Result> {
  const options = { intent: step.key, runtime };
  const tags = { [markTag]: step.key };
  const { workspace, pool, image, sku: instance_sku } = scene;
  const made = {
    pools: () => createOnce(sfc, "pools", { workspace, tags }, options),
    instances: () => createOnce(sfc, "instances", { pool, image, instance_sku, tags }, options),
    instanceTemplates: () => createOnce(sfc, "instanceTemplates", { workspace, image, tags }, options),
    workspaces: () => createOnce(sfc, "workspaces", {}, options),
  };
  return { id: (await made[step.resource]()).resource.id };
}

export async function create({ sfc, paths, scene }: Clients, step: StepOf<"create">): Promise<Result> {
  const tags = { [markTag]: step.key };
  const { workspace, pool, image, sku: instance_sku } = scene;
  const bodies = { pools: { workspace, tags }, instances: { pool, image, instance_sku, tags } };
  if (step.resource === "instanceTemplates")
    return { id: (await sfc.instanceTemplates.create({ workspace, image, tags })).id };
  if (step.client === "methods") {
    const made = step.resource === "pools" ? sfc.pools.create(bodies.pools) : sfc.instances.create(bodies.instances);
    return { id: (await made).id };
  }
  return step.resource === "pools"
    ? idFrom(await paths.POST("/preview/v2/pools", { body: bodies.pools }))
    : idFrom(await paths.POST("/preview/v2/instances", { body: bodies.instances }));
}

export async function deploy({ sfc, scene }: Clients, { key }: StepOf<"deployment">): Promise<Result> {
  const { workspace, image, pool, sku: instance_sku } = scene;
  const intent = "template-of-deployments";
  const { id: template } = await sfc.instanceTemplates
    .list({ workspace, limit: 50 })
    .then(({ data }) => data.find(({ name }) => name === intent) ?? sfc.instanceTemplates.create({ workspace, image }));
  const body = { kind: "generic" as const, name: key, pool, instance_sku, instance_template: template };
  return { id: (await sfc.deployments.create({ ...body, target_instance_count: 0 })).id };
}

export async function replace({ sfc, paths, scene }: Clients, step: StepOf<"replace">): Promise<Result> {
  const id = scene.instances[step.instance] ?? "";
  const body = { image: scene.image, cloud_init_user_data: cloudInit(scriptFor(step.key)) };
  const options = { idempotencyKey: step.key };
  if (step.client === "methods") return { id: (await sfc.instances.replace(id, body, options)).id };
  return idFrom(
    await paths.POST("/preview/v2/instances/{id}/replace", {
      params: { path: { id }, header: { "Idempotency-Key": step.key } },
      body,
    }),
  );
}

interface Marked {
  readonly id: string;
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>> | null;
}

/** The ids of existing resources of a step whose outcome was uncertain. */
export async function lookUp({ sfc, scene }: Clients, { key, resource }: StepOf<"look up">): Promise<string[]> {
  const ids: string[] = [];
  const { workspace } = scene;
  const rows = resource === "deployments" ? sfc.deployments.list({ workspace }) : sfc[resource].list({ workspace });
  for await (const { id, name, tags } of rows as AsyncIterable<Marked>) {
    if (name === key || tags?.[markTag] === key) ids.push(id);
  }
  return ids;
}
