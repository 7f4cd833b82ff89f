import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { isLong } from "../support/long.js";
import { breaks } from "./breaks.js";
import { bundleClient } from "./bundle.js";
import { planFor } from "./plan.js";
import { readRegressions, readSubset } from "./regressions.js";
import { describeFailure } from "./report.js";
import { runPlan } from "./run.js";

let program: string;
beforeAll(async () => {
  program = await bundleClient(await mkdtemp(join(tmpdir(), "histories-client-")));
});

describe("the results of several processes on a faulty network match the state of the service", () => {
  test.each([["1", "global"], ["2", "node"], ...(isLong ? [["3", "global"] as const] : [])] as const)(
    "with seed %s and the transport %s",
    async (seed, transport) => {
      const options = { transport, processes: 2, steps: 3 };
      const outcome = await runPlan(planFor(seed, options), program);
      expect(outcome.violations, describeFailure(outcome, {}, options)).toEqual([]);
      expect(outcome.history.runs.length).toBeGreaterThan(5);
    },
    90_000,
  );

  test("histories that have failed do not fail again", async () => {
    for (const regression of await readRegressions()) {
      const { seed, transport, why } = regression;
      const subset = readSubset(regression);
      const outcome = await runPlan(planFor(seed, { transport }, subset), program, subset);
      expect(outcome.violations, why).toEqual([]);
    }
  }, 90_000);

  test("a seed decides the same plan each time", () => {
    expect(planFor("7")).toEqual(planFor("7"));
    expect(planFor("7")).not.toEqual(planFor("8"));
  });
});

test.each(breaks)("the place of the deliberate defect exists in the sources: $name", async ({ file, from }) => {
  const text = await readFile(join(import.meta.dirname, "../..", file), "utf8");
  expect(text.split(from)).toHaveLength(2);
});
