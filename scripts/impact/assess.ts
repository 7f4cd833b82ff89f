import { relative } from "node:path";
import { type Entry, sentence } from "../diff/entry.js";
import type { Side } from "../diff/side.js";
import { adviceFor } from "./advice.js";
import { type Break, findBreaks } from "./breaks.js";
import { causeOf } from "./cause.js";
import { readUserProject, userProgram } from "./user-project.js";

/** A place of the user's code that has to change, and why. */
export interface Impairment {
  /** From the project's folder. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What the compiler says. */
  readonly message: string;
  /** What changed in the API; absent when no change explains it. */
  readonly cause?: string;
  readonly advice?: string;
}

/** Type-checks a user's project on both clients and joins each new error with the change that caused it. */
export function assess(
  folder: string,
  root: string,
  before: Side,
  after: Side,
  entries: readonly Entry[],
): Impairment[] {
  const project = readUserProject(folder);
  const older = userProgram(project, root, "before", before.code);
  const newer = userProgram(project, root, "after", after.code);
  const fields = new Map(before.model.resources.map(({ className, field }) => [className, field]));
  return findBreaks(project, older, newer).map((found) => {
    const cause = causeOf(found, entries, older, fields);
    return { ...placeOf(found, folder), ...(cause && { cause: sentence(cause), advice: adviceFor(cause) }) };
  });
}

function placeOf({ file, line, column, message }: Break, folder: string): Impairment {
  return { file: relative(folder, file), line, column, message };
}
