import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoggedRequest, Simulator, SimulatorOptions, startSimulator } from "../../packages/devtools/src/index.js";
import { npm, pack } from "../../scripts/lib/npm.js";
import { readPackage, root } from "../../scripts/lib/package.js";
import { firstProgramLines } from "../support/first-program.js";
import type { Program, Session } from "./runtimes.js";

/** Two projects with the packed tarballs, installed as users install them. */
export interface Projects {
  /** The checks, with the dependencies of the optional parts of the package. */
  readonly checks: Program;
  /** The first program of the README in a new user's project. */
  readonly readme: Program;
}

export async function makeProjects(scratch: string): Promise<Projects> {
  const client = await pack(scratch, { build: true });
  const devtools = await pack(scratch, { from: join(root, "packages/devtools") });
  const tarballs = [client.tarball, devtools.tarball];
  return {
    checks: { folder: await makeConsumer(join(scratch, "consumer"), tarballs), readsVariable: false },
    readme: { folder: await makeNewcomer(join(scratch, "newcomer"), tarballs), readsVariable: true },
  };
}

async function makeConsumer(folder: string, tarballs: readonly string[]): Promise<string> {
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const otel = readPackage(root).devDependencies?.["@opentelemetry/api"];
  await npm(folder, "install", ...tarballs, `@opentelemetry/api@${otel}`, "--omit=peer");
  cpSync(join(root, "test/compat"), folder, { recursive: true });
  const { exports = {} } = readPackage(join(folder, "node_modules/sfc-preview-sdk"));
  // `./node` imports modules of Node.
  const entries = Object.keys(exports).filter((entry) => !["./node", "./package.json"].includes(entry));
  const names = entries.map((entry) => `sfc-preview-sdk${entry.slice(1)}`);
  // The imports are written out, because bundlers follow only literal imports.
  const imports = entries.map((entry, n) => `  "${entry}": () => import("${names[n]}"),\n`);
  writeFileSync(join(folder, "entries.mjs"), `export const entries = {\n${imports.join("")}};\n`);
  const types = names.map((name, n) => `export type * as e${n} from "${name}";\n`);
  writeFileSync(join(folder, "every-entry.ts"), types.join(""));
  return folder;
}

async function makeNewcomer(folder: string, tarballs: readonly string[]): Promise<string> {
  mkdirSync(folder);
  await npm(folder, "init", "--yes", "--loglevel=error");
  await npm(folder, "install", ...tarballs);
  cpSync(join(root, "test/compat/readme"), folder, { recursive: true });
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  if (program === undefined) throw new Error("the README has no program");
  writeFileSync(join(folder, "index.mjs"), program);
  return folder;
}

/** Runs a program in one runtime and returns its output. */
export type Run = (program: Program, session: Session) => Promise<string>;

/** The result of a check. */
export interface Result {
  readonly check: string;
  /** The failure. Absent when the check passed. */
  readonly failure?: string;
}

/** Returns the results of the checks, confirmed by the server's log. */
export async function runChecks(program: Program, run: Run): Promise<readonly Result[]> {
  const faults: SimulatorOptions["faults"] = [
    { operation: "create_order", nth: 2, fault: { kind: "reset", when: "after" } },
    { operation: "list_images", fault: { kind: "stall", at: "headers" } },
  ];
  const { printed, requests } = await inSession(program, run, faults);
  const results = JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Result[];
  const doubt = lostResponseDoubt(requests);
  return results.map((result) =>
    result.check === "replay after a fault" && !result.failure && doubt ? { ...result, failure: doubt } : result,
  );
}

/** Runs the program of the README against the initial world of a simulator. Returns the differences from the README. */
export async function runReadme(program: Program, run: Run): Promise<string | undefined> {
  const { printed, requests } = await inSession(program, run);
  return readmeDoubt(printed, requests);
}

/** Runs a program against its own simulator from the tarball, and returns the results of both sides. */
async function inSession(
  program: Program,
  run: Run,
  faults: SimulatorOptions["faults"] = [],
): Promise<{ readonly printed: string } & Pick<Simulator, "requests">> {
  const entry = join(program.folder, "node_modules/sfc-preview-devtools/dist/index.js");
  const devtools = (await import(pathToFileURL(entry).href)) as { startSimulator: typeof startSimulator };
  const simulator = await devtools.startSimulator({ startAt: new Date(), faults });
  try {
    const printed = await run(program, { baseUrl: simulator.url, token: simulator.token });
    return { printed, requests: simulator.requests };
  } finally {
    await simulator.close();
  }
}

/** The program sees one order. Only the server can tell whether the reason is a repeated key. */
export function lostResponseDoubt(requests: readonly LoggedRequest[]): string | undefined {
  const sent = requests.filter(({ idempotencyKey }) => idempotencyKey === "compat-replay");
  const [first, second] = sent;
  if (sent.length !== 2) return `the server saw ${sent.length} requests with the key instead of 2`;
  if (first?.fault !== "reset" || !first.committed) return "the first response was not lost";
  return second?.replayed && !second.committed ? undefined : "the repeat did not get the first result";
}

/** The errors in the output of the program, or in the requests that the server received. */
export function readmeDoubt(printed: string, requests: readonly LoggedRequest[]): string | undefined {
  if (printed.trim() !== firstProgramLines.join("\n")) return `it printed: ${printed.trim()}`;
  const writes = requests.filter(({ method }) => method !== "GET");
  if (writes.length > 0) return `the server saw ${writes.length} writes, although the program only reads`;
  return requests.length === 2 ? undefined : `the server saw ${requests.length} requests instead of 2`;
}
