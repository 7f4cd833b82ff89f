import { readArguments, USAGE } from "./generate/arguments.js";
import { runPipeline } from "./generate/pipeline.js";
import type { Surroundings } from "./lib/command.js";
import { explain, runAsCommand } from "./lib/command.js";
import { inScratch } from "./lib/scratch.js";

/** Makes the typed client from the API description. Gives the exit code; nothing is written unless all stages succeed. */
export async function generate(argv: readonly string[], world: Surroundings): Promise<number> {
  try {
    const options = readArguments(argv);
    if (!options.help) return await inScratch((scratch) => runPipeline(options, world, scratch));
    world.stdout.write(USAGE);
    return 0;
  } catch (error) {
    world.stderr.write(`${explain(error, world.environment)}\n`);
    return 1;
  }
}

await runAsCommand(import.meta.url, generate);
