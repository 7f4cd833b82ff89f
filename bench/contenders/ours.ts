/* `ours/`: the packed tarball. `ours-node/`: the same with the Node transport. */

// @filename: whole.ts
export * from "sfc-preview-sdk";

// @filename: one-resource.ts
import { createCaller, type InstanceCreate, Instances } from "sfc-preview-sdk";

const instances = new Instances(createCaller({ token: "token" }));

export const list = (limit: number) => instances.list({ limit });
export const create = (body: InstanceCreate) => instances.create(body);

// @filename: small.ts
import { type OrderCreate, SfcClient } from "sfc-preview-sdk";

const sfc = new SfcClient({ token: "token" });

export async function names(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, status } of sfc.instances.list({ status: ["running"] })) found.push(`${name} ${status}`);
  return found;
}

export async function buy(body: OrderCreate, key: string): Promise<string> {
  const order = await sfc.orders.create(body, { idempotencyKey: key });
  return `${order.id} ${order.status}`;
}

// @filename: eleven.ts
import {
  type InstanceCreate,
  type InstanceReplace,
  type InstanceUpdate,
  type OrderCreate,
  SfcClient,
} from "sfc-preview-sdk";

const sfc = new SfcClient({ token: "token" });

export async function eleven(make: InstanceCreate, change: InstanceUpdate, anew: InstanceReplace, wanted: OrderCreate) {
  const page = await sfc.instances.list({ status: ["running"] });
  const made = await sfc.instances.create(make);
  const read = await sfc.instances.get(made.id);
  const changed = await sfc.instances.update(made.id, change);
  const replaced = await sfc.instances.replace(made.id, anew, { idempotencyKey: "redeploy-1" });
  const ended = await sfc.instances.terminate(made.id);
  const placed = await sfc.orders.create(wanted, { idempotencyKey: "order-1" });
  const order = await sfc.orders.get(placed.id);
  const book = await sfc.orders.list({ limit: 10 });
  const held = await sfc.pools.list();
  const pool = await sfc.pools.get(made.pool.id);
  const texts = [read.name, changed.priority_level, replaced.image.id, ended.status, order.status, pool.resource_path];
  return [...texts, ...page.data.map(({ name }) => name), ...book.data.map(({ id }) => id), held.data.length];
}

// @filename: make-calls.ts
import type { SfcClient } from "sfc-preview-sdk";
import type { Calls } from "../../contenders.js";
import { order, query } from "../../workers/bodies.js";

export function makeCalls(sfc: SfcClient): Calls {
  return {
    list: async () => await sfc.instances.list(query),
    create: (idempotencyKey) => sfc.orders.create(order, { idempotencyKey }),
    createWithFreshKey: () => sfc.orders.create(order),
    async walk(onRow) {
      for await (const row of sfc.instances.list(query)) onRow(row);
    },
    async walkAhead(onRow) {
      for await (const row of sfc.instances.list(query, { lookAhead: true })) onRow(row);
    },
  };
}

// @filename: calls.ts
import { SfcClient } from "sfc-preview-sdk";
import type { Connect } from "../../contenders.js";
import { makeCalls } from "./make-calls.js";

/** A client with all defaults: retries, time limits, key memory and checks are on. */
export const connect: Connect = (baseUrl, token) => makeCalls(new SfcClient({ baseUrl, token }));

// @filename: ../ours-node/calls.ts
import { SfcClient } from "sfc-preview-sdk";
import { createNodeFetch } from "sfc-preview-sdk/node";
import type { Connect } from "../../contenders.js";
import { makeCalls } from "../ours/make-calls.js";

export const connect: Connect = (baseUrl, token) =>
  makeCalls(new SfcClient({ baseUrl, token, fetch: createNodeFetch() }));
