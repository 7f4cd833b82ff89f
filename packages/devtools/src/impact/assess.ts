import { dirname, relative } from "node:path";
import { type Break, findBreaks } from "./breaks.js";
import { adviceFor, findCause } from "./cause.js";
import { clientProgram, type PlacedClient } from "./client-program.js";
import { type CompiledClient, resourceFields } from "./compare-clients.js";
import { count } from "./count.js";
import { type Entry, sentence } from "./entry.js";
import { withoutPlaces } from "./message.js";
import { CLIENT } from "./package-files.js";
import { ProjectProblem } from "./problem.js";
import type { UserProject, UserProjects } from "./user-projects.js";
import { UseFinder } from "./uses.js";

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
  readonly before: PlacedClient;
  readonly after: PlacedClient;
  /** The changes between the two versions. */
  entries(before: CompiledClient, after: CompiledClient): readonly Entry[];
  /** Called before a project is compiled with one of the two versions. */
  onCheck?(project: UserProject, version: "before" | "after"): void;
}

/** Type-checks a user's project with both versions, and pairs each new error with the change that caused it. */
export function assessProjects({ folder, projects }: UserProjects, versions: Versions): Assessment {
  const found = new Map<string, Impairment>();
  const files = new Set<string>();
  const importers = new Set<string>();
  const installed = dirname(dirname(versions.before.folder));
  const compile = (project: UserProject, version: "before" | "after") => {
    versions.onCheck?.(project, version);
    const client = versions[version];
    // All entry points are compiled, so that the whole client can be compared, and not only the parts that the project imports.
    return { client, ...clientProgram(project, client, client.entries.values()) };
  };
  const placeOf = ({ file, line, column, message }: Break) => ({
    file: relative(folder, file),
    line,
    column,
    message: withoutPlaces(message, installed, CLIENT),
  });
  for (const project of projects) {
    const older = compile(project, "before");
    for (const { fileName } of older.sources) files.add(fileName);
    for (const path of older.importers) importers.add(path);
    // A project without an import does not use the client.
    if (older.importers.length === 0) continue;
    const newer = compile(project, "after");
    const breaks = findBreaks(older, newer);
    const entries = breaks.length === 0 ? [] : versions.entries(older, newer);
    const isClientFile = (path: string) => path.startsWith(older.client.folder);
    const finder = new UseFinder(older.program, resourceFields(older), isClientFile);
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
      what: `None of the ${count(files.size, "file")} of this project imports ${CLIENT}, so nothing can be said about it.`,
      fix: "give the folder, or the configuration file, of a project that uses the client.",
    });
  }
  return {
    found: [...found.values()],
    files: files.size,
    importers: [...importers].filter((path) => files.has(path)).length,
  };
}
