/* `openapi-fetch/`: the unchanged library with the types of `src/generated/schema.ts`, which is copied beside these programs. */

// @filename: whole.ts
export { default } from "openapi-fetch";

// @filename: one-resource.ts
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const client = createClient<paths>({
  baseUrl: "https://api.sfcompute.com",
  headers: { authorization: "Bearer token" },
});

export const list = (limit: number) => client.GET("/preview/v2/instances", { params: { query: { limit } } });
export const create = (body: components["schemas"]["CreateInstanceRequest"]) =>
  client.POST("/preview/v2/instances", { body });

// @filename: small.ts
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const client = createClient<paths>({
  baseUrl: "https://api.sfcompute.com",
  headers: { authorization: "Bearer token" },
});

export async function names(): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      status: ["running" as const],
      limit: 200,
      ...(cursor === undefined ? {} : { starting_after: cursor }),
    };
    const { data, error } = await client.GET("/preview/v2/instances", { params: { query } });
    if (error) throw new Error(error.error.message);
    for (const { name, status } of data.data) found.push(`${name} ${status}`);
    cursor = data.has_more ? (data.cursor ?? undefined) : undefined;
  } while (cursor !== undefined);
  return found;
}

export async function buy(body: components["schemas"]["v2.CreateOrderRequest"], key: string): Promise<string> {
  const params = { header: { "Idempotency-Key": key } };
  const { data, error } = await client.POST("/preview/v2/orders", { params, body });
  if (error) throw new Error(error.error.message);
  return `${data.id} ${data.status}`;
}

// @filename: eleven.ts
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const client = createClient<paths>({
  baseUrl: "https://api.sfcompute.com",
  headers: { authorization: "Bearer token" },
});

export async function eleven(
  make: Schemas["CreateInstanceRequest"],
  change: Schemas["PatchInstanceRequest"],
  anew: Schemas["ReplaceInstanceRequest"],
  wanted: Schemas["v2.CreateOrderRequest"],
) {
  const page = (await client.GET("/preview/v2/instances", { params: { query: { status: ["running"] } } })).data;
  const made = (await client.POST("/preview/v2/instances", { body: make })).data;
  const id = made?.id ?? "";
  const path = { id };
  const read = (await client.GET("/preview/v2/instances/{id}", { params: { path } })).data;
  const changed = (await client.PATCH("/preview/v2/instances/{id}", { params: { path }, body: change })).data;
  const keyed = { path, header: { "Idempotency-Key": "redeploy-1" } };
  const replaced = (await client.POST("/preview/v2/instances/{id}/replace", { params: keyed, body: anew })).data;
  const ended = (await client.POST("/preview/v2/instances/{id}/terminate", { params: { path } })).data;
  const header = { "Idempotency-Key": "order-1" };
  const placed = (await client.POST("/preview/v2/orders", { params: { header }, body: wanted })).data;
  const order = (await client.GET("/preview/v2/orders/{id}", { params: { path: { id: placed?.id ?? "" } } })).data;
  const book = (await client.GET("/preview/v2/orders", { params: { query: { limit: 10 } } })).data;
  const held = (await client.GET("/preview/v2/pools")).data;
  const pool = (await client.GET("/preview/v2/pools/{id}", { params: { path: { id: made?.pool.id ?? "" } } })).data;
  const texts = [
    read?.name,
    changed?.priority_level,
    replaced?.image.id,
    ended?.status,
    order?.status,
    pool?.resource_path,
  ];
  return [
    ...texts,
    ...(page?.data.map(({ name }) => name) ?? []),
    ...(book?.data.map(({ id }) => id) ?? []),
    held?.data.length,
  ];
}

// @filename: calls.ts
import createClient from "openapi-fetch";
import type { Connect } from "../../contenders.js";
import { order, query } from "../../workers/bodies.js";
import type { paths } from "./schema.js";

export const connect: Connect = (baseUrl, token) => {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });
  const create = async (key: string) => {
    const params = { header: { "Idempotency-Key": key } };
    return checked(await client.POST("/preview/v2/orders", { params, body: order }));
  };
  return {
    list: async () => checked(await client.GET("/preview/v2/instances", { params: { query } })),
    create,
    createWithFreshKey: () => create(crypto.randomUUID()),
    async walk(onRow) {
      let cursor: string | undefined;
      do {
        const next = cursor === undefined ? query : { ...query, starting_after: cursor };
        const page = checked(await client.GET("/preview/v2/instances", { params: { query: next } }));
        for (const row of page.data) onRow(row);
        cursor = page.has_more ? (page.cursor ?? undefined) : undefined;
      } while (cursor !== undefined);
    },
  };
};

function checked<T>({ data, response }: { data?: T; response: Response }): T {
  if (data === undefined) throw new Error(`The service returned ${response.status}.`);
  return data;
}
