import { configure, create_order, list_instances, type v2_CreateOrderRequest } from "./client.js";

configure({ auth: { bearer: "token" } });

export async function names(): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      status: ["running" as const],
      limit: 200,
      ...(cursor === undefined ? {} : { starting_after: cursor }),
    };
    const page = await list_instances({ query });
    for (const { name, status } of page.data) found.push(`${name} ${status}`);
    cursor = page.has_more ? (page.cursor ?? undefined) : undefined;
  } while (cursor !== undefined);
  return found;
}

export async function buy(body: v2_CreateOrderRequest, key: string): Promise<string> {
  const order = await create_order({ headers: { "Idempotency-Key": key }, body });
  return `${order.id} ${order.status}`;
}
