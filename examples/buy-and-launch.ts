/**
 * Buys nodes for a few hours under a spending limit, and starts an instance on them. Run it again after a crash with the same job: it buys and starts nothing twice.
 *
 *     SF_API_KEY=… npx tsx examples/buy-and-launch.ts job-17 2026-07-28T09:00:00Z sfc:pool:acme:default:main isku_… 18.00 sfc:image:acme:default:trainer "$(cat ~/.ssh/id_ed25519.pub)"
 */
import type { SfcClient } from "../src/index.js";
import {
  type BuyPlan,
  cloudInit,
  createOnce,
  type PaceOptions,
  placeOrder,
  unixSeconds,
  waitForInstance,
  waitForOrder,
  waitForSsh,
} from "../src/workflows.js";
import { type Say, whenStarted } from "./support/started.js";

export interface Launch {
  /** The name of the job in your own records. */
  readonly job: string;
  readonly pool: string;
  readonly image: string;
  readonly publicKey: string;
  /** Unix seconds on a whole minute. The same in every run of one job. */
  readonly startAt: number;
  readonly hours: number;
  readonly sku: string;
  /** US dollars per node-hour. With this price and the SKU, a second run finds its order even when the market is empty. */
  readonly maxPrice: string;
  /** US dollars for the whole order. */
  readonly maxSpend: string;
}

export async function buyAndLaunch(sfc: SfcClient, launch: Launch, say: Say, pace: PaceOptions = {}): Promise<void> {
  const { job, pool, image, publicKey, startAt, hours, sku, maxPrice, maxSpend } = launch;
  const plan: BuyPlan = {
    side: "buy",
    pool,
    start_at: startAt,
    duration_seconds: hours * 3_600,
    node_count: 1,
    instance_sku: sku,
    limit_price_dollars_per_node_hour: maxPrice,
    requirements: { accelerator: ["h100"] },
  };
  const { order, totalDollars } = await placeOrder(sfc, plan, { intent: job, maxSpend, ...pace });
  say(`ordered 1 node for ${hours} hours, for at most $${totalDollars}`);
  await waitForOrder(sfc, order.id, "filled", pace);

  const script = cloudInit(`#cloud-config\nssh_authorized_keys: [${JSON.stringify(publicKey)}]\n`);
  const body = { pool, image, instance_sku: sku, cloud_init_user_data: script };
  const { resource: instance } = await createOnce(sfc, "instances", body, { intent: job, ...pace });
  // The instance gets its node when the bought hours begin.
  await waitForInstance(sfc, instance.id, "running", pace);
  const { hostname, port } = await waitForSsh(sfc, instance.id, pace);
  say(`${job} runs: ssh -p ${port} root@${hostname}`);
}

await whenStarted(
  import.meta.url,
  (sfc, [job = "", start = "", pool = "", sku = "", maxPrice = "", image = "", publicKey = ""], say) => {
    const startAt = unixSeconds(start, { minute: "exact" });
    const launch = { job, pool, image, publicKey, startAt, hours: 2, sku, maxPrice, maxSpend: "50" };
    return buyAndLaunch(sfc, launch, say, { deadlineMs: 24 * 3_600_000 });
  },
);
