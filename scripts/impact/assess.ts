import { relative } from "node:path";
import { type Entry, sentence } from "../diff/entry.js";
import { leadingFiles } from "../diff/hand-written.js";
import type { Side } from "../diff/side.js";
import { count } from "../generate/report.js";
import { InputProblem } from "../lib/problem.js";
import { adviceFor } from "./advice.js";
import { type Break, findBreaks } from "./breaks.js";
import { causeOf } from "./cause.js";
import { withoutPlaces } from "./message.js";
import { readPackageName, type UserProjects, userProgram } from "./user-project.js";
import { UseFinder } from "./uses.js";

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

/** What was looked at, and what was found. */
export interface Assessment {
  readonly found: readonly Impairment[];
  /** Files that were type-checked. */
  readonly files: number;
  /** Files that import the package. */
  readonly importers: number;
}

/** Type-checks a user's project on both clients and joins each new error with the change that caused it. */
export function assess(
  { folder, projects }: UserProjects,
  root: string,
  before: Side,
  after: Side,
  entries: readonly Entry[],
): Assessment {
  const leading = leadingFiles(root);
  const packageName = readPackageName(root);
  const fields = new Map(before.model.resources.map(({ className, field }) => [className, field]));
  const found = new Map<string, Impairment>();
  const files = new Set<string>();
  const importers = new Set<string>();
  const placeOf = ({ file, line, column, message }: Break) => ({
    file: relative(folder, file),
    line,
    column,
    message: withoutPlaces(message, root, packageName),
  });
  for (const project of projects) {
    const older = userProgram(project, root, "before", new Map([...leading, ...before.code]));
    for (const { fileName } of older.sources) files.add(fileName);
    for (const path of older.importers) importers.add(path);
    // Without an import nothing of the client can be in it.
    if (older.importers.length === 0) continue;
    const newer = userProgram(project, root, "after", new Map([...leading, ...after.code]));
    const finder = new UseFinder(older.program, fields);
    for (const one of findBreaks(older, newer)) {
      const key = `${one.file} ${one.start}`;
      // Two configurations may share a file.
      if (found.has(key)) continue;
      const cause = causeOf(one, entries, older.program, finder);
      found.set(key, { ...placeOf(one), ...(cause && { cause: sentence(cause), advice: adviceFor(cause) }) });
    }
  }
  if (importers.size === 0) throw notUsed(folder, files.size, packageName);
  return {
    found: [...found.values()],
    files: files.size,
    importers: [...importers].filter((path) => files.has(path)).length,
  };
}

function notUsed(folder: string, files: number, packageName: string): InputProblem {
  return new InputProblem({
    where: folder,
    what: `None of the ${count(files, "file")} of this project imports ${packageName}, so nothing can be said about it.`,
    mend: "give the folder, or the configuration file, of a project that uses the client.",
  });
}
