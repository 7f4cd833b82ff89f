import fc from "fast-check";
import { expect, test } from "vitest";
import { often } from "../support/long.js";
import { commands } from "./walk/commands.js";
import { emptyMemory, openMarket } from "./walk/market.js";

const leastSteps = often(300, 1_000);

/*
 * Calls go directly to the simulator, without Prism, for speed. A failure prints its seed and the shortest list of commands that causes it.
 */
test("a random walk over instances, pools, orders and keys never breaks an invariant", async () => {
  let steps = 0;
  let unpaid = 0;
  const walk = fc.asyncProperty(fc.commands(commands, { maxCommands: 100, size: "max" }), async (list) => {
    const market = await openMarket();
    const memory = emptyMemory();
    try {
      await fc.asyncModelRun(() => ({ model: memory, real: market }), list);
    } finally {
      steps += memory.steps;
      unpaid += memory.unpaid;
      await market.simulator.close();
    }
  });
  await fc.assert(walk, { seed: 20_260_728, numRuns: often(6, 18) });
  expect(steps).toBeGreaterThanOrEqual(leastSteps);
  // At least one order was refused for lack of money; otherwise the walk would not test those limits.
  expect(unpaid).toBeGreaterThan(0);
}, 60_000);
