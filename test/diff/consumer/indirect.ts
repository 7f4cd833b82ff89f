// Uses that do not name the cause of the break at the place of the break: bound methods, typed constants, parts and keys of types, paths.

import type * as sdk from "sfc-preview-sdk";
import type { Instance, InstanceCreate, InstancePriority, Order, SfcClient } from "sfc-preview-sdk";
import { createPathClient } from "sfc-preview-sdk/paths";

declare const sfc: SfcClient;
const paths = createPathClient({ token: "t" });
const where = { pool: "pool_a", image: "image_a", instance_sku: "isku_a" };

const create = sfc.instances.create.bind(sfc.instances);
// because: `instances.create`: `hostname` is new and required
export const bound = create(where);

// because: `instances.create`: `hostname` is new and required
export const constant: InstanceCreate = { ...where };

// because: `instances.create`: `hostname` is new and required
export const checked = { ...where } satisfies InstanceCreate;

type Body = Parameters<SfcClient["instances"]["create"]>[0];
// because: `instances.create`: `hostname` is new and required
export const parameter: Body = { ...where };

// because: `Order.filled_allocation_schedule_delta` is gone, see `filled_schedule`
export type Filled = Pick<Order, "id" | "filled_allocation_schedule_delta">;

// because: `Instance.managed_by` is gone, see `manager`
export const column: keyof Instance = "managed_by";

const page = { limit: 10 };
// because: `pools.list`: `owner` is new and required
export const spread = sfc.pools.list({ ...page });

// because: `orders.list`: `sort_by` is gone
export const sorted = sfc.orders.list({ ...page, sort_by: "created_at" });

// because: `orders.preview`: is gone (POST /preview/v2/order_preview)
export const removedPath = paths.POST("/preview/v2/order_preview", { body: {} as never });

// because: `pools.delete`: is gone (DELETE /preview/v2/pools/{id})
export type Pools = Pick<SfcClient["pools"], "get" | "delete">;

// because: `InstancePriority`: can no longer be `"yield"`
export const names: Record<InstancePriority, string> = { yield: "", normal: "", preferred: "", critical: "" };

// because: `Order.filled_allocation_schedule_delta` is gone, see `filled_schedule`
export type Delta = Order["filled_allocation_schedule_delta"];

export async function times(): Promise<number[]> {
  const rows = await sfc.instances.list().toArray({ max: 10 });
  const found = rows.map((row) => row.created_at);
  return found; // because: `Instance.created_at` is now string (was UnixEpoch)
}

export function guess(instance: sdk.Instance): number {
  // because: `Instance.created_at` is now string (was UnixEpoch)
  return Math.max(instance.created_at, 0);
}
