import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { printText } from "./diff/print-text.js";
import { inScratch } from "./diff/read.js";
import { explain, runAsCommand } from "./generate/command.js";
import { finish } from "./generate/finish.js";
import type { Made } from "./generate/make-outputs.js";
import { createProgress, type Progress } from "./generate/progress.js";
import type { Surroundings } from "./generate/surroundings.js";
import { PULL_USAGE, type PullArguments, readPullArguments } from "./pull/arguments.js";
import { type Candidate, readCandidate, tryOut } from "./pull/candidate.js";
import { confirm } from "./pull/confirm.js";
import { fetchText } from "./pull/fetch-text.js";
import { runTests } from "./pull/run-tests.js";

/** What the command needs of the world beyond files and outputs; tests give their own. */
export interface PullWorld extends Surroundings {
  /** Absent where nobody can be asked. */
  readonly ask?: (question: string) => Promise<boolean>;
  readonly test?: (root: string) => Promise<string | undefined>;
}

/** Takes over a new API description: shows what changes, asks, regenerates, tests. Gives the exit code. */
export async function specPull(argv: readonly string[], world: PullWorld): Promise<number> {
  try {
    const options = readPullArguments(argv);
    if (!options.help) return await inScratch((scratch) => pull(options, world, scratch));
    world.stdout.write(PULL_USAGE);
    return 0;
  } catch (error) {
    world.stderr.write(`${explain(error, world.environment)}\nNothing was changed.\n`);
    return 1;
  }
}

async function pull(options: PullArguments, world: PullWorld, scratch: string): Promise<number> {
  const progress = createProgress(world.stdout, world.environment);
  const text = await progress.stage("fetch", () => fetchText(options.from, world.cwd));
  const candidate = await progress.stage("compare", () => readCandidate(text, options.from, world.root, scratch));
  world.stdout.write(printText(candidate.report));
  if (candidate.report.impact === undefined) return 0;
  const made = await progress.stage("generate", () => tryOut(candidate, world.root, scratch));
  if (!options.yes && !(await isWanted(world))) return 1;
  return take(candidate, made, options, world, progress);
}

async function isWanted({ ask, stdout }: PullWorld): Promise<boolean> {
  if (ask !== undefined && (await ask("Take it over?"))) return true;
  stdout.write(`Nothing was changed.${ask === undefined ? " To take it over without being asked: --yes" : ""}\n`);
  return false;
}

/** From here on files change; everything that can refuse has been heard. */
async function take(
  { report, files }: Candidate,
  made: Made,
  options: PullArguments,
  world: PullWorld,
  progress: Progress,
): Promise<number> {
  write(world.root, files);
  const target = { options: { check: false, help: false }, cwd: world.cwd, target: world.root };
  const { lines } = finish({ ...made, ...target, totalMs: progress.totalMs });
  world.stdout.write(lines.map((line) => `${line}\n`).join(""));
  const failure = options.test ? await progress.stage("test", () => (world.test ?? runTests)(world.root)) : undefined;
  const seconds = (progress.totalMs / 1000).toFixed(1);
  world.stdout.write(`Changed: ${[...files.keys()].join(", ")} and what is generated from them (${seconds} s).\n`);
  if (failure === undefined) world.stdout.write(`Version to release: ${report.version.next}\n`);
  else world.stderr.write(`${failure}\n`);
  return failure === undefined ? 0 : 2;
}

/** All texts beside their places first, then the renames. */
function write(root: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, `${name}.tmp`), text);
  }
  for (const name of files.keys()) renameSync(join(root, `${name}.tmp`), join(root, name));
}

await runAsCommand(import.meta.url, (argv, world) =>
  specPull(argv, process.stdin.isTTY && process.stdout.isTTY ? { ...world, ask: confirm } : world),
);
