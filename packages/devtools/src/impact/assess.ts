import { relative } from "node:path";
import { type Break, findBreaks, type UserProgram } from "./breaks.js";
import { adviceFor, findCause } from "./cause.js";
import { count } from "./count.js";
import { type Entry, sentence } from "./entry.js";
import { ProjectProblem } from "./problem.js";
import type { UserProject, UserProjects } from "./user-projects.js";
import type { UseFinder } from "./uses.js";

/** A place in the user's code that must change, and why. */
export interface Impairment {
  /** The path, relative to the project's folder. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The compiler's message. */
  readonly message: string;
  /** What changed in the API; absent when no change explains it. */
  readonly cause?: string;
  readonly advice?: string;
}

/** The result of a check: the files that were checked, and the places that must change. */
export interface Assessment {
  readonly found: readonly Impairment[];
  /** Files that were type-checked. */
  readonly files: number;
  /** Files that import the package. */
  readonly importers: number;
}

/** The two versions of the client that a project is checked with. */
export interface Versions {
  readonly packageName: string;
  before(project: UserProject): UserProgram;
  after(project: UserProject): UserProgram;
  /** Creates the finder of the parts of the older client that a program refers to. */
  finder(before: UserProgram): UseFinder;
  /** The changes between the two versions. */
  entries(before: UserProgram, after: UserProgram): readonly Entry[];
  /** Removes paths of the client's files from a compiler message. */
  clean(message: string): string;
}

/** Type-checks a user's project with both versions, and pairs each new error with the change that caused it. */
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
    // A project without an import does not use the client.
    if (older.importers.length === 0) continue;
    const newer = versions.after(project);
    const breaks = findBreaks(older, newer);
    const entries = breaks.length === 0 ? [] : versions.entries(older, newer);
    const finder = versions.finder(older);
    for (const one of breaks) {
      const key = `${one.file} ${one.start}`;
      // Two configurations can include the same file.
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
