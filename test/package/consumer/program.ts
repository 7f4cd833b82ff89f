import type { Instance, SfcClient } from "sfc-preview-sdk";
import { createNodeFetch } from "sfc-preview-sdk/node";
import { createPathClient } from "sfc-preview-sdk/paths";

export const fetch: ReturnType<typeof createNodeFetch> = createNodeFetch();

export async function names(sfc: SfcClient): Promise<string[]> {
  const rows: Instance[] = await sfc.instances.list({ status: ["running"] }).toArray({ max: 10 });
  await createPathClient().GET("/preview/v2/me");
  return rows.map(({ name }) => name);
}
