import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { listOperations } from "../generate/operations.js";
import { assignRows } from "../generate/rows.js";
import { columns } from "../generate/sdk-table.js";
import { defineCommand, runAsCommand } from "../lib/command.js";
import { count } from "../lib/text.js";
import { addRows } from "./sdk-table.js";
import { readDescription } from "./side.js";

const call = "npm run spec:rows --";

const usage = `Usage: ${call} [OPTIONS]

Writes the rows of openapi/sdk.yaml for operations that have none, as the rules decide them, so that they can be reviewed.

  --spec FILE     API description                    default: openapi/sfc-preview.yaml
  --overlay FILE  corrections to it                  default: openapi/overlay.yaml
  --sdk FILE      the table that rows are added to   default: openapi/sdk.yaml
  --help          this text
`;

const text = { type: "string" } as const;
const options = { spec: text, overlay: text, sdk: text };

/** Adds rows by rule to the table. */
export const specRows = defineCommand({ call, usage, options }, async ({ spec, overlay, sdk }, _, world) => {
  const { root, cwd, stdout } = world;
  const { document, table } = await readDescription(spec, { overlay, sdk }, root, cwd);
  const { assigned } = assignRows(listOperations(document).operations, table);
  const added = assigned.filter(({ operation }) => !table.operations.has(operation.id));
  const rows = new Map(added.map(({ operation, row }) => [operation.id, row]));
  const path = sdk === undefined ? join(root, "openapi/sdk.yaml") : resolve(cwd, sdk);
  write(path, addRows(readFileSync(path, "utf8"), rows));
  const { file } = table.source;
  const lines = [...rows].map(([id, row]) => `  ${id}: ${columns(row)}\n`).join("");
  const summary = `${count(rows.size, "row")} added to ${file} by rule. Review each, then run npm run generate.\n`;
  stdout.write(rows.size === 0 ? `Every operation has a row in ${file}.\n` : lines + summary);
  return 0;
});

/** Whole or not at all. */
function write(path: string, text: string): void {
  if (readFileSync(path, "utf8") === text) return;
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}

await runAsCommand(import.meta.url, specRows);
