import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listOperations } from "../generate/operations.js";
import { DEFAULTS } from "../generate/read.js";
import { assignRows } from "../generate/rows.js";
import { columns } from "../generate/sdk-table.js";
import { defineCommand, runAsCommand } from "../lib/command.js";
import { commit, withLock } from "../lib/commit.js";
import { count } from "../lib/text.js";
import { addRows } from "./sdk-table.js";
import { readDescription } from "./side.js";

const TABLE = DEFAULTS.sdk;
const call = "npm run spec:rows --";
const about = `Writes the rows of ${TABLE} for operations that have none, as the rules decide them, so that they can be reviewed.`;

/** Adds rows by rule to the table. */
export const specRows = defineCommand({ call, about, options: {} }, async (_, __, { root, stdout }) => {
  const { document, table } = await readDescription({}, root, root);
  const { assigned } = assignRows(listOperations(document).operations, table);
  const added = assigned.filter(({ operation }) => !table.operations.has(operation.id));
  const rows = new Map(added.map(({ operation, row }) => [operation.id, row]));
  if (rows.size === 0) {
    stdout.write(`Every operation has a row in ${TABLE}.\n`);
    return 0;
  }
  await withLock(root, () => {
    const text = readFileSync(join(root, TABLE), "utf8");
    commit(root, new Map([[TABLE, addRows(text, rows)]]), []);
  });
  const lines = [...rows].map(([id, row]) => `  ${id}: ${columns(row)}\n`).join("");
  stdout.write(
    `${lines}${count(rows.size, "row")} added to ${TABLE} by rule. Review each, then run npm run generate.\n`,
  );
  return 0;
});

await runAsCommand(import.meta.url, specRows);
