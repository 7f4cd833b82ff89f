/**
 * Redeploys a fleet on several machines: jobs on BullMQ and a real Redis are processed by several worker processes. Three of them and Redis are killed at random points. The job's id is the idempotency
 * key, so that every instance is replaced exactly once. Runs on the simulator: `npm run example:fleet`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
import { type Instance, SfcClient } from "../../src/index.js";
import { connectionTo, enqueue, queueName, type ReplaceJob } from "./job.js";
import { Redis } from "./redis.js";
import { reportOnce } from "./report-once.js";
import { Workers } from "./workers.js";

const release = "4f2a";
const fleetSize = 12;
const kills = 3;
const patienceMs = 120_000;

const redis = await Redis.start();
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
  queue.on("error", reportOnce());
  const workers = new Workers(redis.port, sim.url, sim.token);
  try {
    const fleet = await launchFleet(sim);
    const image = sim.state.images.find(({ is_public }) => !is_public)?.id ?? "";
    const jobs = fleet.map(({ id, name, resource_path }) => ({ id, name, resource_path, image, release }));
    workers.start();
    workers.start();
    await refuseFirst(sim, queue, jobs);
    const added = await Promise.all(jobs.map((job) => enqueue(queue, job)));
    console.log(`${fleet.length} jobs for 2 workers; the first one is ${added[0]}`);
    await killOnTheWay(sim, workers, redis);
    await untilDone(queue);
    const isDone = report(sim, fleet);
    return isDone && (await repeatLater(sim, queue, jobs)) ? 0 : 1;
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

/** Shows that a job whose request the service refuses ends at its first attempt, and not at its tenth. */
async function refuseFirst(sim: Simulator, queue: Queue<ReplaceJob>, [first]: readonly ReplaceJob[]): Promise<void> {
  if (first === undefined) return;
  const fault = sim.faults.add({ operation: "replace_instance", fault: { kind: "answer", status: 403 } });
  await enqueue(queue, first);
  await until(async () => (await queue.getJobCounts("failed")).failed === 1);
  fault.remove();
  if (fault.struck !== 1) throw new Error(`a refused job was tried ${fault.struck} times`);
  console.log("a job that the service refuses ends after 1 attempt");
}

/** Kills a worker, and once Redis, whenever a random number of instances has been replaced. At that time, jobs are running, or are done and not marked as done. */
async function killOnTheWay(sim: Simulator, workers: Workers, redis: Redis): Promise<void> {
  const points = Array.from(
    { length: kills },
    (_, i) => Math.floor(((i + Math.random()) * (fleetSize - 2)) / kills) + 1,
  );
  const withRedis = Math.floor(Math.random() * kills);
  for (const [index, point] of points.entries()) {
    await until(() => replacements(sim) >= point);
    await sleep(Math.random() * 300);
    await workers.killOne();
    console.log(`a worker is killed after ${replacements(sim)} replacements`);
    if (index !== withRedis) continue;
    await redis.kill();
    console.log("Redis is killed, and starts again from its file");
  }
}

/** The replacements that took effect. Repeats that returned an earlier replacement are not included. */
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

function report(sim: Simulator, fleet: readonly Instance[]): boolean {
  const running = sim.state.instances.filter(({ status }) => status === "running").map(({ name }) => name);
  const expected = fleet.map(({ name }) => `${name}-${release}`);
  const each = running.sort().join() === expected.sort().join() && replacements(sim) === fleet.length;
  const repeats = sim.requests.filter(
    ({ operationId, replayed }) => operationId === "replace_instance" && replayed,
  ).length;
  console.log(`${kills} workers and Redis killed, ${repeats} replacements asked for again`);
  console.log(
    each ? `${fleet.length} instances replaced, each exactly once` : `not as it should be: ${running.join(", ")}`,
  );
  return each;
}

/** Two days later, the queue is empty and the service has forgotten every key. All jobs are added again, and find their replacements by name. */
async function repeatLater(sim: Simulator, queue: Queue<ReplaceJob>, jobs: readonly ReplaceJob[]): Promise<boolean> {
  sim.advance({ days: 2 });
  await queue.clean(0, fleetSize, "completed");
  for (const job of jobs) await enqueue(queue, job);
  await untilDone(queue);
  const { completed } = await queue.getJobCounts("completed");
  const isUnchanged = completed === fleetSize && replacements(sim) === fleetSize;
  console.log(
    isUnchanged
      ? `two days later: ${completed} jobs found their replacement by its name`
      : `two days later: ${completed} jobs completed, ${replacements(sim)} replacements`,
  );
  return isUnchanged;
}
