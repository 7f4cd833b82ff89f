import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { explain, runAsCommand, type Surroundings } from "../lib/command.js";
import { DIFF_USAGE, readDiffArguments } from "./arguments.js";
import { printMarkdown, printReportJson, printText } from "./entry.js";
import { ownVersion, reportOn } from "./report.js";

const PRINTERS = { text: printText, markdown: printMarkdown, json: printReportJson };

/** Tells what is different for users of the client between two descriptions. Gives the exit code. */
export async function specDiff(argv: readonly string[], world: Surroundings): Promise<number> {
  try {
    const options = readDiffArguments(argv);
    if (options.help) {
      world.stdout.write(DIFF_USAGE);
      return 0;
    }
    const { report } = await reportOn({
      ...options,
      root: world.root,
      cwd: world.cwd,
      version: ownVersion(world.root),
    });
    const text = PRINTERS[options.format](report);
    if (options.output === undefined) world.stdout.write(text);
    else writeFileSync(resolve(world.cwd, options.output), text);
    return 0;
  } catch (error) {
    world.stderr.write(`${explain(error, world.environment)}\n`);
    return 1;
  }
}

await runAsCommand(import.meta.url, specDiff);
