import { SfcClient } from "../src/index.js";

const sfc = new SfcClient(); // the token comes from SF_API_KEY

for await (const sku of sfc.instanceSkus.list()) {
  console.log(sku.alias, sku.accelerator?.display_value, sku.region?.display_value);
}
for await (const pool of sfc.pools.list()) {
  console.log(pool.name, pool.kind);
}
