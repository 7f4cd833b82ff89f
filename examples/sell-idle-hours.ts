/**
 * Sells the nodes of a pool that no instance uses, for some hours. Without `--sell`, it only prints the expected proceeds. Run it again after a crash with the same start: it sells nothing twice.
 *
 *     SF_API_KEY=… npx tsx examples/sell-idle-hours.ts 2026-07-28T09:00:00Z sfc:pool:acme:default:main isku_… 6 --sell
 */
import type { Schedule, SfcClient } from "../src/index.js";
import { type PaceOptions, placeOrder, type SellPlan, unixSeconds, waitForOrder } from "../src/workflows.js";
import { type Say, whenStarted } from "./support/started.js";

export interface IdleSale {
  readonly pool: string;
  readonly sku: string;
  readonly hours: number;
  /** Unix seconds on a whole minute. The same in every run of one sale. */
  readonly startAt: number;
  readonly sell: boolean;
  /** The minimum proceeds of the whole sale in US dollars, after fees. */
  readonly minProceeds: string;
}

export async function sellIdleHours(sfc: SfcClient, sale: IdleSale, say: Say, pace: PaceOptions = {}): Promise<void> {
  const { startAt: start_at } = sale;
  const pool = await sfc.pools.get(sale.pool);
  const held = fewestNodes(
    pool.allocation_schedule.by_instance_sku[sale.sku] ?? [],
    start_at,
    start_at + sale.hours * 3_600,
  );
  const used = (
    await sfc.instances
      .list({ pool: [pool.id], instance_sku: [sale.sku], status: ["running", "awaiting_allocation"] })
      .toArray({ max: 10_000 })
  ).length;
  say(`${pool.name} holds ${held} nodes for ${sale.hours} hours, ${used} in use`);
  if (held <= used) return say("nothing is idle");

  const { accelerator } = await sfc.instanceSkus.get(sale.sku);
  const plan: SellPlan = {
    side: "sell",
    pool: pool.id,
    start_at,
    duration_seconds: sale.hours * 3_600,
    node_count: held - used,
    instance_sku: sale.sku,
    requirements: accelerator ? { accelerator: [accelerator.value] } : {},
  };
  // The pool and the start identify the sale, so that the same hours are never sold twice.
  const options = { intent: `idle-${pool.id}-${start_at}`, minProceeds: sale.minProceeds, ...pace };
  const { totalDollars } = await placeOrder(sfc, plan, { ...options, dryRun: true });
  if (!sale.sell) return say(`would sell ${plan.node_count} idle nodes for at least $${totalDollars}`);
  const { order } = await placeOrder(sfc, plan, options);
  await waitForOrder(sfc, order.id, "filled", pace);
  say(`sold ${plan.node_count} idle nodes for at least $${totalDollars}`);
}

/** The smallest number of nodes at any time of a span. It is 0 where a schedule has no entry. */
function fewestNodes(schedule: Schedule, from: number, until: number): number {
  let covered = from;
  let fewest = Number.POSITIVE_INFINITY;
  for (const { start_at, end_at, node_count } of schedule) {
    const end = end_at ?? Number.POSITIVE_INFINITY;
    if (end <= from || start_at >= until) continue;
    if (start_at > covered) return 0;
    fewest = Math.min(fewest, node_count);
    covered = end;
  }
  return covered >= until ? fewest : 0;
}

await whenStarted(import.meta.url, (sfc, [start = "", pool = "", sku = "", hours = "6", ...flags], say) => {
  const startAt = unixSeconds(start, { minute: "exact" });
  const sale = { pool, sku, hours: Number(hours), startAt, sell: flags.includes("--sell"), minProceeds: "1" };
  return sellIdleHours(sfc, sale, say);
});
