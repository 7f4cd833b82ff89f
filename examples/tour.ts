/**
 * A tour of the client: the steps that your own program would take. `npm start` runs it on the simulator. Every id comes from the result of an
 * earlier step, so the same steps work with a real account.
 */
import { ApiError, type Instance, type Order, type OrderCreate, type Pool, type SfcClient } from "../src/index.js";
import { cloudInit } from "../src/workflows.js";

/** The output of the tour, and the way its time passes: the simulator's clock can be advanced, and that of a real account cannot. */
export interface Stage {
  say(line: string): void;
  now(): Date;
  wait(seconds: number): Promise<void>;
}

/** Steps that change nothing. */
export async function readTour(sfc: SfcClient, { say, now }: Stage): Promise<void> {
  say("Who am I?");
  const me = await sfc.account.me();
  say(`  ${me.user?.email ?? "a service token"} in account ${me.account_id}`);

  say("Which pools are there? Two on a page, page after page:");
  for await (const page of sfc.pools.list({ limit: 2 }).pages()) {
    say(`  ${page.data.map((pool) => pool.name).join(", ")}${page.hasMore ? "  (more to come)" : "  (the last page)"}`);
  }

  say("What would 2 nodes for 2 hours cost? A preview buys nothing:");
  const preview = await previewOrder(sfc, now());
  say(
    preview.type === "quoted"
      ? `  $${preview.post_order_body.limit_price_dollars_per_node_hour} per node-hour`
      : `  nothing to be had: ${preview.reason}`,
  );
}

/** Spends money. The key makes it safe to run again, because the service returns the first order for a repeat. */
export async function buyTour(sfc: SfcClient, pool: Pool, { say, now, wait }: Stage): Promise<OrderCreate | undefined> {
  say("Buy them, with a key that would survive a crash of this program:");
  const preview = await previewOrder(sfc, now(), pool.id);
  if (preview.type !== "quoted") return undefined;
  const order = preview.post_order_body;
  const placed = await sfc.orders.create(order, { idempotencyKey: "tour-order-1" });
  say(`  ${placed.id}  ${placed.status}`);
  await wait(5);
  const filled: Order = await sfc.orders.get(placed.id);
  say(`  ${filled.id}  ${filled.status} at $${filled.filled_average_price_dollars_per_node_hour}`);
  return order;
}

const script = cloudInit("#cloud-config\n");

/** Starts an instance on the pool's nodes. It changes only what it creates, and terminates the instance at the end. */
export async function writeTour(sfc: SfcClient, pool: Pool, instanceSku: string, stage: Stage): Promise<void> {
  const { say, wait } = stage;
  const image = await publicImage(sfc);
  say("Create an instance. This operation takes no key, so it is never sent twice once it may have arrived:");
  const created = await sfc.instances.create({
    pool: pool.id,
    instance_sku: instanceSku,
    image,
    cloud_init_user_data: script,
    tags: { tour: "yes" },
  });
  say(`  ${line(created)}`);
  await wait(60);
  say(`  ${line(await sfc.instances.get(created.id))}`);
  say("It has its machine and boots. Since it has a startup script, there will be an address to log in to:");
  await wait(120);
  say(`  ${await addressOf(sfc, created.id)}`);

  say("Replace it, with a key. The same call again, as after a crash, gives the same replacement:");
  const idempotencyKey = `tour-${created.id}`;
  // The script is not inherited. Without it, no one could log in to the replacement.
  const fresh = { image, cloud_init_user_data: script };
  const replacement = await sfc.instances.replace(created.id, fresh, { idempotencyKey });
  const again = await sfc.instances.replace(created.id, fresh, { idempotencyKey });
  say(`  ${replacement.id}\n  ${again.id}  ${again.id === replacement.id ? "the same one" : "a second one!"}`);

  say("Raise its priority. A batch is all or nothing:");
  const { data } = await sfc.instances.batchUpdate({ data: [{ id: replacement.id, priority_level: "critical" }] });
  for (const instance of data) say(`  ${instance.id}  ${instance.priority_level}`);

  say("Terminate it, and meet an error by trying to terminate it again:");
  await sfc.instances.terminate(replacement.id);
  try {
    await sfc.instances.terminate(replacement.id);
  } catch (error) {
    if (!ApiError.is(error)) throw error;
    say(`  ${error.name} ${error.status} ${error.type}, ambiguous: ${error.ambiguous}`);
    say(`  ${error.message}`);
  }
}

async function addressOf(sfc: SfcClient, id: string): Promise<string> {
  try {
    const { hostname, port } = await sfc.instances.getSsh(id);
    return `${hostname}, port ${port}`;
  } catch (error) {
    if (!ApiError.is(error) || error.status !== 404) throw error;
    return "none yet: a boot can take ten minutes";
  }
}

/** The first pool that trades on the market. */
export async function marketPool(sfc: SfcClient): Promise<Pool | undefined> {
  for await (const pool of sfc.pools.list()) if (pool.kind === "market") return pool;
  return undefined;
}

function previewOrder(sfc: SfcClient, now: Date, pool?: string) {
  return sfc.orders.preview({
    side: "buy",
    // Unix seconds on a whole minute.
    start_at: Math.ceil(now.getTime() / 60_000) * 60,
    duration_seconds: 7_200,
    node_count: 2,
    requirements: {},
    ...(pool !== undefined && { pool }),
  });
}

async function publicImage(sfc: SfcClient): Promise<string> {
  const [image] = await sfc.images.list({ workspace: "sfc:workspace:sfcompute:public" }).toArray({ max: 1 });
  if (image === undefined) throw new Error("there is no public image");
  return image.id;
}

const line = (instance: Instance) => `${instance.id}  ${instance.name}  ${instance.status}`;
