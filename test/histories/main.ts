/** `npm run histories [-- --seeds N --seed S --minutes M --transport global|node --only STEPS --strikes STRIKES]` */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleClient } from "./bundle.js";
import { type PlanOptions, planFor, type Subset } from "./plan.js";
import { asRegression, type Regression } from "./regressions.js";
import { describeFailure, Totals } from "./report.js";
import { runPlan } from "./run.js";
import { shortest } from "./shrink.js";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    seed: { type: "string" },
    minutes: { type: "string" },
    transport: { type: "string" },
    only: { type: "string" },
    strikes: { type: "string" },
    /** A file for failing histories, in the form of `regressions.json`. */
    keep: { type: "string" },
    /** Ends at the first failing seed, and prints one line about it. */
    first: { type: "boolean", default: false },
    "self-check": { type: "boolean", default: false },
  },
});

function subsetFrom(): Subset {
  const listed = (text: string | undefined) =>
    text === undefined ? undefined : new Set(text.split(",").filter(Boolean));
  const steps = listed(values.only);
  const strikes = listed(values.strikes);
  return { ...(steps && { steps }), ...(strikes && { strikes }) };
}

/** The requested seeds, or random seeds until the time is up. */
function* seeds(): Generator<string> {
  if (values.minutes !== undefined) {
    const end = Date.now() + Number(values.minutes) * 60_000;
    while (Date.now() < end) yield String(Math.floor(Math.random() * 1e9));
    return;
  }
  const first = Number(values.seed ?? 1);
  const count = values.seed === undefined || process.argv.includes("--seeds") ? Number(values.seeds) : 1;
  for (let index = 0; index < count; index++) yield String(first + index);
}

async function main(): Promise<number> {
  if (values["self-check"]) return (await import("./self-check.js")).selfCheck(values.only);
  const options: PlanOptions = { transport: values.transport as PlanOptions["transport"] };
  const folder = await mkdtemp(join(tmpdir(), "histories-client-"));
  const totals = new Totals();
  const failed: Regression[] = [];
  try {
    const program = await bundleClient(folder);
    for (const seed of seeds()) {
      const subset = subsetFrom();
      const outcome = await runPlan(planFor(seed, options, subset), program, subset);
      totals.add(outcome);
      if (outcome.violations.length === 0) continue;
      if (values.first) {
        console.log(`seed ${seed}: ${outcome.violations.map(({ rule, text }) => `${rule}: ${text}`).join("; ")}`);
        break;
      }
      const found = values.only === undefined ? await shortest(outcome, options, program) : { outcome, subset };
      console.log(describeFailure(found.outcome, found.subset, options));
      failed.push(asRegression(found.outcome, found.subset));
      if (values.keep !== undefined) await writeFile(values.keep, `${JSON.stringify(failed, null, 2)}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(totals.text());
  return totals.failures > 0 ? 1 : 0;
}

process.exitCode = await main();
