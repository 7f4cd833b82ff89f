import { createInterface } from "node:readline/promises";
import { findMisfits } from "../generate/standalone.js";
import { finish } from "../generate/write.js";
import { createProgress, defineCommand, explain, runAsCommand, type Surroundings } from "../lib/command.js";
import { withLock } from "../lib/commit.js";
import { runPackage } from "../lib/run.js";
import { inScratch } from "../lib/scratch.js";
import { fetchText, inputFiles, readBoth, releaseNotes, tryOut } from "./candidate.js";
import { compareDescriptions } from "./diff.js";
import { printText } from "./report.js";

/** The URL at which the vendor publishes the description. */
const PUBLISHED = "https://docs.sfcompute.com/preview/openapi.json";

const call = "npm run spec:pull --";

const about = `Takes over a new API description: shows what changes, asks, then regenerates the client and tests it.
Without URL and FILE it fetches ${PUBLISHED}.

Exit code: 0 when it is taken over or nothing is different, 1 when nothing was changed, 2 when it is taken over and its
type-check or tests fail.`;

/** The environment of the command besides files and output. Tests pass their own. */
export interface PullWorld extends Surroundings {
  /** Asks for confirmation. Absent when no one can be asked. */
  readonly ask?: (question: string) => Promise<boolean>;
  readonly test?: (root: string) => Promise<string | undefined>;
}

const options = { yes: { type: "boolean", short: "y", default: false, help: "do not ask" } } as const;
const names = { form: "[URL|FILE]", advice: "Give one address or file." };

/** Updates the API description: shows the changes, asks for confirmation, regenerates, tests. */
export const specPull = defineCommand(
  { call, about, options, names, afterFailure: "Nothing was changed.\n" },
  ({ yes }, [from = PUBLISHED], world: PullWorld) => inScratch((scratch) => pull(from, yes, world, scratch)),
);

async function pull(from: string, yes: boolean, world: PullWorld, scratch: string): Promise<number> {
  const { root } = world;
  const progress = createProgress(world.stdout, world.environment);
  const text = await progress.stage("fetch", () => fetchText(from, world.cwd));
  const [older, newer] = await progress.stage("read", () => readBoth(text, from, root));
  const { report, after } = await progress.stage("compare", () => compareDescriptions(older, newer, root));
  world.stdout.write(printText(report));
  if (report.impact === undefined) return 0;
  const inputs = inputFiles(newer, after.rowChanges, root);
  const made = await progress.stage("generate", () => tryOut(inputs, newer, root, scratch));
  if (!yes && !(await world.ask?.("Take it over?"))) {
    world.stdout.write(`Nothing was changed.${world.ask ? "" : " To take it over without being asked: --yes"}\n`);
    return 1;
  }
  const files = new Map([...inputs, ...releaseNotes(report, newer, root)]);
  // The description and the generated files are replaced in one step, so that a failure cannot leave a description that differs from the client.
  const outputs = new Map([...made.outputs, ...files]);
  const job = { options: { check: false, help: false }, cwd: world.cwd, target: root, totalMs: progress.totalMs };
  const { lines, isNew } = await withLock(root, () => finish({ ...made, ...job, outputs }));
  const found = isNew ? await progress.stage("compile", () => findMisfits(root, scratch)) : [];
  world.stdout.write([...lines, ...found].map((line) => `${line}\n`).join(""));
  // Tests that cannot be run count as failed. The changes are still reported.
  const test = () => (world.test ?? runTests)(root).catch((error: unknown) => explain(error, world.environment));
  const failure = await progress.stage("test", test);
  const seconds = (progress.totalMs / 1000).toFixed(1);
  world.stdout.write(`Changed: ${[...files.keys()].join(", ")} and what is generated from them (${seconds} s).\n`);
  if (failure === undefined) world.stdout.write(`Version to release: ${report.version.next}\n`);
  else world.stderr.write(`${failure}\n`);
  return failure === undefined ? 0 : 2;
}

/** Asks in the terminal. Any answer except yes means no. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const text = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(text.trim());
}

/** The contract tests that call the client. The other files in the folder test the tests. */
const CONTRACT = ["test/contract/operations.test.ts", "test/contract/documented-calls.test.ts"];

/** Type-checks the project and runs its contract tests in parallel. Returns the failures. */
export async function runTests(root: string): Promise<string | undefined> {
  const [types, tests] = await Promise.all([
    runPackage("typescript-native", ["-p", "tsconfig.json"], root),
    runPackage("vitest", ["run", ...CONTRACT], root),
  ]);
  const failures = [
    ...(types.exitCode === 0 ? [] : [`npm run typecheck fails:\n${types.stdout}`]),
    ...(tests.exitCode === 0 ? [] : [`The contract tests fail:\n${tests.stdout}${tests.stderr}`]),
  ];
  return failures.length === 0 ? undefined : failures.join("\n");
}

await runAsCommand(import.meta.url, (argv, world) =>
  specPull(argv, process.stdin.isTTY && process.stdout.isTTY ? { ...world, ask: confirm } : world),
);
