/** `npm run bench` compares our client with others in one run. It is never a test: it exits with 0, whatever it measures. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cpu, heap } from "./rows/call.js";
import { generating } from "./rows/generate.js";
import { importing } from "./rows/import.js";
import { install } from "./rows/install.js";
import { loopback } from "./rows/loopback.js";
import { paging } from "./rows/paging.js";
import { size } from "./rows/size.js";
import { types } from "./rows/types.js";
import { printTable, type Row } from "./table.js";
import { type Family, setUp } from "./workshop.js";

const families: Record<string, Family> = {
  size,
  import: importing,
  cpu,
  heap,
  loopback,
  paging,
  types,
  install,
  generate: generating,
};

const usage = `Usage: npm run bench [-- OPTIONS]

  --quick        fewer rounds, under 2 minutes
  --only A,B     only these kinds of rows: ${Object.keys(families).join(", ")}
  --json [FILE]  the samples as JSON, to FILE or instead of the table
  --no-build     measure dist/ as it is
  --help         this text
`;

const { values } = parseArgs({
  args: process.argv.slice(2).flatMap((word, at, all) => (isBareJson(word, all[at + 1]) ? ["--json", "-"] : [word])),
  allowNegative: true,
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    json: { type: "string" },
    build: { type: "boolean", default: true },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) process.stdout.write(usage);
else await main();

async function main(): Promise<void> {
  const wanted = values.only?.split(",") ?? Object.keys(families);
  const unknown = wanted.find((name) => families[name] === undefined);
  if (unknown !== undefined) throw new Error(`There are no rows called ${unknown}. Known: ${Object.keys(families)}.`);

  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      remove();
      process.exit(1);
    });
  }
  try {
    const loadBefore = load();
    progress("set up");
    const workshop = await setUp(folder, values.build);
    const rows: Row[] = [];
    for (const name of wanted) {
      const family = families[name] as Family;
      rows.push(...(await family({ workshop, quick: values.quick, progress })));
    }
    progress("");
    report(rows, { ...machine(), quick: values.quick, loadBefore, loadAfter: load() });
  } finally {
    remove();
  }
}

function report(rows: readonly Row[], surroundings: object): void {
  const json = `${JSON.stringify({ ...surroundings, rows }, null, 2)}\n`;
  if (values.json === "-") {
    process.stdout.write(json);
    return;
  }
  console.log(printTable(rows));
  console.log(
    `\n${Object.entries(surroundings)
      .map(([name, value]) => `${name}: ${value}`)
      .join(", ")}`,
  );
  if (values.json !== undefined) writeFileSync(values.json, json);
}

function machine(): object {
  return { node: process.version, processor: cpus()[0]?.model ?? "unknown", cores: availableParallelism() };
}

/** The load average of the last minute. */
function load(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

/** Shows progress in one line that is overwritten in a terminal, and shows nothing in a pipe. */
function progress(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${step}`);
}

function isBareJson(word: string, next: string | undefined): boolean {
  return word === "--json" && (next === undefined || next.startsWith("--"));
}
