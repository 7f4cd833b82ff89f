/** What each step does with the SDK. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OrderCreate, PoolTransferCreate, SfcClient } from "../../src/index.js";
import type { PathClient } from "../../src/paths.js";
import {
  cloudInit,
  createOnce,
  downloadImage,
  placeOrder,
  tailLogs,
  uploadImage,
  waitForOrder,
  waitForPoolTransfer,
} from "../../src/workflows.js";
import type { Fetch, Runtime } from "../../src/wrappers/options.js";
import type { Result, Scene } from "./messages.js";
import type { Step } from "./plan.js";
import { ReturnedError } from "./result.js";

export interface Clients {
  readonly sfc: SfcClient;
  readonly paths: PathClient;
  readonly fetch: Fetch;
  readonly runtime: Runtime;
  readonly scene: Scene;
}

type StepOf<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

/** The tag by which the checker finds what a step created. */
export const markTag = "history";
const imageBytes = (name: string) => new TextEncoder().encode(`${name} `.repeat(2_000));
export const scriptFor = (key: string) => `#cloud-config ${key}`;
const hour = 3_600;

export async function perform(clients: Clients, step: Step): Promise<Result> {
  const { sfc, scene, runtime } = clients;
  switch (step.kind) {
    case "order":
      return placeKeyed(clients, step);
    case "order without key": {
      const body = orderBody(scene, step.slot);
      if (step.client === "methods") return { id: (await sfc.orders.create(body)).id };
      return idFrom(await clients.paths.POST("/preview/v2/orders", { body }));
    }
    case "placeOrder": {
      const { start_at, end_at } = range(scene, step.slot);
      const { order, totalDollars } = await placeOrder(
        sfc,
        {
          side: "buy",
          pool: scene.pool,
          start_at,
          duration_seconds: end_at - start_at,
          node_count: 1,
          instance_sku: scene.sku,
        },
        { intent: step.key, maxSpend: "40", runtime },
      );
      return { id: order.id, total: totalDollars };
    }
    case "transfer":
      return transfer(clients, step);
    case "replace": {
      const id = scene.instances[step.instance] ?? "";
      const body = { image: scene.image, cloud_init_user_data: cloudInit(scriptFor(step.key)) };
      const options = { idempotencyKey: step.key };
      if (step.client === "methods") return { id: (await sfc.instances.replace(id, body, options)).id };
      return idFrom(
        await clients.paths.POST("/preview/v2/instances/{id}/replace", {
          params: { path: { id }, header: { "Idempotency-Key": step.key } },
          body,
        }),
      );
    }
    case "createOnce":
      return createShared(clients, step);
    case "create":
      return create(clients, step);
    case "deployment":
      return deploy(clients, step);
    case "upload": {
      const options = { workspace: scene.workspace, name: step.key, concurrency: 1, partSize: 5 * 2 ** 20 };
      const image = await uploadImage(sfc, new Blob([imageBytes(step.key)]), {
        ...options,
        fetch: clients.fetch,
        runtime,
      });
      return { id: image.id };
    }
    case "download": {
      const path = join(scene.folder, step.id);
      const options = { fetch: clients.fetch, runtime, overwrite: true };
      const { sha256 } = await downloadImage(sfc, scene.image, path, options);
      const onDisk = createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
      return { id: scene.image, sha256, rows: [onDisk] };
    }
    case "batch": {
      const data = step.instances.map((index) => ({
        id: scene.instances[index] ?? "",
        priority_level: step.priority,
      }));
      const updated = await sfc.instances.batchUpdate({ data });
      return { rows: updated.data.map(({ id, priority_level }) => `${id} ${priority_level}`) };
    }
    case "list":
      return { rows: await listed(clients, step) };
    case "logs": {
      const rows: string[] = [];
      for await (const { text } of tailLogs(sfc, scene.instances[6] ?? "", { runtime })) rows.push(text);
      return { rows };
    }
  }
}

async function placeKeyed({ sfc, paths, scene, runtime }: Clients, step: StepOf<"order">): Promise<Result> {
  const body = orderBody(scene, step.slot);
  const id =
    step.client === "methods"
      ? (await sfc.orders.create(body, { idempotencyKey: step.key })).id
      : (
          await idFrom(
            await paths.POST("/preview/v2/orders", { body, params: { header: { "Idempotency-Key": step.key } } }),
          )
        ).id;
  if (!step.waits || id === undefined) return { id };
  const order = await waitForOrder(sfc, id, "settled", { runtime }).catch((error: unknown) => keepsWrite(error));
  return { id, status: order?.status };
}

async function transfer({ sfc, paths, scene, runtime }: Clients, step: StepOf<"transfer">): Promise<Result> {
  const { start_at, end_at } = range(scene, step.slot);
  const body: PoolTransferCreate = {
    from_pool: scene.pool,
    to_pool: scene.otherPool,
    instance_sku: scene.sku,
    allocation_schedule_delta: [{ start_at, end_at, node_count: 1 }],
  };
  const id =
    step.client === "methods"
      ? (await sfc.poolTransfers.create(body, { idempotencyKey: step.key })).id
      : (
          await idFrom(
            await paths.POST("/preview/v2/pool_transfers", {
              body,
              params: { header: { "Idempotency-Key": step.key } },
            }),
          )
        ).id;
  if (!step.waits || id === undefined) return { id };
  const moved = await waitForPoolTransfer(sfc, id, { runtime }).catch((error: unknown) => keepsWrite(error));
  return { id, status: moved?.status };
}

/** The write before it has succeeded, whatever became of waiting. */
function keepsWrite(error: unknown): undefined {
  if (!(error instanceof Error)) throw error;
  return undefined;
}

async function createShared({ sfc, scene, runtime }: Clients, step: StepOf<"createOnce">): Promise<Result> {
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

async function create({ sfc, paths, scene }: Clients, step: StepOf<"create">): Promise<Result> {
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

async function deploy({ sfc, scene }: Clients, { key }: StepOf<"deployment">): Promise<Result> {
  const { workspace, image, pool, sku: instance_sku } = scene;
  const intent = "template-of-deployments";
  const { id: template } = await sfc.instanceTemplates
    .list({ workspace, limit: 50 })
    .then(({ data }) => data.find(({ name }) => name === intent) ?? sfc.instanceTemplates.create({ workspace, image }));
  const body = { kind: "generic" as const, name: key, pool, instance_sku, instance_template: template };
  return { id: (await sfc.deployments.create({ ...body, target_instance_count: 0 })).id };
}

async function listed({ sfc, scene }: Clients, { resource, limit, lookAhead }: StepOf<"list">): Promise<string[]> {
  const options = { lookAhead };
  const lists = {
    pools: () => sfc.pools.list({ limit }, options),
    orders: () => sfc.orders.list({ limit, pool: scene.pool }, options),
    instances: () => sfc.instances.list({ limit }, options),
    instanceTemplates: () => sfc.instanceTemplates.list({ limit }, options),
  };
  const ids: string[] = [];
  for await (const { id } of lists[resource]() as AsyncIterable<{ id: string }>) ids.push(id);
  return ids;
}

function range({ slots }: Scene, slot: number) {
  return { start_at: slots + slot * hour, end_at: slots + (slot + 1) * hour };
}

function orderBody(scene: Scene, slot: number): OrderCreate {
  const { start_at, end_at } = range(scene, slot);
  return {
    side: "buy",
    pool: scene.pool,
    instance_sku: scene.sku,
    allocation_schedule_delta: [{ start_at, end_at, node_count: 1 }],
    limit_price_dollars_per_node_hour: "20.000000",
    allow_standing: true,
  };
}

async function idFrom({ data, response }: { data?: unknown; response: Response }): Promise<Result> {
  if (data === undefined) throw new ReturnedError(response.status);
  return { id: (data as { id: string }).id };
}
