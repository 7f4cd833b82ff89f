// Twelve uses of the client that the changes of ../next-description.ts break. `// because:` states the cause.
// because: `InstanceSshInfo`: is now called `InstanceSshAccess`
import type { Instance, InstanceSshInfo, SfcClient } from "sfc-preview-sdk";
import { createPathClient } from "sfc-preview-sdk/paths";

export async function launch(sfc: SfcClient): Promise<Instance> {
  const body = { pool: "pool_a", image: "image_a", instance_sku: "isku_a" };
  return sfc.instances.create(body); // because: `instances.create`: `hostname` is new and required
}

export async function guard(sfc: SfcClient) {
  const wanted = { pool: "pool_a", image: "image_a", instance_sku: "isku_a", hostname: "a" };
  // because: `instances.create`: `firewall` is gone
  await sfc.instances.create({ ...wanted, firewall: "frwl_a" });
}

export function manager(instance: Instance): string | undefined {
  return instance.managed_by?.id; // because: `Instance.managed_by` is gone, see `manager`
}

export function imageName({ image }: Instance): string {
  return image.name; // because: `Instance.image` may now be absent
}

export function age(instance: Instance, now: number): number {
  return now - instance.created_at; // because: `Instance.created_at` is now string (was UnixEpoch)
}

export async function yielding(sfc: SfcClient) {
  // because: `InstancePriority`: can no longer be `"yield"`
  await sfc.instances.update("inst_a", { priority_level: "yield" });
}

export async function order(sfc: SfcClient, body: Parameters<SfcClient["orders"]["create"]>[0]) {
  // because: `orders.create`: no longer accepts an idempotency key; after a lost response the client cannot retry it
  return sfc.orders.create(body, { idempotencyKey: "once" });
}

export async function clear(sfc: SfcClient) {
  await sfc.pools.delete("pool_a"); // because: `pools.delete`: is gone (DELETE /preview/v2/pools/{id})
}

export async function stop(sfc: SfcClient, signal: AbortSignal) {
  await sfc.instances.terminate("inst_a", { signal }); // because: `instances.terminate`: needs a body
}

export async function pools(sfc: SfcClient) {
  for await (const pool of sfc.pools.list({ limit: 10 })) print(pool.id); // because: `pools.list`: `owner` is new and required
}

export async function read(id: string) {
  // because: `orders.get`: is now GET /preview/v2/market/orders/{id} (was GET /preview/v2/orders/{id}); the path client must name it so
  return createPathClient({ token: "t" }).GET("/preview/v2/orders/{id}", { params: { path: { id } } });
}

export function connect(info: InstanceSshInfo): unknown {
  return info;
}

declare function print(text: string): void;
