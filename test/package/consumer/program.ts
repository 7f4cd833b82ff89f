import type { Instance, SfcClient } from "sfc-preview-sdk";
import { createNodeFetch } from "sfc-preview-sdk/node";
import { createPathClient, type Middleware, wrapAsPathBasedClient } from "sfc-preview-sdk/paths";

export const fetch: ReturnType<typeof createNodeFetch> = createNodeFetch();

export async function names(sfc: SfcClient): Promise<string[]> {
  const rows: Instance[] = await sfc.instances.list({ status: ["running"] }).toArray({ max: 10 });
  return rows.map(({ name }) => name);
}

/** Members of responses by path: an open enum is a string. */
export async function states(): Promise<string[]> {
  const middleware: Middleware = { onRequest: ({ request }) => void request.headers.set("x-trace", "7") };
  const client = createPathClient({ headers: { "x-team": "a" } });
  client.use(middleware);
  const { data: order, error } = await client.GET("/preview/v2/orders/{id}", { params: { path: { id: "ordr_1" } } });
  if (error) return [error.error.message];
  const status: string = order.status;
  const { data: instances } = await client.GET("/preview/v2/instances", { params: { query: { status: ["running"] } } });
  const { data: account } = await wrapAsPathBasedClient(client)["/preview/v2/me"].GET();
  return [status, account?.object ?? "", ...(instances?.data ?? []).map((instance): string => instance.status)];
}
