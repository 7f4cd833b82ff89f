import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { listOperations } from "../generate/operations.js";
import { assignRows } from "../generate/rows.js";
import type { OperationRow } from "../generate/sdk-table.js";
import { parseOptions, runAsCommand, runWithUsage, type Surroundings } from "../lib/command.js";
import { count } from "../lib/text.js";
import { addRows, columns } from "./sdk-table.js";
import { readDescription } from "./side.js";

const CALL = "npm run spec:rows --";

const USAGE = `Usage: ${CALL} [OPTIONS]

Writes the rows of openapi/sdk.yaml for operations that have none, as the rules decide them, so that they can be reviewed.

  --spec FILE     API description                    default: openapi/sfc-preview.yaml
  --overlay FILE  corrections to it                  default: openapi/overlay.yaml
  --sdk FILE      the table that rows are added to   default: openapi/sdk.yaml
  --help          this text
`;

/** Adds rows by rule to the table. Returns the exit code. */
export function specRows(argv: readonly string[], world: Surroundings): Promise<number> {
  return runWithUsage(
    world,
    USAGE,
    () => readArguments(argv),
    async ({ spec, ...companions }) => {
      const { root, cwd } = world;
      const { document, table } = await readDescription(
        spec === undefined ? join(root, "openapi/sfc-preview.yaml") : resolve(cwd, spec),
        companions,
        root,
        cwd,
      );
      const { assigned } = assignRows(listOperations(document).operations, table);
      const added = assigned.filter(({ operation }) => !table.operations.has(operation.id));
      const rows = new Map(added.map(({ operation, row }) => [operation.id, row]));
      const path = companions.sdk === undefined ? join(root, "openapi/sdk.yaml") : resolve(cwd, companions.sdk);
      write(path, addRows(readFileSync(path, "utf8"), rows));
      world.stdout.write(summary(rows, table.source.file));
      return 0;
    },
  );
}

function readArguments(argv: readonly string[]) {
  const text = { type: "string" } as const;
  return parseOptions(CALL, argv, { spec: text, overlay: text, sdk: text }, { allowPositionals: false }).values;
}

function summary(rows: ReadonlyMap<string, OperationRow>, file: string): string {
  if (rows.size === 0) return `Every operation has a row in ${file}.\n`;
  const lines = [...rows].map(([id, row]) => `  ${id}: ${columns(row)}\n`);
  return `${lines.join("")}${count(rows.size, "row")} added to ${file} by rule. Review each, then run npm run generate.\n`;
}

/** Whole or not at all. */
function write(path: string, text: string): void {
  if (readFileSync(path, "utf8") === text) return;
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}

await runAsCommand(import.meta.url, specRows);
