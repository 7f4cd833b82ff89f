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
