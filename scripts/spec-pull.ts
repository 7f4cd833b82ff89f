import { ownVersion } from "./diff/own-version.js";
import { printText } from "./diff/print-text.js";
import { inScratch } from "./diff/read.js";
import { areSame, compareDescriptions, type Report } from "./diff/report.js";
import { commit, recover } from "./generate/commit.js";
import { finish } from "./generate/finish.js";
import { misfitLines, misfits } from "./generate/hand-written.js";
import { withLock } from "./generate/lock.js";
import type { Made } from "./generate/make-outputs.js";
import type { Surroundings } from "./lib/command.js";
import { createProgress, explain, type Progress, runAsCommand } from "./lib/command.js";
import { PULL_USAGE, type PullArguments, readPullArguments } from "./pull/arguments.js";
import { readCandidate, tryOut } from "./pull/candidate.js";
import { changesets } from "./pull/changeset.js";
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
  const { root } = world;
  const progress = createProgress(world.stdout, world.environment);
  const text = await progress.stage("fetch", () => fetchText(options.from, world.cwd));
  const candidate = await progress.stage("read", () => readCandidate(text, options.from, root));
  const { older, newer } = candidate;
  // Processes of their own do most of it, so it runs while the two are compared; what stops it is heard after the difference.
  const making = areSame(older, newer) ? undefined : tryOut(candidate, root, scratch);
  const settled = Promise.allSettled([making]);
  try {
    const { report } = await progress.stage("compare", () => compareDescriptions(older, newer, root, ownVersion(root)));
    world.stdout.write(printText(report));
    if (making === undefined || report.impact === undefined) return 0;
    const made = await progress.stage("generate", () => making);
    if (!options.yes && !(await isWanted(world))) return 1;
    const files = new Map([...candidate.files, ...changesets(report, newer.source.value, root)]);
    return await take({ report, made, files }, options, world, progress);
  } finally {
    await settled;
  }
}

async function isWanted({ ask, stdout }: PullWorld): Promise<boolean> {
  if (ask !== undefined && (await ask("Take it over?"))) return true;
  stdout.write(`Nothing was changed.${ask === undefined ? " To take it over without being asked: --yes" : ""}\n`);
  return false;
}

/** From here on files change; everything that can refuse has been heard. */
async function take(
  { report, made, files }: { report: Report; made: Made; files: ReadonlyMap<string, string> },
  options: PullArguments,
  world: PullWorld,
  progress: Progress,
): Promise<number> {
  const target = { options: { check: false, help: false }, cwd: world.cwd, target: world.root };
  const { lines, isNew } = await withLock(world.root, () => {
    recover(world.root);
    commit(world.root, files, []);
    return finish({ ...made, ...target, totalMs: progress.totalMs });
  });
  const found = isNew ? await progress.stage("compile", () => misfits(world.root)) : [];
  world.stdout.write([...lines, ...misfitLines(found)].map((line) => `${line}\n`).join(""));
  const failure = options.test ? await progress.stage("test", () => failureOf(world)) : undefined;
  const seconds = (progress.totalMs / 1000).toFixed(1);
  world.stdout.write(`Changed: ${[...files.keys()].join(", ")} and what is generated from them (${seconds} s).\n`);
  if (failure === undefined) world.stdout.write(`Version to release: ${report.version.next}\n`);
  else world.stderr.write(`${failure}\n`);
  return failure === undefined ? 0 : 2;
}

/** Also tests that cannot be run are a failure, not a reason to say that nothing was changed. */
function failureOf({ test = runTests, root, environment }: PullWorld): Promise<string | undefined> {
  return test(root).catch((error: unknown) => explain(error, environment));
}

await runAsCommand(import.meta.url, (argv, world) =>
  specPull(argv, process.stdin.isTTY && process.stdout.isTTY ? { ...world, ask: confirm } : world),
);
