import type { Simulator } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";

const named = (kind: string, name: string) => `sfc:${kind}:acme:default:${name}`;

/** Creates at least one row of every kind, so that every read operation can be called. */
export async function populate(simulator: Simulator): Promise<void> {
  const { url, token, now, state } = simulator;
  const sfc = new SfcClient({ baseUrl: url, token });
  const workspace = "sfc:workspace:acme:default";
  const [pool, spare, image] = [named("pool", "main"), named("pool", "spare"), named("image", "trainer")];
  const sku = (alias: string) => state.instanceSkus.find((one) => one.alias === alias)?.id ?? "";
  const [instance_sku, start_at] = [sku("richmond"), now.getTime() / 1000 + 3600];
  const { id: instance_template } = await sfc.instanceTemplates.create({ workspace, image, tags: { tier: "web" } });
  const deployment = { pool, instance_sku, instance_template, target_instance_count: 1 };
  await sfc.deployments.create({ kind: "generic", ...deployment });
  await sfc.deployments.create({ kind: "spot", ...deployment, max_buy_price_dollars_per_node_hour: "17.000000" });
  const instance = { pool, image, instance_sku, tags: { tier: "web" } };
  await sfc.instances.create({ ...instance, cloud_init_user_data: btoa("#!/bin/sh") });
  const prices = { min_sell_price_dollars_per_node_hour: "9.000000", max_buy_price_dollars_per_node_hour: "10.000000" };
  await sfc.procurements.create({
    target: 1,
    pool: spare,
    instance_sku,
    ...prices,
    managed_window_minutes: 60,
    enabled: false,
  });
  const request = {
    side: "buy",
    pool: spare,
    start_at,
    duration_seconds: 3600,
    node_count: 1,
    requirements: {},
  } as const;
  const preview = await sfc.orders.preview(request);
  if (preview.type !== "quoted") throw new Error(preview.reason);
  await sfc.orders.create(preview.post_order_body);
  const allocation_schedule_delta = [{ start_at, end_at: start_at + 3600, node_count: 1 }];
  await sfc.poolTransfers.create({ from_pool: pool, to_pool: spare, instance_sku, allocation_schedule_delta });
  simulator.advance({ minutes: 20 });
}
