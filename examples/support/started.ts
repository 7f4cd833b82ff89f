import { pathToFileURL } from "node:url";
import { SfcClient } from "../../src/index.js";

/** Where a program prints what it does. */
export type Say = (line: string) => void;

/** Runs a program when it is the one that was started, and not when something imports it. The token comes from SF_API_KEY, the address perhaps from SF_BASE_URL. */
export async function whenStarted(
  moduleUrl: string,
  run: (sfc: SfcClient, args: string[], say: Say) => Promise<unknown>,
): Promise<void> {
  const [, program, ...args] = process.argv;
  if (program === undefined || pathToFileURL(program).href !== moduleUrl) return;
  const baseUrl = process.env.SF_BASE_URL;
  await run(new SfcClient(baseUrl ? { baseUrl } : {}), args, (line) => console.log(line));
}
