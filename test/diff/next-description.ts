import { type Draft, refTo } from "../mutations/mutation.js";

/** Changes that break the uses in consumer/breaks.ts and its neighbors, and changes that break nothing. */
export function nextDescription(draft: Draft): void {
  draft.setProperty("CreateInstanceRequest", "hostname", { type: "string" }, true);
  draft.removeProperty("CreateInstanceRequest", "firewall");
  draft.setProperty("InstanceResponse", "manager", draft.property("InstanceResponse", "managed_by"));
  draft.removeProperty("InstanceResponse", "managed_by");
  draft.require("InstanceResponse", "image", false);
  draft.setProperty("InstanceResponse", "created_at", { type: "string", format: "date-time" });
  draft.schema("InstancePriority").enum.shift();
  draft.removeParameter("create_order", "Idempotency-Key");
  delete draft.path("/preview/v2/pools/{id}").delete;
  draft.operation("terminate_instance").requestBody = {
    required: true,
    content: { "application/json": { schema: { type: "object", properties: { force: { type: "boolean" } } } } },
  };
  draft.addParameter("list_pools", { name: "owner", required: true, schema: { type: "string" } });
  draft.move("/preview/v2/orders/{id}", "/preview/v2/market/orders/{id}");
  draft.renameSchema("InstanceSshInfo", "InstanceSshAccess");

  const filled = draft.property("v2.OrderResponse", "filled_allocation_schedule_delta");
  draft.removeProperty("v2.OrderResponse", "filled_allocation_schedule_delta");
  draft.setProperty("v2.OrderResponse", "filled_schedule", { ...filled, description: "What has been traded." }, true);
  draft.removeParameter("list_orders", "sort_by");
  delete draft.paths["/preview/v2/order_preview"];

  draft.schema("OrderStatus").enum.push("expired");
  draft.parameter("list_deployments", "workspace").required = false;
  draft.setProperty("InstanceResponse", "rack", { type: "string" });
  draft.setProperty("PoolSummary", "parent", refTo("PoolSummary"));
}
