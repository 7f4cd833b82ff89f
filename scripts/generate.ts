import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readArguments, USAGE } from "./generate/arguments.js";
import { runPipeline } from "./generate/pipeline.js";
import { InputProblem } from "./generate/problem.js";
import type { Surroundings } from "./generate/surroundings.js";

/** Makes the typed client from the API description. Gives the exit code; nothing is written unless all stages succeed. */
export async function generate(argv: readonly string[], world: Surroundings): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "generate-"));
  try {
    const options = readArguments(argv);
    if (!options.help) return await runPipeline(options, world, scratch);
    world.stdout.write(USAGE);
    return 0;
  } catch (error) {
    world.stderr.write(`${explain(error, world.environment)}\n`);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function explain(error: unknown, environment: NodeJS.ProcessEnv): string {
  if (error instanceof InputProblem) return error.message;
  if (!(error instanceof Error)) return String(error);
  // A fault of the pipeline itself: its stack is for who works on it.
  return environment.DEBUG ? (error.stack ?? error.message) : `${error.message}\n  (set DEBUG=1 to see where)`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await generate(process.argv.slice(2), {
    root: dirname(dirname(fileURLToPath(import.meta.url))),
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
  });
}
