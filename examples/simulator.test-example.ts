import { expect, test } from "vitest";
import { startSimulator } from "../packages/devtools/src/index.js";
import { SfcClient } from "../src/index.js";

test("a waiting instance runs as soon as the time of its nodes begins", async () => {
  await using simulator = await startSimulator();
  const sfc = new SfcClient({ baseUrl: simulator.url, token: simulator.token });
  const pool = "sfc:pool:acme:default:spare"; // an empty pool in the simulator's initial world
  const start_at = simulator.now.getTime() / 1000 + 600;
  const request = { side: "buy", pool, start_at, duration_seconds: 3600, node_count: 1, requirements: {} } as const;
  const preview = await sfc.orders.preview(request);
  if (preview.type !== "quoted") throw new Error(preview.reason);
  const body = { pool, instance_sku: preview.post_order_body.instance_sku, image: "sfc:image:acme:default:trainer" };
  const { id } = await sfc.instances.create(body);
  expect((await sfc.instances.get(id)).status).toBe("awaiting_allocation");
  await sfc.orders.create(preview.post_order_body);
  simulator.advance({ minutes: 10 });
  expect((await sfc.instances.get(id)).status).toBe("running");
});
