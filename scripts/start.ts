/**
 * `npm start`: regenerate the client, start the simulator with Prism in front of it, and walk through what the client does.
 * `npm start -- --live` walks through your own account instead: reads only; `--writes` adds the steps that create, replace and terminate an instance.
 */
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buyTour, marketPool, readTour, type Stage, writeTour } from "../examples/tour.js";
import { startPrism } from "../packages/devtools/src/prism.js";
import { startSimulator } from "../packages/devtools/src/simulator.js";
import { SfcClient, SfcError } from "../src/index.js";

const { live, writes } = options();

if (live) {
  await liveTour();
} else {
  regenerate();
  await simulatedTour();
}

function options(): { live: boolean; writes: boolean } {
  try {
    const { values } = parseArgs({ options: { live: { type: "boolean" }, writes: { type: "boolean" } } });
    return { live: values.live ?? false, writes: values.writes ?? false };
  } catch (error) {
    return stop(`${(error as Error).message}\nUsage: npm start [-- --live [--writes]]`);
  }
}

function regenerate(): void {
  console.log("1. The description becomes a typed client (npm run generate)");
  const script = fileURLToPath(new URL("generate.ts", import.meta.url));
  const { status } = spawnSync(process.execPath, [...process.execArgv, script], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

async function simulatedTour(): Promise<void> {
  console.log("\n2. A simulator of the API starts, and Prism, which checks both sides against the description");
  const simulator = await startSimulator();
  const prism = await startPrism(["proxy", "--errors"], {}, [simulator.url]);
  console.log(`   ${prism.url} -> ${simulator.url}`);
  try {
    console.log("\n3. The client at work (examples/tour.ts)");
    const stage: Stage = {
      say: console.log,
      now: () => simulator.now,
      wait: async (seconds) => simulator.advance({ seconds }),
    };
    const sfc = new SfcClient({ baseUrl: prism.url, token: simulator.token });
    await printed(async () => {
      await readTour(sfc, stage);
      const pool = await marketPool(sfc);
      const order = pool && (await buyTour(sfc, pool, stage));
      if (pool && order) await writeTour(sfc, pool, order.instance_sku, stage);
    });
  } finally {
    await prism.close();
    await simulator.close();
  }
  console.log("\nThat was a simulator. With SF_API_KEY set, npm start -- --live reads your own account.");
}

async function liveTour(): Promise<void> {
  if (!process.env.SF_API_KEY) stop("--live needs your token in SF_API_KEY");
  const sfc = new SfcClient();
  const stage: Stage = { say: console.log, now: () => new Date(), wait: (seconds) => sleep(seconds * 1000) };
  await printed(async () => {
    await readTour(sfc, stage);
    if (!writes)
      return console.log("\nReads only. --writes creates, replaces and terminates an instance on node time you own.");
    const pool = await marketPool(sfc);
    const [instanceSku] = Object.keys(pool?.allocation_schedule.by_instance_sku ?? {});
    if (pool && instanceSku) await writeTour(sfc, pool, instanceSku, stage);
    else console.log("\nNo pool of yours holds node time, so there is nothing to start an instance on.");
  });
}

/** Errors of the client are part of the story; anything else is a fault of ours. */
async function printed(story: () => Promise<void>): Promise<void> {
  try {
    await story();
  } catch (error) {
    if (!SfcError.is(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
