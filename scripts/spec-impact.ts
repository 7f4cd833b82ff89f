import { resolve } from "node:path";
import { descriptionFile } from "../src/testing/description-file.js";
import { ownVersion } from "./diff/own-version.js";
import { reportOn } from "./diff/report.js";
import { type ImpactArguments, impactUsage, REPOSITORY_CALL, readImpactArguments } from "./impact/arguments.js";
import { type Assessment, assess } from "./impact/assess.js";
import { printImpact } from "./impact/print.js";
import { readUserProjects } from "./impact/user-project.js";
import type { Surroundings } from "./lib/command.js";
import { explain, runAsCommand } from "./lib/command.js";
import { printJson } from "./lib/json.js";

/** Tells which lines of a user's project a new description breaks, and by which change. Gives the exit code. */
export async function specImpact(
  argv: readonly string[],
  world: Surroundings,
  call: string = REPOSITORY_CALL,
): Promise<number> {
  try {
    const options = readImpactArguments(argv, call);
    if (options.help) {
      world.stdout.write(impactUsage(call));
      return 0;
    }
    const assessment = await impactOf(options, world);
    world.stdout.write(options.format === "json" ? printJson(assessment.found) : printImpact(assessment));
    return assessment.found.length === 0 ? 0 : 2;
  } catch (error) {
    world.stderr.write(`${explain(error, world.environment)}\n`);
    return 1;
  }
}

async function impactOf(options: ImpactArguments, { root, cwd }: Surroundings): Promise<Assessment> {
  // Before the two are compared, which takes longer.
  const projects = readUserProjects(resolve(cwd, options.project));
  const older = descriptionFile(options.before);
  try {
    const question = { ...options, before: older.path, root, cwd, version: ownVersion(root) };
    const { report, before, after } = await reportOn(question);
    return assess(projects, root, before, after, report.entries);
  } finally {
    older.remove();
  }
}

await runAsCommand(import.meta.url, (argv, world) => specImpact(argv, world));
