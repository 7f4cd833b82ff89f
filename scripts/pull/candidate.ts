import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fitTable } from "../diff/fit-table.js";
import { type ReadDescription, readDescription } from "../diff/read.js";
import { refuseNonOpenApi } from "../generate/check-description.js";
import { readInputs } from "../generate/inputs.js";
import { type Made, makeOutputs } from "../generate/make-outputs.js";
import { listOperations } from "../generate/raw-operations.js";
import { parseSource, type Source } from "../generate/source.js";
import type { Progress } from "../lib/command.js";
import { InputProblem } from "../lib/problem.js";
import { descriptionText } from "./description-text.js";
import { editRows } from "./edit-rows.js";
import { refuseShrunken } from "./refuse-shrunken.js";

const DESCRIPTION = "openapi/sfc-preview.yaml";
const TABLE = "openapi/sdk.yaml";

/** A description that could take the place of the present one. */
export interface Candidate {
  /** The present description and the new one, as they are compared. */
  readonly older: ReadDescription;
  readonly newer: ReadDescription;
  /** What the new one is kept in: text by path from the root of the project. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads a new description. Stops, with nothing touched, when it cannot take the place of the present one. */
export async function readCandidate(text: string, name: string, root: string): Promise<Candidate> {
  const currentText = readFileSync(join(root, DESCRIPTION), "utf8");
  const current = parseSource(currentText, DESCRIPTION);
  const next = parseSource(text, name);
  refuseNonOpenApi(next);
  refuseShrunken(current.value, next);

  // Each as if it stood in the project; parsed once, because that is a good part of the work.
  const read = (source: Source) =>
    readDescription(join(root, DESCRIPTION), {}, root, root, new Map([[DESCRIPTION, source]]));
  const older = await read(current);
  const newer = await read(next);
  const [before, after] = [older, newer].map(({ document }) => listOperations(document).operations);
  const { changes } = fitTable(newer.document, after ?? [], newer.table, before ?? []);
  const files = new Map([
    [DESCRIPTION, descriptionText(next.value, current.value, currentText)],
    [TABLE, editRows(readFileSync(join(root, TABLE), "utf8"), changes)],
  ]);
  return { older, newer, files };
}

const SILENT: Pick<Progress, "stage"> = { stage: async (_name, work) => work() };

/** Makes the client of the candidate without writing it: whatever stops that, stops it before anything is touched. */
export async function tryOut({ newer, files }: Candidate, root: string, scratch: string): Promise<Made> {
  const sourceOf = (file: string) => parseSource(files.get(file) ?? "", file);
  const description: Source = {
    file: DESCRIPTION,
    value: newer.source.value,
    at: (pointer) => sourceOf(DESCRIPTION).at(pointer),
  };
  try {
    const known = new Map([
      [DESCRIPTION, description],
      [TABLE, sourceOf(TABLE)],
    ]);
    return await makeOutputs(readInputs({ check: false, help: false }, root, root, known), root, scratch, SILENT);
  } catch (error) {
    if (!(error instanceof InputProblem)) throw error;
    throw new InputProblem({
      where: "The new description",
      what: `No client can be generated from it:\n${error.message}`,
      mend: "tell the vendor, or save the description, correct it, and give the file.",
    });
  }
}
