import { execute } from "./execute.js";
import type { Result, Session } from "./session.js";

/** Runs the program in a runtime that is started with a file. */
export async function runCommandLine(
  binary: string,
  flags: readonly string[],
  consumer: string,
  { baseUrl, token }: Session,
): Promise<readonly Result[]> {
  const args = [...flags, "command-line.mjs", baseUrl, token];
  const { code, output } = await execute(binary, args, { cwd: consumer, limitMs: 60_000 });
  if (code !== 0) throw new Error(`exit code ${code}: ${output.trim()}`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Result[];
}
