import type { Instance, SfcClient } from "sfc-preview-sdk";
import { createPathClient } from "sfc-preview-sdk/paths";

export async function names(sfc: SfcClient): Promise<string[]> {
  const rows: Instance[] = await sfc.instances.list({ status: ["running"] }).toArray({ max: 10 });
  await createPathClient().GET("/preview/v2/me");
  return rows.map(({ name }) => name);
}
