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
