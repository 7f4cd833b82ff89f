/**
 * Where the packed tarball works: `npm run compat`, or `npm run compat -- bun "TypeScript 7"` for those whose name has such a word. Prints a table of
 * runtimes and one of compilers. What is not available here is reported as such, and does not count as passed. Needs the npm registry, on first use.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  allPassed,
  type Consumer,
  checkTypes,
  compilers,
  inSession,
  installTarball,
  newProject,
  notHad,
  passed,
  printTable,
  type Row,
  resolutions,
  tryReadme,
} from "./compat-project.js";
import { type Ready, type Runtime, runtimes } from "./runtimes.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const cache = join(root, "node_modules/.cache/compat");
const columns = [...(await namesOfChecks()), "readme"];
const wanted = process.argv.slice(2).map((word) => word.toLowerCase());
const isWanted = (name: string) => wanted.length === 0 || wanted.some((word) => name.toLowerCase().includes(word));

const scratch = mkdtempSync(join(tmpdir(), "compat-"));
try {
  const consumer = await installTarball(root, scratch);
  const project = await newProject(root, consumer, join(scratch, "newcomer"));
  const runtimeRows = await inTurn(
    runtimes.filter(({ name }) => isWanted(name)),
    (runtime) => tryRuntime(runtime, consumer, project),
  );
  const compilerRows = await inTurn(
    compilers.filter((spec) => isWanted(spec.replace("@", " "))),
    (spec) => checkTypes(spec, cache, consumer),
  );
  if (runtimeRows.length > 0) console.log(`\n${printTable("runtime", columns, runtimeRows)}`);
  if (compilerRows.length > 0) console.log(`\n${printTable("compiler", resolutions, compilerRows)}`);
  const good = allPassed(columns, runtimeRows) && allPassed(resolutions, compilerRows);
  console.log(good ? "\nThe tarball works wherever it was tried." : "\nNot everything passed.");
  process.exitCode = good ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function namesOfChecks(): Promise<string[]> {
  const program = new URL("../../test/compat/program.mjs", import.meta.url).href;
  const { checks } = (await import(program)) as { checks: object };
  return Object.keys(checks);
}

async function tryRuntime({ name, prepare }: Runtime, consumer: Consumer, project: string): Promise<Row> {
  const allCells = (cell: string) => Object.fromEntries(columns.map((column) => [column, cell]));
  const ready = await prepare(cache).catch((error: Error) => error);
  if (ready instanceof Error) return { name, cells: allCells(`${notHad}: ${ready.message}`) };
  const title = `${name} (${ready.version})`;
  const readme = await readmeCell(ready, project);
  try {
    const results = await inSession(consumer.folder, (session) => ready.run(consumer, session));
    // A check that did not report has not passed.
    const cells = {
      ...allCells("no result"),
      ...Object.fromEntries(results.map(({ check, failure }) => [check, failure ?? passed])),
      readme,
    };
    return { name: title, cells };
  } catch (error) {
    return { name: title, cells: { ...allCells((error as Error).message), readme } };
  }
}

async function readmeCell({ readme }: Ready, project: string): Promise<string> {
  try {
    await tryReadme(project, (session) => readme(project, session));
    return passed;
  } catch (error) {
    return (error as Error).message;
  }
}

/** One after the other, so that a slow machine does not make a check fail. */
async function inTurn<Item>(items: readonly Item[], work: (item: Item) => Promise<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for (const item of items) {
    const row = await work(item);
    console.log(
      `${row.name}: ${Object.values(row.cells).filter((cell) => cell === passed).length} of ${Object.keys(row.cells).length}`,
    );
    rows.push(row);
  }
  return rows;
}
