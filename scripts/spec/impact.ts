import { resolve } from "node:path";
import ts from "typescript";
import { descriptionFile } from "../../packages/devtools/src/description-file.js";
import { type Assessment, assessProjects } from "../../packages/devtools/src/impact/assess.js";
import { withoutPlaces } from "../../packages/devtools/src/impact/cause.js";
import { clientProgram, placeClient } from "../../packages/devtools/src/impact/client-program.js";
import { printImpact } from "../../packages/devtools/src/impact/print-impact.js";
import { ProjectProblem } from "../../packages/devtools/src/impact/problem.js";
import { useTypeScript } from "../../packages/devtools/src/impact/typescript.js";
import { readUserProjects, type UserProjects } from "../../packages/devtools/src/impact/user-projects.js";
import { UseFinder } from "../../packages/devtools/src/impact/uses.js";
import { runAsCommand, runWithUsage, type Surroundings } from "../lib/command.js";
import { printJson } from "../lib/json.js";
import { readPackage } from "../lib/package.js";
import { InputProblem } from "../lib/problem.js";
import { type ImpactArguments, impactUsage, REPOSITORY_CALL, readImpactArguments } from "./arguments.js";
import { reportOn } from "./compare.js";
import { handWrittenSources } from "./compiler.js";
import type { Entry } from "./report.js";
import type { Side } from "./side.js";

useTypeScript(ts);

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
  const older = descriptionFile(options.before);
  try {
    // Before the two are compared, which takes longer.
    const projects = readUserProjects(resolve(cwd, options.project));
    const { report, before, after } = await reportOn({ ...options, before: older.path, root, cwd });
    return assess(projects, root, before, after, report.entries);
  } catch (error) {
    throw error instanceof ProjectProblem ? new InputProblem(error.parts) : error;
  } finally {
    older.remove();
  }
}

/** Type-checks a user's project on both clients and joins each new error with the change that caused it. */
export function assess(
  projects: UserProjects,
  root: string,
  before: Side,
  after: Side,
  entries: readonly Entry[],
): Assessment {
  const manifest = readPackage(root);
  const place = (name: string, { code }: Side) =>
    placeClient({ manifest, declarations: new Map([...handWrittenSources(root), ...code]) }, root, name);
  const clients = { before: place("before", before), after: place("after", after) };
  const fields = new Map(before.model.resources.map(({ className, field }) => [className, field]));
  return assessProjects(projects, {
    packageName: manifest.name,
    before: (project) => clientProgram(project, clients.before),
    after: (project) => clientProgram(project, clients.after),
    finder: ({ program }) => new UseFinder(program, fields, (path) => path.startsWith(clients.before.folder)),
    entries: () => entries,
    clean: (message) => withoutPlaces(message, root, manifest.name),
  });
}

await runAsCommand(import.meta.url, (argv, world) => specImpact(argv, world));
