import { createClient } from "./client.js";
import type { Instance, Order, OrderCreate, Page } from "./types.js";

const send = createClient("https://api.sfcompute.com", "token");

export async function names(): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { status: ["running"], limit: 200, starting_after: cursor };
    const page = await send<Page<Instance>>("GET", "/preview/v2/instances", { query });
    for (const { name, status } of page.data) found.push(`${name} ${status}`);
    cursor = page.has_more ? (page.cursor ?? undefined) : undefined;
  } while (cursor !== undefined);
  return found;
}

export async function buy(body: OrderCreate, key: string): Promise<string> {
  const order = await send<Order>("POST", "/preview/v2/orders", { body, key });
  return `${order.id} ${order.status}`;
}
