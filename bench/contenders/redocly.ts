/* `redocly/`: the output of `@redocly/cli generate-client`, `client.ts`, which is beside these programs. */

// @filename: whole.ts
export * from "./client.js";

// @filename: one-resource.ts
import { type CreateInstanceRequest, configure, create_instance, list_instances } from "./client.js";

configure({ auth: { bearer: "token" } });

export const list = (limit: number) => list_instances({ query: { limit } });
export const create = (body: CreateInstanceRequest) => create_instance({ body });

// @filename: small.ts
import { configure, create_order, list_instances, type v2_CreateOrderRequest } from "./client.js";

configure({ auth: { bearer: "token" } });

export async function names(): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      status: ["running" as const],
      limit: 200,
      ...(cursor === undefined ? {} : { starting_after: cursor }),
    };
    const page = await list_instances({ query });
    for (const { name, status } of page.data) found.push(`${name} ${status}`);
    cursor = page.has_more ? (page.cursor ?? undefined) : undefined;
  } while (cursor !== undefined);
  return found;
}

export async function buy(body: v2_CreateOrderRequest, key: string): Promise<string> {
  const order = await create_order({ headers: { "Idempotency-Key": key }, body });
  return `${order.id} ${order.status}`;
}

// @filename: eleven.ts
import {
  type CreateInstanceRequest,
  configure,
  create_instance,
  create_order,
  fetch_instance,
  fetch_order,
  fetch_pool,
  list_instances,
  list_orders,
  list_pools,
  type PatchInstanceRequest,
  type ReplaceInstanceRequest,
  replace_instance,
  terminate_instance,
  update_instance,
  type v2_CreateOrderRequest,
} from "./client.js";

configure({ auth: { bearer: "token" } });

export async function eleven(
  make: CreateInstanceRequest,
  change: PatchInstanceRequest,
  anew: ReplaceInstanceRequest,
  wanted: v2_CreateOrderRequest,
) {
  const page = await list_instances({ query: { status: ["running"] } });
  const made = await create_instance({ body: make });
  const path = { id: made.id };
  const read = await fetch_instance({ path });
  const changed = await update_instance({ path, body: change });
  const replaced = await replace_instance({ path, headers: { "Idempotency-Key": "redeploy-1" }, body: anew });
  const ended = await terminate_instance({ path });
  const placed = await create_order({ headers: { "Idempotency-Key": "order-1" }, body: wanted });
  const order = await fetch_order({ path: { id: placed.id } });
  const book = await list_orders({ query: { limit: 10 } });
  const held = await list_pools();
  const pool = await fetch_pool({ path: { id: made.pool.id } });
  const texts = [read.name, changed.priority_level, replaced.image.id, ended.status, order.status, pool.resource_path];
  return [...texts, ...page.data.map(({ name }) => name), ...book.data.map(({ id }) => id), held.data.length];
}

// @filename: calls.ts
import type { Connect } from "../../contenders.js";
import { order, query } from "../../workers/bodies.js";
import { configure, create_order, list_instances } from "./client.js";

export const connect: Connect = (serverUrl, bearer) => {
  configure({ serverUrl, auth: { bearer } });
  const create = (key: string) => create_order({ headers: { "Idempotency-Key": key }, body: order });
  return {
    list: () => list_instances({ query }),
    create,
    createWithFreshKey: () => create(crypto.randomUUID()),
    async walk(onRow) {
      let cursor: string | undefined;
      do {
        const next = cursor === undefined ? query : { ...query, starting_after: cursor };
        const page = await list_instances({ query: next });
        for (const row of page.data) onRow(row);
        cursor = page.has_more ? (page.cursor ?? undefined) : undefined;
      } while (cursor !== undefined);
    },
  };
};
