import { afterAll, beforeAll, expect, test } from "vitest";
import { buyTour, marketPool, readTour, type Stage, writeTour } from "../../examples/tour.js";
import { type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";

let simulator: Simulator;
let sfc: SfcClient;

beforeAll(async () => {
  simulator = await startSimulator();
  sfc = new SfcClient({ baseUrl: simulator.url, token: simulator.token });
});
afterAll(() => simulator?.close());

/** A stage that records the output. */
function stage(): Stage & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    say: (line) => lines.push(line),
    now: () => simulator.now,
    wait: async (seconds) => simulator.advance({ seconds }),
  };
}

test("the first part of the tour only reads", async () => {
  const output = stage();
  await readTour(sfc, output);
  expect(output.lines.join("\n")).toMatch(
    /ada@acme\.example[\s\S]*\(more to come\)[\s\S]*\(the last page\)[\s\S]*\$\d+\.\d+ per/,
  );
  expect(simulator.requests.filter(({ committed }) => committed)).toEqual([]);
});

test("the tour buys node time, runs an instance on it, replaces it once, and terminates it", async () => {
  const output = stage();
  const pool = await marketPool(sfc);
  if (pool === undefined) throw new Error("the default world has a market pool");
  const order = await buyTour(sfc, pool, output);
  await writeTour(sfc, pool, order?.instance_sku ?? "", output);
  const story = output.lines.join("\n");
  expect(story).toMatch(
    /pending[\s\S]*filled at \$[\s\S]*awaiting_allocation[\s\S]*running[\s\S]*\.ssh\.invalid, port 22[\s\S]*the same one[\s\S]*critical/,
  );
  expect(story).toMatch(/ApiError 404 not_found, ambiguous: false/);
  expect(simulator.state.instances.map(({ status }) => status)).toEqual(["terminated", "terminated"]);
});
