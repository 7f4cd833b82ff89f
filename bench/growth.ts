/** `npm run bench:growth [-- TIMES]` measures the cost of ten times as many operations: time, and bytes for users. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { bundled, type Check, checkFile, gzipBytes, writePrograms } from "../scripts/lib/measure.js";
import { dependencies } from "../scripts/lib/npm.js";
import { root } from "../scripts/lib/package.js";
import { execute } from "../scripts/lib/run.js";
import { multiply, ownInputs } from "./multiply.js";
import { runProgram } from "./rows/import.js";
import { markdownTable, summarize } from "./table.js";

/** The costs of a project for its users. Times are medians. */
interface Costs {
  /** KiB, minified and compressed. */
  readonly whole: number;
  /** Bytes, minified. */
  readonly oneResource: number;
  /** Includes the start of Node. */
  readonly importMs: number;
  readonly instantiations: number;
  readonly checkSeconds: number;
  readonly generateSeconds: number;
}

interface Project {
  readonly folder: string;
  readonly operations: number;
  readonly generateSeconds: number;
}

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

/** The files of this project that each copy gets. */
const copied = [
  ...["package.json", "tsconfig.json", "tsconfig.build.json", "redocly.yaml", "biome.json", "scripts", "src"],
  // Sources that the scripts share with the devtools.
  "packages/devtools/src",
];

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

/** Growth must be at most linear, and a program that does not use the additional operations must not grow at all. */
function line(name: keyof Costs, once: number, more: number): string[] {
  const limit = name === "oneResource" ? 1 : times;
  const ratio = more / once;
  return [titles[name], format(once), format(more), `×${ratio.toFixed(2)}`, `×${limit}`, ratio <= limit ? "yes" : "NO"];
}

function format(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

/** A copy of this project whose description has `times` as many operations: generated and built with the project's own scripts. */
async function makeProject(folder: string, times: number): Promise<Project> {
  for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  const { description, table } = multiply(ownInputs(), times);
  mkdirSync(join(folder, "openapi"));
  const write = (name: string, text: string) => writeFileSync(join(folder, "openapi", name), text);
  write("sfc-preview.yaml", JSON.stringify(description));
  write("sdk.yaml", stringify(table));
  write("overlay.yaml", "overlay: 1.0.0\ninfo: { title: Nothing to correct, version: 1.0.0 }\nactions: []\n");
  const generateSeconds = await run(folder, "scripts/generate.ts");
  await run(folder, "scripts/release/build.ts", "--client");
  return { folder, operations: Object.keys(table.operations as object).length, generateSeconds };
}

/** Returns the seconds that it took. */
async function run(folder: string, script: string, ...args: string[]): Promise<number> {
  const startedAt = performance.now();
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  await execute(process.execPath, [tsx, script, ...args], { cwd: folder });
  return (performance.now() - startedAt) / 1_000;
}

/** The programs of the benchmarks, with the package that this project builds. */
async function measureCosts(project: Project, folder: string, rounds: number): Promise<Costs> {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(project.folder, join(folder, "node_modules/sfc-preview-sdk"), "dir");
  for (const name of dependencies()) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "dir");
  }
  writePrograms("ours", folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const program = join(folder, "import.js");
  writeFileSync(program, 'import "sfc-preview-sdk";\nconsole.log(performance.now());\n');
  const imports: number[] = [];
  for (let round = 0; round < rounds; round++) imports.push(await runProgram(program));
  const checks: Check[] = [];
  for (let round = 0; round < rounds / 3; round++) checks.push(await checkFile(folder, "ours/eleven.ts"));
  return {
    whole: (await gzipBytes(join(folder, "ours/whole.ts"))) / 1024,
    oneResource: (await bundled(join(folder, "ours/one-resource.ts"))).length,
    importMs: median(imports),
    instantiations: checks[0]?.instantiations ?? 0,
    checkSeconds: median(checks.map(({ seconds }) => seconds)),
    generateSeconds: project.generateSeconds,
  };
}

function median(samples: readonly number[]): number {
  return summarize(samples).median;
}
