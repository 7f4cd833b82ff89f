import type { InstanceCreate, OrderCreate } from "../../src/index.js";
import type { Names } from "./names.js";

/** The body of an instance on the four nodes that exist in the initial world. */
export function instanceBody({ pool, sku, image }: Names, change: Partial<InstanceCreate> = {}): InstanceCreate {
  return { pool: pool("main"), instance_sku: sku("richmond"), image: image("trainer"), ...change };
}

/** A `#cloud-config` script: without a startup script, an instance has no SSH. */
export const script = { cloud_init_user_data: "I2Nsb3VkLWNvbmZpZwo=" };

/** The body of an order for two nodes and two hours, at a price at which the market sells. */
export function orderBody({ pool, sku, hour }: Names, change: Partial<OrderCreate> = {}): OrderCreate {
  return {
    pool: pool("main"),
    side: "buy",
    instance_sku: sku("richmond"),
    allocation_schedule_delta: [{ start_at: hour(1), end_at: hour(3), node_count: 2 }],
    limit_price_dollars_per_node_hour: "16.800000",
    ...change,
  };
}
