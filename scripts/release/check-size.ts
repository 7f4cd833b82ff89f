/**
 * Checks the size of the package: `npm run check:size`, or with `-- --no-build` for the existing `dist/`. Fails when a budget of `budgets.json` is exceeded.
 *
 * `size-limit` does not replace this program, because it measures only five of the twelve values. Its newest version for Node 20 is 11, which installs ten
 * packages and a second esbuild. The tarball, the packages and the compiler's work would need our own program anyway.
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

/** Measures the values of the budgets in the existing `dist/`. The programs are those of the benchmarks. No value depends on the machine. */
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

/** A user who loads this entry already has OpenTelemetry. */
async function gzipKib(program: string): Promise<number> {
  return (await gzipBytes(program, { external: ["@opentelemetry/api"] })) / 1024;
}

function entryKib(folder: string, entry: string): Promise<number> {
  const program = join(folder, `${entry}.ts`);
  writeFileSync(program, `export * from "sfc-preview-sdk/${entry}";\n`);
  return gzipKib(program);
}

/** The maximum value. */
export interface Budget {
  readonly id: string;
  readonly title: string;
  readonly budget: number;
  /** The goal for the future. */
  readonly goal?: number;
}

type Judged = ReturnType<typeof judge>[number];

/** Every budget must have a measurement and every measurement a budget, because values without a measurement grow. */
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

/** The value is rounded up, so that an exceeded budget does not look met. */
function number(value: number): string {
  // The floating-point product of 8.8 and 100 is slightly more than 880.
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
