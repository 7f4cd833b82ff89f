import { readArguments, USAGE } from "./generate/arguments.js";
import { explain, runAsCommand } from "./generate/command.js";
import { runPipeline } from "./generate/pipeline.js";
import { inScratch } from "./generate/scratch.js";
import type { Surroundings } from "./generate/surroundings.js";

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
