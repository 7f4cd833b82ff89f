// The other end of `resident.ts`: runs the command of a package as often as it is asked to, in one process. What the package
// loads stays loaded; its entry file, which reads the command line, runs anew each time.
import { pathToFileURL } from "node:url";

let runs = 0;
/** What the current run has printed so far. */
let printed;

for (const stream of ["stdout", "stderr"]) {
  const write = process[stream].write.bind(process[stream]);
  process[stream].write = (text, ...rest) => {
    if (printed === undefined) return write(text, ...rest);
    printed[stream] += text;
    printed.output += text;
    return true;
  };
}

process.on("message", async ({ script, args, cwd }) => {
  const own = { stdout: "", stderr: "", output: "" };
  printed = own;
  process.chdir(cwd);
  process.argv.splice(1, Number.POSITIVE_INFINITY, script, ...args);
  await import(`${pathToFileURL(script)}?run=${++runs}`);
  // With nothing left to wait for the run has ended, which Node reports only when the channel does not count. Redocly sets
  // its exit code at that moment too, and comes first.
  process.once("beforeExit", () => setImmediate(() => printed === own && finish(process.exitCode)));
  process.channel?.unref();
});

process.exit = finish;

function finish(code) {
  if (printed === undefined) return;
  const finished = { code: code ?? 0, ...printed };
  printed = undefined;
  process.exitCode = undefined;
  process.channel?.ref();
  if (process.connected) process.send(finished);
}
