/**
 * Past one machine: a fleet is redeployed by jobs on BullMQ and a real Redis, worked on by several processes of which three are killed at random points. The job's id is the idempotency key, so
 * that every instance is replaced exactly once. Runs on the simulator: `npm run example:fleet`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
import { type Instance, SfcClient } from "../../src/index.js";
import { keyOf } from "../redeploy-fleet.js";
import { connectionTo, queueName, type ReplaceJob } from "./job.js";
import { type Redis, startRedis } from "./redis.js";
import { Workers } from "./workers.js";

const release = "4f2a";
const fleetSize = 12;
const kills = 3;
const patienceMs = 120_000;

const redis = await startRedis();
if (redis) {
  process.exitCode = await run(redis);
} else {
  console.error(
    "There is no redis-server on this machine. Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis",
  );
  process.exitCode = 1;
}

/** The exit code: 0 when each instance was replaced exactly once. */
async function run(redis: Redis): Promise<number> {
  const sim = await startSimulator({
    realTime: true,
    world: { pools: [{ name: "main", allocations: [{ sku: "richmond", nodes: fleetSize }] }] },
  });
  const queue = new Queue<ReplaceJob>(queueName, { connection: connectionTo(redis.port) });
  const workers = new Workers(redis.port, sim.url, sim.token);
  try {
    const fleet = await launchFleet(sim);
    const image = sim.state.images.find(({ is_public }) => !is_public)?.id ?? "";
    await queue.addBulk(fleet.map(({ id, name }) => jobFor({ id, name, image, release })));
    console.log(`${fleet.length} jobs for 2 workers`);
    workers.start();
    workers.start();
    await killOnTheWay(sim, workers);
    await untilDone(queue);
    return report(sim, fleet);
  } finally {
    await workers.stop();
    await queue.close();
    await redis.stop();
    await sim.close();
  }
}

async function launchFleet(sim: Simulator): Promise<Instance[]> {
  const sfc = new SfcClient({ baseUrl: sim.url, token: sim.token });
  const instance_sku = sim.state.instanceSkus.find(({ alias }) => alias === "richmond")?.id ?? "";
  const image = "sfc:image:sfcompute:public:ubuntu-24.04-cuda-13";
  const fleet: Instance[] = [];
  for (let i = 1; i <= fleetSize; i++) {
    fleet.push(
      await sfc.instances.create({ name: `trainer-${i}`, pool: "sfc:pool:acme:default:main", image, instance_sku }),
    );
  }
  sim.advance({ minutes: 1 });
  return fleet;
}

function jobFor(data: ReplaceJob) {
  // A job that is added twice is one job; what it does twice is one replacement.
  return {
    name: "replace",
    data,
    opts: { jobId: keyOf(release, data.id), attempts: 10, backoff: { type: "fixed" as const, delay: 200 } },
  };
}

/** Kills a worker whenever a random number of instances has been replaced: its job is then not marked as done yet, or another one is under way. */
async function killOnTheWay(sim: Simulator, workers: Workers): Promise<void> {
  const points = Array.from(
    { length: kills },
    (_, i) => Math.floor(((i + Math.random()) * (fleetSize - 2)) / kills) + 1,
  );
  for (const point of points) {
    await until(() => replacements(sim) >= point);
    await sleep(Math.random() * 300);
    await workers.killOne();
    console.log(`a worker is killed after ${replacements(sim)} replacements`);
  }
}

/** Replacements that took effect; repeats that brought an earlier one back are not among them. */
function replacements({ requests }: Simulator): number {
  return requests.filter(({ operationId, committed }) => operationId === "replace_instance" && committed).length;
}

async function untilDone(queue: Queue<ReplaceJob>): Promise<void> {
  await until(async () => {
    const { completed = 0, failed = 0 } = await queue.getJobCounts("completed", "failed");
    return completed + failed === fleetSize;
  });
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + patienceMs; !(await isSo()); await sleep(50)) {
    if (Date.now() > end) throw new Error(`nothing more has happened for ${patienceMs / 1_000} seconds`);
  }
}

function report(sim: Simulator, fleet: readonly Instance[]): number {
  const running = sim.state.instances.filter(({ status }) => status === "running").map(({ name }) => name);
  const expected = fleet.map(({ name }) => `${name}-${release}`);
  const each = running.sort().join() === expected.sort().join() && replacements(sim) === fleet.length;
  const repeats = sim.requests.filter(
    ({ operationId, replayed }) => operationId === "replace_instance" && replayed,
  ).length;
  console.log(`${kills} workers killed, ${repeats} replacements asked for again`);
  console.log(
    each ? `${fleet.length} instances replaced, each exactly once` : `not as it should be: ${running.join(", ")}`,
  );
  return each ? 0 : 1;
}
