// JavaScript with types in comments. The project does not type-check it, so its breaks occur at run time.

// because: `instances.create`: `hostname` is new and required
/** @type {import("sfc-preview-sdk").InstanceCreate} */ export const body = {
  pool: "p",
  image: "i",
  instance_sku: "s",
};

/** @param {import("sfc-preview-sdk").Order} order */
export function filled(order) {
  return order.filled_allocation_schedule_delta; // because: `Order.filled_allocation_schedule_delta` is gone, see `filled_schedule`
}

// because: `InstanceSshInfo`: is now called `InstanceSshAccess`
/** @param {import("sfc-preview-sdk").InstanceSshInfo} info */
export const connect = (info) => info;
