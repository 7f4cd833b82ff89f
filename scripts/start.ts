/**
 * `npm start`: regenerate the client, start the mock server, and walk through what the client does.
 * `npm start -- --live` walks through your own account instead (reads only; `--writes` adds the steps that create, replace and terminate an instance).
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readTour, writeTour } from "../examples/tour.js";
import { SfcClient, SfcError } from "../src/index.js";
import { startMockServer } from "../src/testing/mock-server.js";

const { live, writes } = options();

if (live) {
  await liveTour();
} else {
  regenerate();
  await mockTour();
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

async function mockTour(): Promise<void> {
  console.log("\n2. A mock server starts from the same description (npm run mock)");
  await using server = await startMockServer();
  console.log(`   ${server.url}`);
  console.log("\n3. The client at work (examples/tour.ts)");
  const sfc = new SfcClient({ baseUrl: server.url, token: "sk_live_not_a_real_one", fetch: stageDirections });
  await tour(sfc, true);
  console.log(
    "\nThat was a mock, and it forgets at once. With SF_API_KEY set, npm start -- --live reads your own account.",
  );
}

async function liveTour(): Promise<void> {
  if (!process.env.SF_API_KEY) stop("--live needs your token in SF_API_KEY");
  await tour(new SfcClient(), writes);
  if (!writes)
    console.log(
      "\nReads only. --writes adds the steps that create, replace and terminate an instance, on node time you own.",
    );
}

async function tour(sfc: SfcClient, withWrites: boolean): Promise<void> {
  try {
    const model = await readTour(sfc, console.log);
    if (!withWrites) return;
    if (model === undefined) console.log("No instance to take pool, SKU and image from, so nothing is created.");
    else await writeTour(sfc, model, console.log);
  } catch (error) {
    if (!SfcError.is(error)) throw error;
    stop(error.message);
  }
}

/** The mock has no memory, so it is told which of its examples fits: a first page, a last page, an instance that is not there. */
async function stageDirections(url: string, init: RequestInit): Promise<Response> {
  const prefer = /instances\?limit=6$/.test(url)
    ? "example=first_page"
    : url.endsWith("/inst_000000000000000000000")
      ? "code=404"
      : "";
  return fetch(url, { ...init, headers: { ...init.headers, ...(prefer && { prefer }) } });
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
