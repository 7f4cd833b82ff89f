import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InputProblem } from "./problem.js";
import type { Surroundings } from "./surroundings.js";

/** What a script does: its arguments and surroundings in, the exit code out. */
export type Command = (argv: readonly string[], world: Surroundings) => Promise<number>;

/** Runs the command when its file is the one that was started, not when another file imports it. */
export async function runAsCommand(url: string, command: Command): Promise<void> {
  if (process.argv[1] === undefined || url !== pathToFileURL(process.argv[1]).href) return;
  process.exitCode = await command(process.argv.slice(2), {
    root: dirname(dirname(fileURLToPath(url))),
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
  });
}

/** An error as the person in front of the terminal needs it. */
export function explain(error: unknown, environment: NodeJS.ProcessEnv): string {
  if (error instanceof InputProblem) return error.message;
  if (!(error instanceof Error)) return String(error);
  // A fault of the pipeline itself: its stack is for who works on it.
  return environment.DEBUG ? (error.stack ?? error.message) : `${error.message}\n  (set DEBUG=1 to see where)`;
}
