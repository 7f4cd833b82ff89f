/** Runs the mock server until it is interrupted: `PORT=4010 npm run mock`. It is the command `mock` of the devtools, run from their sources. */
import { runCommandLine } from "../packages/devtools/src/cli/commands.js";

const terminal = { print: console.log, report: console.error };
process.exitCode = await runCommandLine(["mock", "--port", process.env.PORT || "0"], terminal);
if (process.exitCode === undefined) {
  console.error("Choose a response with a header: Prefer: code=404, or Prefer: example=first_page.");
}
