// Runs each program of the README, pasted unchanged into a file, against the simulator that users install.
import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { startSimulator } from "sfc-preview-devtools";
import { SfcClient } from "sfc-preview-sdk";

const simulator = await startSimulator();
process.env.SF_BASE_URL = simulator.url;
process.env.SF_API_KEY = "sk_live_any";
const sfc = new SfcClient();
const program = (n) => new URL(`./readme/out/program-${n}.js`, import.meta.url);

/** The output of a program. */
async function run(n) {
  const worker = new Worker(program(n), { stdout: true, stderr: true });
  const printed = [];
  for (const stream of [worker.stdout, worker.stderr]) stream.on("data", (text) => printed.push(String(text)));
  await once(worker, "exit");
  return printed.join("");
}

// The first program lists hardware and pools, and changes nothing.
assert.match(await run(1), /^antares NVIDIA B200 eu-north\n[\s\S]*\nmain market\n$/);
assert.deepEqual(
  simulator.requests.map(({ method }) => method),
  ["GET", "GET"],
);

// A purchase with a key buys once, and reports a balance that is too low.
const { buy } = await import(program(2));
const start_at = simulator.now.getTime() / 1000 + 600;
const plan = { side: "buy", pool: "sfc:pool:acme:default:spare", start_at, duration_seconds: 3600, node_count: 1 };
const preview = await sfc.orders.preview({ ...plan, requirements: {} });
const first = await buy("17", preview.post_order_body);
assert.equal((await buy("17", preview.post_order_body)).id, first.id);

// One page, all items, and the sent requests.
assert.match(await run(3), /^1 1 acme \S+ 1\n$/);

// Middleware and the listener.
assert.match(await run(4), /account\.me #\d+ attempt 1: 200[\s\S]*acme\n$/);

// The nightly purchase can run again.
const { buyNight } = await import(program(5));
const night = new Date(simulator.now.getTime() + 86_400_000).toISOString().slice(0, 10);
const bought = await buyNight(sfc, plan.pool, night);
assert.equal((await buyNight(sfc, plan.pool, night)).order.id, bought.order.id);
assert.equal((await sfc.orders.list().toArray({ max: 9 })).length, 2);

// A test with a fault.
assert.equal(await run(6), "3 2\n");

await simulator.close();
