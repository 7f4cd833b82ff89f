/** Runs the checks in a web page and returns the results as text. */
import { entries } from "./entries.mjs";
import { run as runChecks } from "./program.mjs";

export async function run(session) {
  return JSON.stringify(await runChecks(entries, { ...session, dangerouslyAllowBrowser: true }));
}
