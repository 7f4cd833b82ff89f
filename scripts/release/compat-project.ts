import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoggedRequest, Simulator, SimulatorOptions, startSimulator } from "../../packages/devtools/src/index.js";
import { cached, npm, pack } from "../lib/npm.js";
import { readPackage } from "../lib/package.js";
import { execute } from "../lib/run.js";
import { alignColumns } from "../lib/table.js";

export interface Result {
  readonly check: string;
  /** Absent: it passed. */
  readonly failure?: string;
}

/** What a runtime's program is given. */
export interface Session {
  readonly baseUrl: string;
  readonly token: string;
}

/** Runs one runtime's program against a simulator of its own, the tarball's, and looks at both sides of what happened. */
export async function inSession(
  consumer: string,
  program: (session: Session) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const simulator = await startTarballSimulator(consumer, {
    startAt: new Date(),
    faults: [
      { operation: "create_order", nth: 2, fault: { kind: "reset", when: "after" } },
      { operation: "list_images", fault: { kind: "stall", at: "headers" } },
    ],
  });
  try {
    const results = await program({ baseUrl: simulator.url, token: simulator.token });
    const doubt = lostAnswerDoubt(simulator.requests);
    return results.map((result) =>
      result.check === "replay after a fault" && !result.failure && doubt ? { ...result, failure: doubt } : result,
    );
  } finally {
    await simulator.close();
  }
}

async function startTarballSimulator(consumer: string, options: SimulatorOptions): Promise<Simulator> {
  const entry = pathToFileURL(join(consumer, "node_modules/sfc-preview-devtools/dist/index.js")).href;
  const devtools = (await import(entry)) as { startSimulator: typeof startSimulator };
  return devtools.startSimulator(options);
}

/** The program sees one order. Whether that is so because a key was repeated, only the server knows. */
export function lostAnswerDoubt(requests: readonly LoggedRequest[]): string | undefined {
  const sent = requests.filter(({ idempotencyKey }) => idempotencyKey === "compat-replay");
  const [first, second] = sent;
  if (sent.length !== 2) return `the server saw ${sent.length} requests with the key instead of 2`;
  if (first?.fault !== "reset" || !first.committed) return "the first answer was not lost";
  return second?.replayed && !second.committed ? undefined : "the repeat was not answered with the first result";
}

/** A user's project: the packed tarballs and what their optional parts need, installed as a user would. */
export interface Consumer {
  readonly folder: string;
  readonly tarball: string;
  /** The tarball of the devtools, whose simulator the programs call. */
  readonly devtools: string;
  /** The entry points that run everywhere, such as `"."` and `"./paths"`. */
  readonly entries: readonly string[];
}

/** Packs both packages and installs them into a new project in `scratch`. */
export async function installTarball(root: string, scratch: string): Promise<Consumer> {
  const { tarball } = await pack(scratch, { build: true });
  const { tarball: devtools } = await pack(scratch, { from: join(root, "packages/devtools") });
  const folder = join(scratch, "consumer");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const otel = readPackage(root).devDependencies?.["@opentelemetry/api"];
  await npm(folder, "install", tarball, devtools, `@opentelemetry/api@${otel}`, "--omit=peer");
  cpSync(join(root, "test/compat"), folder, { recursive: true });
  const entries = portableEntries(folder);
  writeFileSync(join(folder, "entries.mjs"), printEntries(entries));
  return { folder, tarball, devtools, entries };
}

/** `./node` stands on Node's own modules. */
function portableEntries(folder: string): string[] {
  const { exports = {} } = readPackage(join(folder, "node_modules/sfc-preview-sdk"));
  return Object.keys(exports).filter((entry) => !["./node", "./package.json"].includes(entry));
}

/** Written out, because bundlers follow only what stands there. */
function printEntries(entries: readonly string[]): string {
  const lines = entries.map((entry) => `  "${entry}": () => import("sfc-preview-sdk${entry.slice(1)}"),`);
  return `export const entries = {\n${lines.join("\n")}\n};\n`;
}

/** A project as a newcomer makes it: `npm init`, the tarball, and the first program of the README. Returns its folder. */
export async function newProject(
  root: string,
  { tarball, devtools }: Pick<Consumer, "tarball" | "devtools">,
  folder: string,
): Promise<string> {
  mkdirSync(folder);
  await npm(folder, "init", "--yes", "--loglevel=error");
  await npm(folder, "install", tarball, devtools);
  cpSync(join(root, "test/compat/readme"), folder, { recursive: true });
  writeFileSync(join(folder, "index.mjs"), firstProgram(readFileSync(join(root, "README.md"), "utf8")));
  return folder;
}

function firstProgram(readme: string): string {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  if (program === undefined) throw new Error("the README has no program");
  return program;
}

/** Runs the program against the world that a simulator starts with. Throws when it did not do what the README states. */
export async function tryReadme(project: string, program: (session: Session) => Promise<string>): Promise<void> {
  const simulator = await startTarballSimulator(project, { startAt: new Date() });
  try {
    const printed = await program({ baseUrl: simulator.url, token: simulator.token });
    const doubt = readmeDoubt(printed, simulator.requests);
    if (doubt !== undefined) throw new Error(doubt);
  } finally {
    await simulator.close();
  }
}

/** What the program prints: hardware, then pools. */
const expected = [
  "antares NVIDIA B200 eu-north",
  "alameda NVIDIA H200 us-east",
  "richmond NVIDIA H100 us-west",
  "notebooks market",
  "spare market",
  "main market",
].join("\n");

/** What is wrong with what the program printed, or with what the server saw of it. */
export function readmeDoubt(printed: string, requests: readonly LoggedRequest[]): string | undefined {
  if (printed.trim() !== expected) return `it printed: ${printed.trim()}`;
  const writes = requests.filter(({ method }) => method !== "GET");
  if (writes.length > 0) return `the server saw ${writes.length} writes, although the program only reads`;
  return requests.length === 2 ? undefined : `the server saw ${requests.length} requests instead of 2`;
}

export const compilers = ["5.5", "5.6", "5.7", "5.8", "5.9", "6.0", "7.0"].map((version) => `typescript@${version}`);

/** How a consumer may find modules, and the `module` that goes with it. */
const modules = { bundler: "esnext", node16: "node16", nodenext: "nodenext" } as const;

export const resolutions = Object.keys(modules);

/** Type-checks a consumer's program with one compiler in every resolution, declarations of the dependencies included. */
export async function checkTypes(spec: string, cache: string, consumer: Consumer): Promise<Row> {
  const name = spec.replace("typescript@", "TypeScript ");
  try {
    const tsc = join(await cached(cache, spec), "node_modules/.bin/tsc");
    const cells: Record<string, string> = {};
    for (const [resolution, module] of Object.entries(modules)) {
      cells[resolution] = await compile(tsc, consumer, resolution, module);
    }
    return { name, cells };
  } catch (error) {
    return {
      name,
      cells: Object.fromEntries(resolutions.map((each) => [each, `${notHad}: ${(error as Error).message}`])),
    };
  }
}

async function compile(tsc: string, consumer: Consumer, moduleResolution: string, module: string): Promise<string> {
  const project = `tsconfig.${moduleResolution}.json`;
  writeFileSync(join(consumer.folder, "every-entry.ts"), importEverything(consumer.entries));
  writeFileSync(join(consumer.folder, project), JSON.stringify(settings(module, moduleResolution)));
  const { code, output } = await execute(tsc, ["-p", project], { cwd: consumer.folder });
  return code === 0 ? passed : output.trim().split("\n").slice(0, 3).join(" | ");
}

function importEverything(entries: readonly string[]): string {
  return entries.map((entry, n) => `export type * as e${n} from "sfc-preview-sdk${entry.slice(1)}";\n`).join("");
}

/** As strict as a consumer may be. `types: []`: a web page has no types of Node. */
function settings(module: string, moduleResolution: string) {
  return {
    compilerOptions: {
      target: "es2022",
      lib: ["es2022", "dom", "dom.iterable"],
      module,
      moduleResolution,
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    },
    files: ["types.ts", "every-entry.ts"],
  };
}

/** One line of a table: what was tried, and per column `"ok"`, or the reason why not. */
export interface Row {
  readonly name: string;
  readonly cells: Readonly<Record<string, string>>;
}

export const passed = "ok";
/** Could not be tried here. Reported as such, because it has not passed. */
export const notHad = "not had";

/** A table in plain text, with every reason below it. */
export function printTable(title: string, columns: readonly string[], rows: readonly Row[]): string {
  const head = [title, ...columns];
  const body = rows.map(({ name, cells }) => [name, ...columns.map((column) => shortOf(cells[column]))]);
  return [...alignColumns([head, ...body], { rule: true }), ...reasons(rows)].join("\n");
}

function shortOf(cell = notHad): string {
  if (cell === passed) return passed;
  return cell.startsWith(notHad) ? notHad : "FAILED";
}

function reasons(rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ name, cells }) =>
    Object.entries(cells)
      .filter(([, cell]) => cell !== passed)
      .map(([column, cell]) => `${name}, ${column}: ${cell}`),
  );
  return lines.length > 0 ? ["", ...new Set(lines)] : [];
}

/** Whether everything passed. */
export function allPassed(columns: readonly string[], rows: readonly Row[]): boolean {
  return rows.every(({ cells }) => columns.every((column) => cells[column] === passed));
}
