import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const client = createClient<paths>({
  baseUrl: "https://api.sfcompute.com",
  headers: { authorization: "Bearer token" },
});

export async function names(): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      status: ["running" as const],
      limit: 200,
      ...(cursor === undefined ? {} : { starting_after: cursor }),
    };
    const { data, error } = await client.GET("/preview/v2/instances", { params: { query } });
    if (error) throw new Error(error.error.message);
    for (const { name, status } of data.data) found.push(`${name} ${status}`);
    cursor = data.has_more ? (data.cursor ?? undefined) : undefined;
  } while (cursor !== undefined);
  return found;
}

export async function buy(body: components["schemas"]["v2.CreateOrderRequest"], key: string): Promise<string> {
  const params = { header: { "Idempotency-Key": key } };
  const { data, error } = await client.POST("/preview/v2/orders", { params, body });
  if (error) throw new Error(error.error.message);
  return `${data.id} ${data.status}`;
}
