import { createClient } from "./client.js";
import type {
  Instance,
  InstanceCreate,
  InstanceReplace,
  InstanceUpdate,
  Order,
  OrderCreate,
  Page,
  Pool,
} from "./types.js";

const send = createClient("https://api.sfcompute.com", "token");
const instances = "/preview/v2/instances";
const orders = "/preview/v2/orders";
const pools = "/preview/v2/pools";

export async function eleven(make: InstanceCreate, change: InstanceUpdate, anew: InstanceReplace, wanted: OrderCreate) {
  const page = await send<Page<Instance>>("GET", instances, { query: { status: ["running"] } });
  const made = await send<Instance>("POST", instances, { body: make });
  const id = encodeURIComponent(made.id);
  const read = await send<Instance>("GET", `${instances}/${id}`);
  const changed = await send<Instance>("PATCH", `${instances}/${id}`, { body: change });
  const replaced = await send<Instance>("POST", `${instances}/${id}/replace`, { body: anew, key: "redeploy-1" });
  const ended = await send<Instance>("POST", `${instances}/${id}/terminate`);
  const placed = await send<Order>("POST", orders, { body: wanted, key: "order-1" });
  const order = await send<Order>("GET", `${orders}/${encodeURIComponent(placed.id)}`);
  const book = await send<Page<Order>>("GET", orders, { query: { limit: 10 } });
  const held = await send<Page<Pool>>("GET", pools);
  const pool = await send<Pool>("GET", `${pools}/${encodeURIComponent(made.pool.id)}`);
  const texts = [read.name, changed.priority_level, replaced.image.id, ended.status, order.status, pool.resource_path];
  return [...texts, ...page.data.map(({ name }) => name), ...book.data.map(({ id }) => id), held.data.length];
}
