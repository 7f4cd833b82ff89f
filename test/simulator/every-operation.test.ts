import { expect, it } from "vitest";
import { operationIds } from "./checked.js";
import { instanceBody, orderBody, type Session, script, session } from "./session.js";

/** One pass over the whole API. `session` checks every response against the description. */
async function tour(s: Session) {
  await organization(s);
  const image = await images(s);
  await instances(s, image);
  await market(s);
  await automations(s, image);
  await pools(s);
}

async function organization(s: Session) {
  await s.get("/me");
  await s.get("/users");
  await s.get("/users/ada");
  const { body: workspace } = await s.post("/workspaces", { name: "tour" });
  await s.get("/workspaces");
  await s.get(`/workspaces/${workspace.id}`);
  await s.patch(`/workspaces/${workspace.id}`, { name: "detour" });
  await s.delete(`/workspaces/${workspace.id}`);
  const { body: role } = await s.post("/roles", { name: "r", policy: { api_version: "roles/v1", description: "" } });
  await s.get("/roles");
  await s.get(`/roles/${role.id}`);
  await s.put(`/roles/${role.id}`, { name: "q" });
  const { body: grant } = await s.post("/grants", { principal_id: "ada", principal_type: "user", role_id: role.id });
  await s.get("/grants");
  await s.get(`/grants/${grant.id}`);
  await s.post("/permissions/check", { actions: ["order:create"] });
  await s.delete(`/grants/${grant.id}`);
  await s.delete(`/roles/${role.id}`);
  await s.get("/feature_flags");
  await s.post("/feature_flags/capacity-forecast", { enrolled: true });
}

async function images(s: Session): Promise<string> {
  const { body: image } = await s.post("/images", { workspace: s.workspace("default") });
  const { body: part } = await s.post(`/images/${image.id}/parts`, { part_id: 1 });
  await fetch(part.url, { method: "PUT", body: "bytes" });
  await s.post(`/images/${image.id}/complete`, { sha256: "0".repeat(64) });
  await s.get(`/images/${image.id}`);
  await s.get(`/images/${image.id}/download`);
  await s.post(`/images/${image.id}/revoke`);
  await s.post(`/images/${image.id}/reinstate`);
  await s.delete(`/images/${image.id}`);
  await s.get("/images");
  return s.image("trainer");
}

async function instances(s: Session, image: string) {
  const { body: instance } = await s.post("/instances", instanceBody(s, { image, tags: { a: "b" }, ...script }));
  s.sim.advance({ minutes: 5 });
  await s.get("/instances");
  await s.get(`/instances/${instance.id}`);
  await s.get(`/instances/${instance.id}/logs`);
  await s.get(`/instances/${instance.id}/ssh`);
  await s.patch(`/instances/${instance.id}`, { tags: null });
  await s.patch("/instances", { data: [{ id: instance.id, priority_level: "critical" }] });
  const { body: replacement } = await s.post(`/instances/${instance.id}/replace`, { image });
  await s.post(`/instances/${replacement.id}/terminate`);
  await s.delete(`/instances/${instance.id}`);
  await s.get("/instance_skus");
  await s.get(`/instance_skus/${s.sku("richmond")}`);
  await s.get("/instance_skus/availability");
  await s.get(`/instance_skus/${s.sku("richmond")}/availability`);
  await s.get("/instance_sku_property_catalog");
}

async function market(s: Session) {
  const window = `start_at=${s.hour(1)}&end_at=${s.hour(2)}`;
  await s.get(`/orderbook/quote?${window}`);
  await s.get(`/orderbook/depth?${window}`);
  await s.get(`/orderbook/fills?${window}`);
  await s.get(`/orderbook/windows?range_start_at=${s.hour(-1)}&range_end_at=${s.hour(999)}`);
  await s.post("/order_preview", {
    side: "buy",
    requirements: {},
    start_at: s.hour(1),
    duration_seconds: 60,
    node_count: 1,
  });
  await s.post("/orders", orderBody(s));
  const { body: order } = await s.post(
    "/orders",
    orderBody(s, { limit_price_dollars_per_node_hour: "1.0", allow_standing: true }),
  );
  s.sim.advance({ seconds: 1 });
  await s.get("/orders");
  await s.get(`/orders/${order.id}`);
  await s.delete(`/orders/${order.id}`);
}

async function automations(s: Session, image: string) {
  const { body: template } = await s.post("/instance_templates", { workspace: s.workspace("default"), image });
  await s.get("/instance_templates");
  await s.get(`/instance_templates/${template.id}`);
  const common = { pool: s.pool("spare"), instance_sku: s.sku("richmond") };
  const { body: deployment } = await s.post("/deployments", {
    ...common,
    kind: "generic",
    instance_template: template.id,
    target_instance_count: 1,
  });
  const prices = { min_sell_price_dollars_per_node_hour: "1.0", max_buy_price_dollars_per_node_hour: "20.0" };
  const { body: procurement } = await s.post("/procurements", {
    ...common,
    ...prices,
    target: "node_count",
    managed_window_minutes: 60,
  });
  s.sim.advance({ minutes: 5 });
  await s.get(`/deployments?workspace=${s.workspace("default")}`);
  await s.get(`/deployments/${deployment.id}`);
  await s.patch(`/deployments/${deployment.id}`, { target_instance_count: 0 });
  await s.get("/procurements");
  await s.get(`/procurements/${procurement.id}`);
  await s.patch(`/procurements/${procurement.id}`, { enabled: false });
  await s.delete(`/deployments/${deployment.id}`);
  await s.delete(`/procurements/${procurement.id}`);
  await s.delete(`/instance_templates/${template.id}`);
}

async function pools(s: Session) {
  const { body: pool } = await s.post("/pools", { workspace: s.workspace("default") });
  const { body: transfer } = await s.post("/pool_transfers", {
    from_pool: s.pool("main"),
    to_pool: pool.id,
    instance_sku: s.sku("richmond"),
    allocation_schedule_delta: [{ start_at: s.hour(1), end_at: s.hour(2), node_count: 1 }],
  });
  s.sim.advance({ hours: 3 });
  await s.get("/pool_transfers");
  await s.get(`/pool_transfers/${transfer.id}`);
  await s.get("/pools");
  await s.get(`/pools/${pool.id}`);
  await s.patch(`/pools/${pool.id}`, { tags: { a: "b" } });
  await s.delete(`/pools/${pool.id}`);
}

it("responds to every operation of the description with success, as described", async () => {
  const s = await session();
  await tour(s);
  const succeeded = s.sim.requests
    .filter(({ status = 0 }) => status >= 200 && status < 300)
    .map(({ operationId }) => operationId);
  const operations = [...new Set(succeeded)].filter((id) => id !== "upload_part").sort();
  expect(operations).toEqual(operationIds);
  expect(operations).toHaveLength(75);
});
