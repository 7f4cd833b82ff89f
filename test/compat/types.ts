/** Code that must compile in a consumer's project. It is never run. */

import { type Simulator, startSimulator } from "sfc-preview-devtools";
import { ApiError, type Instance, type Order, type Page, SfcClient, type SfcEvent } from "sfc-preview-sdk";
import { createNodeFetch, type NodeFetch } from "sfc-preview-sdk/node";
import { traceCalls } from "sfc-preview-sdk/otel";
import { createPathClient } from "sfc-preview-sdk/paths";

export async function everyday(sfc: SfcClient, id: string): Promise<string[]> {
  const page: Page<Instance> = await sfc.instances.list({ status: ["running"], limit: 20 });
  for await (const order of sfc.orders.list({ side: "buy" })) {
    const { status }: Order = order;
    console.log(status);
  }
  const { data, attempts } = await sfc.instances.replace(id, { image: id }, { idempotencyKey: "key" }).withResponse();
  try {
    await sfc.instances.delete(id);
  } catch (error) {
    if (ApiError.is(error) && error.type === "not_found") return [error.message];
  }
  return [...page.data.map(({ name }) => name), data.id, attempts.toFixed()];
}

export async function refused(sfc: SfcClient, id: string): Promise<void> {
  // @ts-expect-error This operation declares no idempotency key.
  await sfc.instances.get(id, { idempotencyKey: "key" });
  // @ts-expect-error This is neither of the two sides of an order.
  await sfc.orders.list({ side: "borrow" });
}

export async function byPath(): Promise<string | undefined> {
  const client = createPathClient({ token: "sk_live_any" });
  const { data: account } = await client.GET("/preview/v2/me");
  const { data: order } = await client.GET("/preview/v2/orders/{id}", { params: { path: { id: "ordr_any" } } });
  const status: string | undefined = order?.status;
  return status ?? account?.account_id;
}

export function watched(log: (event: SfcEvent) => void): SfcClient[] {
  return [new SfcClient({ onEvent: traceCalls() }), new SfcClient({ onEvent: log })];
}

export function sentByNode(): SfcClient {
  const fetch: NodeFetch = createNodeFetch({ maxConnections: 8, connectTimeoutMs: 5_000 });
  return new SfcClient({ fetch });
}

export async function tested(): Promise<string> {
  const simulator: Simulator = await startSimulator({
    faults: [{ operation: "create_order", fault: { kind: "truncate" } }],
  });
  return simulator.url;
}
