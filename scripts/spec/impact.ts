import { relative, resolve } from "node:path";
import ts from "typescript";
import { descriptionFile } from "../../packages/devtools/src/description-file.js";
import { runAsCommand, runWithUsage, type Surroundings } from "../lib/command.js";
import { printJson } from "../lib/json.js";
import { readPackage } from "../lib/package.js";
import { InputProblem } from "../lib/problem.js";
import { count } from "../lib/text.js";
import { type ImpactArguments, impactUsage, REPOSITORY_CALL, readImpactArguments } from "./arguments.js";
import { adviceFor, causeOf, shortMessage, withoutPlaces } from "./cause.js";
import { leadingFiles } from "./compiler.js";
import { type Entry, sentence } from "./entry.js";
import { reportOn } from "./report.js";
import type { Side } from "./side.js";
import { readUserProjects, type UserProgram, type UserProjects, userProgram } from "./user-project.js";
import { UseFinder } from "./uses.js";

/** Tells which lines of a user's project a new description breaks, and by which change. Gives the exit code. */
export function specImpact(
  argv: readonly string[],
  world: Surroundings,
  call: string = REPOSITORY_CALL,
): Promise<number> {
  return runWithUsage(
    world,
    impactUsage(call),
    () => readImpactArguments(argv, call),
    async (options) => {
      const assessment = await impactOf(options, world);
      world.stdout.write(options.format === "json" ? printJson(assessment.found) : printImpact(assessment));
      return assessment.found.length === 0 ? 0 : 2;
    },
  );
}

async function impactOf(options: ImpactArguments, { root, cwd }: Surroundings): Promise<Assessment> {
  // Before the two are compared, which takes longer.
  const projects = readUserProjects(resolve(cwd, options.project));
  const older = descriptionFile(options.before);
  try {
    const { report, before, after } = await reportOn({ ...options, before: older.path, root, cwd });
    return assess(projects, root, before, after, report.entries);
  } finally {
    older.remove();
  }
}

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
  const packageName = readPackage(root).name;
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
    fix: "give the folder, or the configuration file, of a project that uses the client.",
  });
}

/** A place in the user's code that compiled with the older client and does not with the newer one. */
export interface Break {
  readonly file: string;
  readonly start: number;
  readonly line: number;
  readonly column: number;
  /** The compiler's message with all lines of its chain. */
  readonly message: string;
}

/** Errors that only the newer client causes; what was wrong before is none of ours. */
export function findBreaks(before: UserProgram, after: UserProgram): Break[] {
  const known = new Set(errorsIn(before).map(({ key }) => key));
  return errorsIn(after).flatMap(({ key, found }) => (known.has(key) ? [] : [found]));
}

function errorsIn({ program, sources }: UserProgram): { key: string; found: Break }[] {
  return sources.flatMap((file) =>
    program.getSemanticDiagnostics(file).map(({ start = 0, code, messageText }) => {
      const { line, character } = file.getLineAndCharacterOfPosition(start);
      const message = ts.flattenDiagnosticMessageText(messageText, "\n");
      return {
        key: `${file.fileName} ${start} ${code}`,
        found: { file: file.fileName, start, line: line + 1, column: character + 1, message },
      };
    }),
  );
}

/** One paragraph for each change of the API, with its places in the form that editors and terminals make links of. */
export function printImpact({ found, files, importers }: Assessment): string {
  const checked = `${count(files, "file")} checked, ${importers} of them ${importers === 1 ? "imports" : "import"} the client`;
  if (found.length === 0) return `Nothing breaks in this project: ${checked}.\n`;
  const causes = [...new Set(found.map(({ cause }) => cause))];
  // What no change explains comes last.
  const sorted = [...causes.filter((cause) => cause !== undefined), ...causes.filter((cause) => cause === undefined)];
  const paragraphs = sorted.map((cause) =>
    paragraph(
      cause,
      found.filter((one) => one.cause === cause),
    ),
  );
  const inFiles = new Set(found.map(({ file }) => file)).size;
  return `${paragraphs.join("\n")}\n${count(found.length, "place")} in ${count(inFiles, "file")} to change; ${checked}.\n`;
}

function paragraph(cause: string | undefined, places: readonly Impairment[]): string {
  const [first] = places;
  return [
    cause ?? "No change of the API explains:",
    ...(first?.advice === undefined ? [] : [`  ${first.advice}`]),
    ...places.map(({ file, line, column, message }) => `    ${file}:${line}:${column}  ${shortMessage(message)}`),
    "",
  ].join("\n");
}

await runAsCommand(import.meta.url, (argv, world) => specImpact(argv, world));
