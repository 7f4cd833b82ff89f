/**
 * `npm start` regenerates the client, starts the simulator with Prism in front of it, and shows the features of the client.
 * `npm start -- --live` uses your own account instead, and only reads. `--writes` adds the steps that create, replace and terminate an instance.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { buyTour, marketPool, readTour, type Stage, writeTour } from "../examples/tour.js";
import { startPrism } from "../packages/devtools/src/prism.js";
import { startSimulator } from "../packages/devtools/src/simulator.js";
import { SfcClient } from "../src/index.js";
import { generate } from "./generate.js";
import { defineCommand, refuseCall, runAsCommand } from "./lib/command.js";

const call = "npm start --";
const about = "Regenerates the client, then tours the API on a simulator.";
const options = {
  live: {
    type: "boolean",
    default: false,
    help: "tour your own account instead, with the token in SF_API_KEY; reads only",
  },
  writes: { type: "boolean", default: false, help: "with --live: create, replace and terminate an instance too" },
} as const;

const start = defineCommand({ call, about, options }, async ({ live, writes }, _, world) => {
  if (live) {
    if (!world.environment.SF_API_KEY) refuseCall(call, "--live needs your token in SF_API_KEY.");
    await liveTour(writes);
    return 0;
  }
  console.log("1. The description becomes a typed client (npm run generate)");
  const code = await generate([], world);
  if (code === 0) await simulatedTour();
  return code;
});

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
    await readTour(sfc, stage);
    const pool = await marketPool(sfc);
    const order = pool && (await buyTour(sfc, pool, stage));
    if (pool && order) await writeTour(sfc, pool, order.instance_sku, stage);
  } finally {
    await prism.close();
    await simulator.close();
  }
  console.log("\nThat was a simulator. With SF_API_KEY set, npm start -- --live reads your own account.");
}

async function liveTour(writes: boolean): Promise<void> {
  const sfc = new SfcClient();
  const stage: Stage = { say: console.log, now: () => new Date(), wait: (seconds) => sleep(seconds * 1000) };
  await readTour(sfc, stage);
  if (!writes)
    return console.log("\nReads only. --writes creates, replaces and terminates an instance on node time you own.");
  const pool = await marketPool(sfc);
  const [instanceSku] = Object.keys(pool?.allocation_schedule.by_instance_sku ?? {});
  if (pool && instanceSku) await writeTour(sfc, pool, instanceSku, stage);
  else console.log("\nNo pool of yours holds node time, so there is nothing to start an instance on.");
}

await runAsCommand(import.meta.url, start);
