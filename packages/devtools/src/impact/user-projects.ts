import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type TS from "typescript";
import { ProjectProblem } from "./problem.js";
import { ts } from "./typescript.js";

/** The parts of one configuration of a user's project that the compiler needs. */
export interface UserProject {
  /** The path of the configuration file. */
  readonly config: string;
  readonly files: readonly string[];
  readonly options: TS.CompilerOptions;
  readonly references: readonly TS.ProjectReference[];
}

export interface UserProjects {
  /** The folder that reported paths are relative to. */
  readonly folder: string;
  readonly projects: readonly UserProject[];
}

/** Reads the project's configuration and the configurations that it references, as `tsc --build` does. */
export function readUserProjects(place: string): UserProjects {
  const first = configurationAt(place);
  const projects = new Map<string, UserProject>();
  const read = (config: string): void => {
    if (projects.has(config)) return;
    const project = readConfiguration(config);
    projects.set(config, project);
    for (const reference of project.references) read(ts.resolveProjectReferencePath(reference));
  };
  read(first);
  const found = [...projects.values()]
    .filter(({ files }) => files.length > 0)
    .map((project) => removeCircularReferences(project, projects));
  if (found.length > 0) return { folder: dirname(first), projects: found };
  throw new ProjectProblem({
    where: first,
    what: "Neither this configuration nor those that it refers to name a file.",
    fix: "give the folder, or the configuration file, of a project that uses the client.",
  });
}

/**
 * Removes references that lead back to the project. A program does not check the source files of projects that it references, directly or indirectly. With
 * a circular reference these would include its own files, which would never be checked.
 */
function removeCircularReferences(project: UserProject, projects: ReadonlyMap<string, UserProject>): UserProject {
  const leadsBack = (config: string, seen: Set<string>): boolean => {
    if (config === project.config) return true;
    if (seen.has(config)) return false;
    seen.add(config);
    return (projects.get(config)?.references ?? []).some((next) =>
      leadsBack(ts.resolveProjectReferencePath(next), seen),
    );
  };
  const references = project.references.filter((one) => !leadsBack(ts.resolveProjectReferencePath(one), new Set()));
  return { ...project, references };
}

/** Finds the configuration file. For a folder it is its tsconfig.json, or the jsconfig.json of a JavaScript project. */
function configurationAt(place: string): string {
  if (existsSync(place) && statSync(place).isFile()) return place;
  const found = ["tsconfig.json", "jsconfig.json"].map((name) => join(place, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new ProjectProblem({
    where: join(place, "tsconfig.json"),
    what: "There is no such file.",
    fix: "give the folder that holds the tsconfig.json of your project.",
  });
}

/** Codes of the errors for a configuration without files. They are ignored for a configuration that has only references. */
const NO_FILES = new Set([18002, 18003]);

function readConfiguration(path: string): UserProject {
  const errors: TS.Diagnostic[] = [];
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (error: TS.Diagnostic) => errors.push(error) };
  const parsed = ts.getParsedCommandLineOfConfigFile(path, {}, host);
  const references = parsed?.projectReferences ?? [];
  const [error] = [...errors, ...(parsed?.errors ?? [])].filter(
    ({ code }) => !NO_FILES.has(code) || (code === 18003 && references.length === 0),
  );
  if (error !== undefined || parsed === undefined) {
    const what = ts.flattenDiagnosticMessageText(error?.messageText ?? "It cannot be read.", " ");
    throw new ProjectProblem({ where: path, what, fix: "correct the file, so that `npx tsc -p` accepts it." });
  }
  // JavaScript is checked even if the project does not check it: without a check, a break would appear only at run time.
  const javascript = parsed.options.allowJs === true && { checkJs: true };
  const options = {
    ...parsed.options,
    ...javascript,
    noEmit: true,
    skipLibCheck: true,
    composite: false,
    incremental: false,
  };
  return { config: path, files: parsed.fileNames, options, references };
}
