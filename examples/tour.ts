/**
 * A walk through the client: what a program of yours would do, one step after the other. `npm start` runs it on the mock server; every id comes from what the
 * step before it found, so the same steps work on a real account.
 */
import { ApiError, type Instance, type SfcClient } from "../src/index.js";

/** Where the tour tells its story. */
export type Say = (line: string) => void;

/** Steps that change nothing. Returns an instance to take pool, SKU and image from, if there is one. */
export async function readTour(sfc: SfcClient, say: Say): Promise<Instance | undefined> {
  say("Who am I?");
  const me = await sfc.account.me();
  say(`  ${me.user?.email ?? "a service token"} in account ${me.account_id}`);

  say("Which instances run? Page by page:");
  let model: Instance | undefined;
  for await (const page of sfc.instances.list({ limit: 6 }).pages()) {
    say(`  page of ${page.data.length}${page.hasMore ? ", more to come" : ", the last one"}`);
    for (const instance of page.data) {
      say(`    ${instance.name}  ${instance.status}  ${instance.instance_sku.alias ?? instance.instance_sku.id}`);
      model ??= instance;
    }
  }

  say("What would 4 nodes for 2 hours cost?");
  const preview = await sfc.orders.preview({
    side: "buy",
    start_at: nextMinute(),
    duration_seconds: 7_200,
    node_count: 4,
    requirements: {},
  });
  say(
    preview.type === "quoted"
      ? `  at most $${preview.post_order_body.limit_price_dollars_per_node_hour} per node-hour; nothing was bought`
      : `  nothing to be had: ${preview.reason}`,
  );
  return model;
}

/** Steps that write. They touch only the instance that they create, and end by terminating it. */
export async function writeTour(sfc: SfcClient, model: Instance, say: Say): Promise<void> {
  say("Create an instance. The API takes no key here, so this is never sent twice once it may have arrived:");
  const created = await sfc.instances.create({
    pool: model.pool.id,
    instance_sku: model.instance_sku.id,
    image: model.image.id,
    tags: { tour: "yes" },
  });
  say(`  ${created.id}  ${created.status}`);

  say("Replace it, with a key: a retry, even from another process, gives this same replacement:");
  const idempotencyKey = `tour-${created.id}`;
  const replaced = sfc.instances.replace(created.id, { image: model.image.id }, { idempotencyKey });
  const { data: replacement, attempts } = await replaced.withResponse();
  say(`  ${replacement.id}  after ${attempts} attempt, key ${idempotencyKey}`);

  say("Raise its priority. A batch is all or nothing:");
  const batch = await sfc.instances.batchUpdate({ data: [{ id: replacement.id, priority_level: "critical" }] });
  for (const instance of batch.data) say(`  ${instance.id}  ${instance.priority_level}`);

  await sfc.instances.terminate(replacement.id);
  say("Terminated. One more error, as you would meet it:");
  await showError(() => sfc.instances.get("inst_000000000000000000000"), say);
}

async function showError(call: () => Promise<unknown>, say: Say): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!ApiError.is(error)) throw error;
    say(`  ${error.name} ${error.status} ${error.type}`);
    say(`  ${error.message}`);
  }
}

/** Schedules are aligned to minutes. */
function nextMinute(): number {
  return Math.ceil(Date.now() / 60_000) * 60;
}
