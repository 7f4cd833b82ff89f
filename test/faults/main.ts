/**
 * `npm run faults` prints a table of every operation with every fault. It exits with 1 when a cell differs from what the rules demand. `-- --transport node`
 * sends with `createNodeFetch()` instead of the global `fetch`. `-- --middleware` also runs all cells through middleware: some changes nothing and must lead to
 * the same results; some breaks a rule and must never lead to a second effect.
 */
import { isDeepStrictEqual, parseArgs } from "node:util";
import type { Middleware } from "../../src/wrappers/middleware.js";
import { transportNamed } from "../support/transports.js";
import { startBench } from "./bench.js";
import { play } from "./cell.js";
import { demandedOfList, listCellsOf, playList } from "./list-cell.js";
import { allOperations, cellsOf, listNameOf, nameOf } from "./matrix.js";
import { forbidden, harmless, violationOf } from "./middleware.js";
import { demanded } from "./oracle.js";
import { legend, listTable, matrixTable, type Played } from "./table.js";
import { sayTotals, totalsOf } from "./totals.js";

const startedAt = performance.now();
const { values } = parseArgs({
  options: { transport: { type: "string", default: "global" }, middleware: { type: "boolean", default: false } },
});
const transport = transportNamed(values.transport);
const bench = await startBench(allOperations, transport.fetch);
const matrix = await playAll("faults", cellsOf(allOperations), (cell) => play(bench, cell), demanded);
const through: typeof matrix = [];
let violations = 0;
if (values.middleware) {
  const wrapped = { ...bench, middleware: harmless };
  through.push(...(await playAll("middleware", cellsOf(allOperations), (cell) => play(wrapped, cell), demanded)));
  for (const [name, middleware] of Object.entries(forbidden)) violations += await playForbidden(name, middleware);
}
const lists = await playAll("lists", listCellsOf(allOperations), (cell) => playList(bench, cell), demandedOfList);
await bench.close();
transport.close();

const totals = totalsOf([...matrix, ...through], lists);
console.log(`${matrixTable(matrix)}\n\n${listTable(lists)}\n\n${legend}\n`);
for (const { cell, outcome, demand, red } of [...matrix, ...through]) if (red) sayRed(nameOf(cell), outcome, demand);
for (const { cell, outcome, demand, red } of lists) if (red) sayRed(listNameOf(cell), outcome, demand);
console.log(sayTotals(totals, (performance.now() - startedAt) / 1000));
if (values.middleware) {
  const kinds = Object.keys(forbidden).length;
  console.log(
    `forbidden middleware: ${kinds} kinds, ${kinds * cellsOf(allOperations).length} calls, violations ${violations}`,
  );
}
process.exitCode = totals.red === 0 && violations === 0 ? 0 : 1;

/** Runs every operation with every fault through middleware that breaks a rule. Returns the number of calls with a forbidden result. */
async function playForbidden(name: string, middleware: Middleware): Promise<number> {
  let found = 0;
  const cells = cellsOf(allOperations);
  for (const [index, cell] of cells.entries()) {
    if (index % 100 === 0) showProgress(`middleware that ${name} ${index}/${cells.length}`);
    const violation = violationOf(name, cell, await play({ ...bench, middleware: [middleware] }, cell));
    if (violation === undefined) continue;
    found += 1;
    console.log(`✗ middleware that ${name}: ${nameOf(cell)}: ${violation}`);
  }
  showProgress("");
  return found;
}

async function playAll<C, O>(
  what: string,
  cells: readonly C[],
  run: (cell: C) => Promise<O>,
  demandOf: (cell: C) => O,
): Promise<Played<C, O>[]> {
  const played: Played<C, O>[] = [];
  for (const cell of cells) {
    if (played.length % 100 === 0) showProgress(`${what} ${played.length}/${cells.length}`);
    const [outcome, demand] = [await run(cell), demandOf(cell)];
    played.push({ cell, outcome, demand, red: !isDeepStrictEqual(outcome, demand) });
  }
  showProgress("");
  return played;
}

function sayRed(name: string, outcome: object, demand: object): void {
  const [was, should] = [outcome, demand] as Record<string, unknown>[];
  const differ = Object.keys(demand).filter((key) => !isDeepStrictEqual(was?.[key], should?.[key]));
  const words = differ.map((key) => `${key} ${JSON.stringify(was?.[key])} instead of ${JSON.stringify(should?.[key])}`);
  console.log(`✗ ${name}: ${words.join("; ")}`);
}

/** Shows progress in one line that is overwritten. It is shown only in a terminal. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`);
}
