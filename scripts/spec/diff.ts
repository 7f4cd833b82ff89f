import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { runAsCommand, runWithUsage, type Surroundings } from "../lib/command.js";
import { DIFF_USAGE, type DiffArguments, readDiffArguments } from "./arguments.js";
import { reportOn } from "./compare.js";
import { printMarkdown, printReportJson, printText } from "./report.js";

const PRINTERS = { text: printText, markdown: printMarkdown, json: printReportJson };

/** Shows what is different for users of the client between two descriptions. Gives the exit code. */
export function specDiff(argv: readonly string[], world: Surroundings): Promise<number> {
  return runWithUsage(
    world,
    DIFF_USAGE,
    () => readDiffArguments(argv),
    async (options: DiffArguments) => {
      const { report } = await reportOn({ ...options, ...world });
      const text = PRINTERS[options.format](report);
      if (options.output === undefined) world.stdout.write(text);
      else writeFileSync(resolve(world.cwd, options.output), text);
      return 0;
    },
  );
}

await runAsCommand(import.meta.url, specDiff);
