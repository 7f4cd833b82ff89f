#!/usr/bin/env node
/** The entry of `npx sfc-preview-devtools <command>`. Its commands help a project test its use of the API. */
import { runCommandLine } from "./commands.js";

process.exitCode = await runCommandLine(process.argv.slice(2), {
  print: (text) => void process.stdout.write(`${text}\n`),
  report: (text) => void process.stderr.write(`${text}\n`),
});
