/**
 * Keeps N spot instances running while nodes are cheap, and ranks them: the first ones are the last to end when nodes get scarce. Run it as often as you like. Each run corrects the differences.
 *
 *     SF_API_KEY=… npx tsx examples/keep-spot-running.ts 3 18.00 sfc:workspace:acme:default sfc:pool:acme:default:spare isku_… sfc:image:acme:default:trainer
 */
import { ApiError, type Deployment, type Instance, type SfcClient } from "../src/index.js";
import { createOnce, type PaceOptions, price, priorityBatches, waitUntil } from "../src/workflows.js";
import { type Say, whenStarted } from "./support/started.js";

export interface SpotFleet {
  readonly name: string;
  readonly count: number;
  /** The number of instances that end last. */
  readonly important: number;
  readonly maxPrice: string;
  readonly workspace: string;
  readonly pool: string;
  readonly sku: string;
  readonly image: string;
}

export async function keepSpotRunning(
  sfc: SfcClient,
  fleet: SpotFleet,
  say: Say,
  pace: PaceOptions = {},
): Promise<void> {
  const deployment = await deploy(sfc, fleet, pace);
  say(`${fleet.name} buys nodes up to $${fleet.maxPrice} per hour`);
  const instances = await waitUntil(
    {
      what: fleet.name,
      goal: `${fleet.count} running instances`,
      read: (call) => instancesOf(sfc, deployment, fleet, call),
      stateOf: (running) => `at ${running.length}`,
      verdict: (running) => (running.length >= fleet.count ? "reached" : "pending"),
    },
    pace,
    30 * 60_000,
  );
  const ranked = instances.map(({ id }, index) => [id, index < fleet.important ? "critical" : "yield"] as const);
  for (const batch of priorityBatches(new Map(ranked))) await sfc.instances.batchUpdate(batch);
  say(`${instances.length} run; ${fleet.important} critical, ${instances.length - fleet.important} yield`);
}

/** Spot deployments do not accept a key either, but a pool and SKU can have only one automation. A 409 means that it already exists. */
async function deploy(sfc: SfcClient, fleet: SpotFleet, pace: PaceOptions): Promise<Deployment> {
  const { name, count, workspace, pool, sku, image } = fleet;
  const { resource: template } = await createOnce(
    sfc,
    "instanceTemplates",
    { workspace, image },
    { intent: name, ...pace },
  );
  const wanted = {
    target_instance_count: count,
    max_buy_price_dollars_per_node_hour: price(fleet.maxPrice, { round: "down" }),
  };
  try {
    return await sfc.deployments.create({
      kind: "spot",
      name,
      pool,
      instance_sku: sku,
      instance_template: template.id,
      ...wanted,
    });
  } catch (error) {
    if (!ApiError.is(error) || (error.status !== 409 && error.status !== 400)) throw error;
    const existing = await sfc.deployments.list({ workspace }).toArray({ max: 1_000 });
    const ours = existing.find((deployment) => deployment.object === "spot_deployment" && deployment.name === name);
    if (!ours) throw error;
    return sfc.deployments.update(ours.id, wanted);
  }
}

async function instancesOf(sfc: SfcClient, { id }: Deployment, { pool }: SpotFleet, call: object): Promise<Instance[]> {
  const running = await sfc.instances.list({ pool: [pool], status: ["running"] }, call).toArray({ max: 10_000 });
  // The oldest come first, so that ranks do not change.
  return running
    .filter(({ managed_by }) => managed_by?.id === id)
    .sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
}

await whenStarted(
  import.meta.url,
  (sfc, [count = "1", maxPrice = "", workspace = "", pool = "", sku = "", image = ""], say) =>
    keepSpotRunning(
      sfc,
      { name: "spot-fleet", count: Number(count), important: 1, maxPrice, workspace, pool, sku, image },
      say,
    ),
);
