import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Report, reportOn } from "../diff/report.js";
import type { Side } from "../diff/side.js";
import { refuseNonOpenApi } from "../generate/check-description.js";
import { readInputs } from "../generate/inputs.js";
import { type Made, makeOutputs } from "../generate/make-outputs.js";
import { InputProblem } from "../generate/problem.js";
import type { Progress } from "../generate/progress.js";
import { parseSource } from "../generate/source.js";
import { changeset } from "./changeset.js";
import { descriptionText } from "./description-text.js";
import { editRows } from "./edit-rows.js";
import { refuseShrunken } from "./refuse-shrunken.js";

export const DESCRIPTION = "openapi/sfc-preview.yaml";
const TABLE = "openapi/sdk.yaml";

/** A description that could take the place of the present one, with every file that this would change. */
export interface Candidate {
  readonly report: Report;
  readonly after: Side;
  /** Text by path from the root of the project. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads a new description and says what it would change. Stops, with nothing touched, when it cannot be taken. */
export async function readCandidate(text: string, name: string, root: string, scratch: string): Promise<Candidate> {
  const currentText = readFileSync(join(root, DESCRIPTION), "utf8");
  const current = parseSource(currentText, DESCRIPTION);
  const next = parseSource(text, name);
  refuseNonOpenApi(next);
  refuseShrunken(current.value, next);

  const description = descriptionText(next.value, current.value, currentText);
  writeFileSync(join(scratch, "candidate.yaml"), text);
  const { version, name: packageName } = manifest(root);
  const { report, after } = await reportOn({
    before: join(root, DESCRIPTION),
    after: join(scratch, "candidate.yaml"),
    companions: {},
    root,
    cwd: root,
    version,
  });
  const table = editRows(readFileSync(join(root, TABLE), "utf8"), after.rowChanges);
  const note = changeset(report, next.value, packageName);
  const files = new Map([[DESCRIPTION, description], [TABLE, table], ...notes(root, note)]);
  return { report, after, files };
}

/** A project that keeps changesets gets one. */
function notes(root: string, note: { name: string; text: string }): [string, string][] {
  return existsSync(join(root, ".changeset")) ? [[note.name, note.text]] : [];
}

function manifest(root: string): { version: string; name: string } {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

const SILENT: Pick<Progress, "stage"> = { stage: async (_name, work) => work() };

/** Makes the client of the candidate without writing it: whatever stops that, stops it before anything is touched. */
export async function tryOut({ files }: Candidate, root: string, scratch: string): Promise<Made> {
  try {
    const inputs = readInputs({ check: false, help: false }, root, root, files);
    return await makeOutputs(inputs, root, scratch, SILENT);
  } catch (error) {
    if (!(error instanceof InputProblem)) throw error;
    throw new InputProblem({
      where: "The new description",
      what: `No client can be generated from it:\n${error.message}`,
      mend: "tell the vendor, or save the description, correct it, and give the file.",
    });
  }
}
