/** Performs each step with the SDK. */
import type { SfcClient } from "../../src/index.js";
import type { PathClient } from "../../src/paths.js";
import { tailLogs } from "../../src/workflows.js";
import type { Fetch, Runtime } from "../../src/wrappers/options.js";
import type { Result, Scene } from "./messages.js";
import { create, createShared, deploy, lookUp, replace } from "./perform-create.js";
import { download, upload, uploadFile } from "./perform-images.js";
import { orderAgain, placeIntent, placeKeyed, placeWithoutKey, reuseKey, transfer } from "./perform-market.js";
import type { Step } from "./plan.js";

export interface Clients {
  readonly sfc: SfcClient;
  readonly paths: PathClient;
  /** Another client, which has an unused retry budget. */
  newClient(): SfcClient;
  readonly fetch: Fetch;
  readonly runtime: Runtime;
  readonly scene: Scene;
}

export type StepOf<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

export async function perform(clients: Clients, step: Step): Promise<Result> {
  const { sfc, scene, runtime } = clients;
  switch (step.kind) {
    case "order":
      return placeKeyed(clients, step);
    case "order without key":
      return placeWithoutKey(clients, step);
    case "order again":
      return orderAgain(clients, step);
    case "reused key":
      return reuseKey(clients, step);
    case "placeOrder":
      return placeIntent(clients, step);
    case "transfer":
      return transfer(clients, step);
    case "replace":
      return replace(clients, step);
    case "createOnce":
      return createShared(clients, step);
    case "create":
      return create(clients, step);
    case "deployment":
      return deploy(clients, step);
    case "upload":
      return upload(clients, step);
    case "upload file":
      return uploadFile(clients, step);
    case "look up":
      return { rows: await lookUp(clients, step) };
    case "outage":
      return readThroughOutage(clients.newClient(), runtime);
    case "download":
      return download(clients, step);
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

/** More failing calls than the retry budget of a client covers. */
export const outageCalls = 80;

async function readThroughOutage(sfc: SfcClient, runtime: Runtime): Promise<Result> {
  for (let call = 0; call < outageCalls; call++) {
    try {
      await sfc.pools.list({ limit: 1 });
    } catch (error) {
      // Each call is new to the client, so the step itself must obey `Retry-After`.
      const { retryAfterMs = 0 } = error as { retryAfterMs?: number };
      await new Promise<void>((resolve) => runtime.setTimeout(resolve, retryAfterMs));
    }
  }
  return {};
}
