import { pathToFileURL } from "node:url";
import { SfcClient } from "../../src/index.js";

/** The output of a program. */
export type Say = (line: string) => void;

/** Runs a program when its file was started, and not when another file imports it. The token comes from SF_API_KEY, and the base URL from SF_BASE_URL if that is set. */
export async function whenStarted(
  moduleUrl: string,
  run: (sfc: SfcClient, args: string[], say: Say) => Promise<unknown>,
): Promise<void> {
  const [, program, ...args] = process.argv;
  if (program === undefined || pathToFileURL(program).href !== moduleUrl) return;
  const baseUrl = process.env.SF_BASE_URL;
  await run(new SfcClient(baseUrl ? { baseUrl } : {}), args, (line) => console.log(line));
}
