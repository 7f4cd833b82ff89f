import { relative } from "node:path";
import { type Break, findBreaks, type UserProgram } from "./breaks.js";
import { adviceFor, findCause } from "./cause.js";
import { count } from "./count.js";
import { type Entry, sentence } from "./entry.js";
import { ProjectProblem } from "./problem.js";
import type { UserProject, UserProjects } from "./user-projects.js";
import type { UseFinder } from "./uses.js";

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

/** The two clients that a project is checked on. */
export interface Versions {
  readonly packageName: string;
  before(project: UserProject): UserProgram;
  after(project: UserProject): UserProgram;
  /** Finds what of the older client a program refers to. */
  finder(before: UserProgram): UseFinder;
  /** What changed between the two. */
  entries(before: UserProgram, after: UserProgram): readonly Entry[];
  /** A message of the compiler without paths of the client's files. */
  clean(message: string): string;
}

/** Type-checks a user's project on both clients and joins each new error with the change that caused it. */
export function assessProjects({ folder, projects }: UserProjects, versions: Versions): Assessment {
  const found = new Map<string, Impairment>();
  const files = new Set<string>();
  const importers = new Set<string>();
  const placeOf = ({ file, line, column, message }: Break) => ({
    file: relative(folder, file),
    line,
    column,
    message: versions.clean(message),
  });
  for (const project of projects) {
    const older = versions.before(project);
    for (const { fileName } of older.sources) files.add(fileName);
    for (const path of older.importers) importers.add(path);
    // Without an import nothing of the client can be in it.
    if (older.importers.length === 0) continue;
    const newer = versions.after(project);
    const breaks = findBreaks(older, newer);
    const entries = breaks.length === 0 ? [] : versions.entries(older, newer);
    const finder = versions.finder(older);
    for (const one of breaks) {
      const key = `${one.file} ${one.start}`;
      // Two configurations may share a file.
      if (found.has(key)) continue;
      const cause = findCause(one, entries, older.program, finder);
      found.set(key, { ...placeOf(one), ...(cause && { cause: sentence(cause), advice: adviceFor(cause) }) });
    }
  }
  if (importers.size === 0) {
    throw new ProjectProblem({
      where: folder,
      what: `None of the ${count(files.size, "file")} of this project imports ${versions.packageName}, so nothing can be said about it.`,
      fix: "give the folder, or the configuration file, of a project that uses the client.",
    });
  }
  return {
    found: [...found.values()],
    files: files.size,
    importers: [...importers].filter((path) => files.has(path)).length,
  };
}
