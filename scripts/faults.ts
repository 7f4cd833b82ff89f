/**
 * `npm run faults`: every operation under every fault, as a table. Exit 1 when a cell is not what the rules demand. `-- --transport node` sends with
 * `createNodeFetch()` instead of the global `fetch`.
 */
import { isDeepStrictEqual, parseArgs } from "node:util";
import { startBench } from "../test/faults/bench.js";
import { play } from "../test/faults/cell.js";
import { demandedOfList, listCellsOf, playList } from "../test/faults/list-cell.js";
import { allOperations, cellsOf, listNameOf, nameOf } from "../test/faults/matrix.js";
import { demanded } from "../test/faults/oracle.js";
import { legend, listTable, matrixTable, type Played } from "../test/faults/table.js";
import { sayTotals, totalsOf } from "../test/faults/totals.js";
import { transportNamed } from "../test/support/transports.js";

const startedAt = performance.now();
const { values } = parseArgs({ options: { transport: { type: "string", default: "global" } } });
const transport = transportNamed(values.transport);
const bench = await startBench(allOperations, transport.fetch);
const matrix = await playAll("faults", cellsOf(allOperations), (cell) => play(bench, cell), demanded);
const lists = await playAll("lists", listCellsOf(allOperations), (cell) => playList(bench, cell), demandedOfList);
await bench.close();
transport.close();

const totals = totalsOf(matrix, lists);
console.log(`${matrixTable(matrix)}\n\n${listTable(lists)}\n\n${legend}\n`);
for (const { cell, outcome, demand, red } of matrix) if (red) sayRed(nameOf(cell), outcome, demand);
for (const { cell, outcome, demand, red } of lists) if (red) sayRed(listNameOf(cell), outcome, demand);
console.log(sayTotals(totals, (performance.now() - startedAt) / 1000));
process.exitCode = totals.red === 0 ? 0 : 1;

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

/** One line that is written over itself, in a terminal only. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`);
}
