/**
 * What the package may weigh: `npm run check:size`; `-- --no-build` for `dist/` as it is. Fails when a budget of `budgets.json` is exceeded.
 *
 * By ourselves and not with `size-limit`: of the twelve numbers it knows five (its newest version for Node 20 is 11, which brings ten packages and
 * a second esbuild); tarball, packages and what the compiler pays would need a program of our own all the same.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineCommand, runAsCommand } from "../lib/command.js";
import { readJson } from "../lib/json.js";
import { bytesBelow, checkFile, gzipBytes, writePrograms } from "../lib/measure.js";
import { dependencies, npm, pack, unpackInto } from "../lib/npm.js";
import { root } from "../lib/package.js";
import { inScratch } from "../lib/scratch.js";
import { alignColumns } from "../lib/text.js";

/** What the budgets are about, from `dist/` as it is. The programs are those of the benchmarks. Nothing in it depends on the machine. */
export async function measure(folder: string): Promise<Record<string, number>> {
  const packed = await pack(folder);
  await unpackInto(folder, packed.tarball);
  const programs = join(folder, "contenders");
  writePrograms("ours", programs);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const needed = dependencies();
  const neededBytes = needed.reduce((sum, name) => sum + bytesBelow(join(root, "node_modules", name)), 0);
  return {
    whole: await gzipKib(join(programs, "ours/whole.ts")),
    "one-resource": await gzipKib(join(programs, "ours/one-resource.ts")),
    paths: await entryKib(folder, "paths"),
    workflows: await entryKib(folder, "workflows"),
    otel: await entryKib(folder, "otel"),
    tarball: packed.size / 1024,
    unpacked: packed.unpackedSize / 1024,
    files: packed.entryCount,
    packages: 1 + needed.length,
    installed: (packed.unpackedSize + neededBytes) / 1024,
    "types-small": (await checkFile(folder, "contenders/ours/small.ts")).instantiations,
    "types-eleven": (await checkFile(folder, "contenders/ours/eleven.ts")).instantiations,
  };
}

/** The user has OpenTelemetry already when he loads that entry. */
async function gzipKib(program: string): Promise<number> {
  return (await gzipBytes(program, { external: ["@opentelemetry/api"] })) / 1024;
}

function entryKib(folder: string, entry: string): Promise<number> {
  const program = join(folder, `${entry}.ts`);
  writeFileSync(program, `export * from "sfc-preview-sdk/${entry}";\n`);
  return gzipKib(program);
}

/** A number that must not be exceeded. */
export interface Budget {
  readonly id: string;
  readonly title: string;
  readonly budget: number;
  /** Where it is to go. */
  readonly goal?: number;
}

type Judged = ReturnType<typeof judge>[number];

/** Every budget needs a measurement and every measurement a budget: what is not measured grows. */
export function judge(budgets: readonly Budget[], measurements: Readonly<Record<string, number>>) {
  const without = Object.keys(measurements).find((id) => !budgets.some((budget) => budget.id === id));
  if (without !== undefined) throw new Error(`${without} has no budget`);
  return budgets.map((budget) => {
    const measured = measurements[budget.id];
    if (measured === undefined) throw new Error(`${budget.id} was not measured`);
    return { ...budget, measured, isExceeded: measured > budget.budget };
  });
}

export function printJudged(rows: readonly Judged[]): string {
  const lines = rows.map(({ title, measured, budget, goal, isExceeded }) => [
    title,
    number(measured),
    number(budget),
    goal === undefined ? "" : number(goal),
    isExceeded ? "EXCEEDED" : "",
  ]);
  return alignColumns([["", "now", "budget", "goal", ""], ...lines], [1, 2, 3, 4]);
}

/** Rounded up, so that what is exceeded does not look as if it were met. */
function number(value: number): string {
  // The product of 8.8 and 100 is a little more than 880.
  return (Math.ceil(value * 100 - 1e-6) / 100).toLocaleString("en-US", { maximumFractionDigits: 2 });
}

const sizeCommand = defineCommand(
  {
    call: "npm run check:size --",
    about: "Compares the package with its size budgets.",
    options: { "no-build": { type: "boolean", default: false, help: "take dist/ as it is" } },
  },
  async (options, _, { root, stdout }) => {
    if (!options["no-build"]) await npm(root, "run", "build", "--silent");
    const judged = judge(readJson<Budget[]>(join(root, "scripts/release/budgets.json")), await inScratch(measure));
    stdout.write(`${printJudged(judged)}\n`);
    return judged.some(({ isExceeded }) => isExceeded) ? 1 : 0;
  },
);

await runAsCommand(import.meta.url, sizeCommand);
