/** `npm run bench:growth [-- TIMES]`: what ten times as many operations cost, in the machine's time and the users' bytes. */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type Costs, measureCosts } from "./growth/measure.js";
import { makeProject } from "./growth/project.js";
import { markdownTable } from "./markdown-table.js";

const times = Number(process.argv[2] ?? 10);
const rounds = 15;

const titles: Record<keyof Costs, string> = {
  whole: "whole client, gzip KiB",
  oneResource: "program using one resource, bytes",
  importMs: "import, ms, bare node included",
  instantiations: "tsc instantiations, 11 different calls",
  checkSeconds: "tsc total time, 11 different calls, s",
  generateSeconds: "generate, whole pipeline, s",
};

const scratch = mkdtempSync(join(tmpdir(), "growth-"));
try {
  const once = await measure(1);
  const more = await measure(times);
  const head = ["", `${once.operations} operations`, `${more.operations} operations`, "ratio", "must reach", "reached"];
  const names = Object.keys(titles) as (keyof Costs)[];
  console.log(
    markdownTable(
      head,
      names.map((name) => line(name, once.costs[name], more.costs[name])),
    ),
  );
  console.log(`\nload: ${loadavg()[0]?.toFixed(2)}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measure(many: number): Promise<{ operations: number; costs: Costs }> {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${many} times the operations`);
  const project = await makeProject(join(scratch, `project-${many}`), many);
  const costs = await measureCosts(project, join(scratch, `consumer-${many}`), rounds);
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return { operations: project.operations, costs };
}

/** No worse than linear; and what does not use more must not cost more at all. */
function line(name: keyof Costs, once: number, more: number): string[] {
  const limit = name === "oneResource" ? 1 : times;
  const ratio = more / once;
  return [titles[name], format(once), format(more), `×${ratio.toFixed(2)}`, `×${limit}`, ratio <= limit ? "yes" : "NO"];
}

function format(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}
