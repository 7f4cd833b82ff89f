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
