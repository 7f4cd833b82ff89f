/**
 * Where the packed tarball works: `npm run compat`, or `npm run compat -- bun "TypeScript 7"` for those whose name has such a word. Prints a table of
 * runtimes and one of compilers. What is not available here is reported as such, and does not count as passed. Needs the npm registry, on first use.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runAsCommand } from "../lib/command.js";
import { downloaded } from "../lib/npm.js";
import { execute } from "../lib/run.js";
import { inScratch } from "../lib/scratch.js";
import { alignColumns } from "../lib/text.js";
import { makeProjects, type Projects, runChecks, runReadme } from "./compat-project.js";
import { type Program, type Runtime, readVersion, runtimes, type Session } from "./runtimes.js";

/** One line of a table: what was tried, and per column `"ok"`, or the reason why not. */
export interface Row {
  readonly name: string;
  readonly cells: Readonly<Record<string, string>>;
}

export const passed = "ok";
/** Could not be tried here. Reported as such, because it has not passed. */
export const notHad = "not had";

async function tryRuntime(runtime: Runtime, columns: readonly string[], { checks, readme }: Projects): Promise<Row> {
  const found = await find(runtime).catch((error: Error) => error);
  if (found instanceof Error) return { name: runtime.name, cells: sameIn(columns, `${notHad}: ${found.message}`) };
  const run = (program: Program, session: Session) => runtime.run(found.command, program, session);
  const results = await runChecks(checks, run).then(
    (all) => Object.fromEntries(all.map(({ check, failure }) => [check, failure ?? passed])),
    (error: Error) => sameIn(columns, error.message),
  );
  const failure = await runReadme(readme, run).catch((error: Error) => error.message);
  // A check that did not report has not passed.
  const cells = { ...sameIn(columns, "no result"), ...results, readme: failure ?? passed };
  return { name: `${runtime.name} (${found.version})`, cells };
}

async function find(runtime: Runtime): Promise<{ command: string; version: string }> {
  const command = await runtime.find();
  return { command, version: await readVersion(command) };
}

const compilers = ["5.5", "5.6", "5.7", "5.8", "5.9", "6.0", "7.0"];

/** How a consumer may find modules, and the `module` that goes with it. */
const modules = { bundler: "esnext", node16: "node16", nodenext: "nodenext" } as const;

/** As strict as a consumer may be. `types: []`: a web page has no types of Node. */
const strictest = {
  target: "es2022",
  lib: ["es2022", "dom", "dom.iterable"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
};

/** Type-checks a consumer's program with one compiler in every resolution, declarations of the dependencies included. */
async function tryCompiler(version: string, folder: string): Promise<Row> {
  const name = `TypeScript ${version}`;
  const cells: Record<string, string> = {};
  try {
    const tsc = await downloaded(`typescript@${version}`, "tsc");
    for (const [moduleResolution, module] of Object.entries(modules)) {
      const compilerOptions = { ...strictest, module, moduleResolution };
      const config = { compilerOptions, files: ["types.ts", "every-entry.ts"] };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
      cells[moduleResolution] = await compile(tsc, folder);
    }
    return { name, cells };
  } catch (error) {
    return { name, cells: sameIn(Object.keys(modules), `${notHad}: ${(error as Error).message}`) };
  }
}

async function compile(tsc: string, folder: string): Promise<string> {
  const { code, output } = await execute(tsc, ["-p", "tsconfig.json"], { cwd: folder });
  return code === 0 ? passed : output.trim().split("\n").slice(0, 3).join(" | ");
}

function sameIn(columns: readonly string[], cell: string): Row["cells"] {
  return Object.fromEntries(columns.map((column) => [column, cell]));
}

/** A table in plain text, with every reason below it. */
export function printTable(title: string, columns: readonly string[], rows: readonly Row[]): string {
  const body = rows.map(({ name, cells }) => [name, ...columns.map((column) => shorten(cells[column]))]);
  return [...alignColumns([[title, ...columns], ...body], { rule: true }), ...reasons(rows)].join("\n");
}

function shorten(cell = notHad): string {
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

/** One after the other, so that a slow machine does not make a check fail. */
async function inTurn<Item>(items: readonly Item[], work: (item: Item) => Promise<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for (const item of items) {
    const row = await work(item);
    const cells = Object.values(row.cells);
    console.log(`${row.name}: ${cells.filter((cell) => cell === passed).length} of ${cells.length}`);
    rows.push(row);
  }
  return rows;
}

await runAsCommand(import.meta.url, async (argv, { root }) => {
  const words = argv.map((word) => word.toLowerCase());
  const isWanted = (name: string) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word));
  const program = pathToFileURL(join(root, "test/compat/program.mjs")).href;
  const { checks } = (await import(program)) as { checks: object };
  const columns = [...Object.keys(checks), "readme"];
  const wantedRuntimes = runtimes.filter(({ name }) => isWanted(name));
  const wantedCompilers = compilers.filter((version) => isWanted(`TypeScript ${version}`));
  return inScratch(async (scratch) => {
    const projects = await makeProjects(scratch);
    const runtimeRows = await inTurn(wantedRuntimes, (runtime) => tryRuntime(runtime, columns, projects));
    const compilerRows = await inTurn(wantedCompilers, (version) => tryCompiler(version, projects.checks.folder));
    if (runtimeRows.length > 0) console.log(`\n${printTable("runtime", columns, runtimeRows)}`);
    if (compilerRows.length > 0) console.log(`\n${printTable("compiler", Object.keys(modules), compilerRows)}`);
    const isGood = allPassed(columns, runtimeRows) && allPassed(Object.keys(modules), compilerRows);
    console.log(isGood ? "\nThe tarball works wherever it was tried." : "\nNot everything passed.");
    return isGood ? 0 : 1;
  });
});
