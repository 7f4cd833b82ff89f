import { type OrderCreate, SfcClient } from "sfc-preview-sdk";

const sfc = new SfcClient({ token: "token" });

export async function names(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, status } of sfc.instances.list({ status: ["running"] })) found.push(`${name} ${status}`);
  return found;
}

export async function buy(body: OrderCreate, key: string): Promise<string> {
  const order = await sfc.orders.create(body, { idempotencyKey: key });
  return `${order.id} ${order.status}`;
}
