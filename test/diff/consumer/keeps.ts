// Twelve uses of the client that the changes of ../next-description.ts do not break, although some are close to a change.
import { ApiError, type Instance, type InstanceCreate, type OrderList, SfcClient } from "sfc-preview-sdk";
import { createPathClient } from "sfc-preview-sdk/paths";

export const client = () => new SfcClient({ token: "t", maxRetries: 1 });

export async function names(sfc: SfcClient): Promise<string[]> {
  const rows = await sfc.instances.list({ status: ["running"], limit: 200 }).toArray({ max: 1000 });
  return rows.map(({ name }) => name);
}

export function isUp({ status }: Instance): boolean {
  return status === "running";
}

export function settled(order: OrderList["data"][number]): boolean {
  return order.status !== "pending"; // a new value in an open enum breaks nothing
}

export async function redeploy(sfc: SfcClient, id: string) {
  // create_order no longer accepts a key, but this operation still does
  return sfc.instances.replace(id, { image: "image_a" }, { idempotencyKey: "redeploy" });
}

export function request(hostname: string): InstanceCreate & { hostname: string } {
  return { pool: "pool_a", image: "image_a", instance_sku: "isku_a", hostname };
}

export async function raise(sfc: SfcClient, id: string) {
  return sfc.instances.update(id, { priority_level: "critical" }); // a value that still exists
}

export async function orders(sfc: SfcClient) {
  const page = await sfc.orders.list({ limit: 5 });
  return page.data.map(({ id }) => id);
}

export async function cancel(sfc: SfcClient, id: string): Promise<void> {
  await sfc.orders.cancel(id); // its path changed, which methods hide
}

export async function machines() {
  return createPathClient({ token: "t" }).GET("/preview/v2/instances");
}

export async function deployments(sfc: SfcClient) {
  return sfc.deployments.list({ workspace: "wksp_a" }); // optional now, but still accepted
}

export function reason(error: unknown): string {
  return ApiError.is(error) ? error.type : "unknown";
}
