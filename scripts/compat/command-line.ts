import { execute } from "../lib/run.js";
import type { Result, Session } from "./session.js";

/** Runs the README's program, and returns what it printed. */
export async function runReadme(
  binary: string,
  flags: readonly string[],
  project: string,
  { baseUrl, token }: Session,
): Promise<string> {
  const args = [...flags, "start.mjs", baseUrl];
  const { code, output } = await execute(binary, args, { cwd: project, limitMs: 60_000, env: { SF_API_KEY: token } });
  if (code !== 0) throw new Error(`exit code ${code}: ${output.trim()}`);
  return output;
}

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
