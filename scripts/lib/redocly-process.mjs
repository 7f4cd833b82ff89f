// The other end of `redocly.ts`: runs the command of a package as often as it is asked to, in one process. What the package
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

const exit = process.exit;
/** The current run waits for nothing any more. */
let isDone = false;

process.on("message", async ({ script, args, cwd }) => {
  const own = { stdout: "", stderr: "", output: "" };
  printed = own;
  isDone = false;
  process.chdir(cwd);
  process.argv.splice(1, Number.POSITIVE_INFINITY, script, ...args);
  await import(`${pathToFileURL(script)}?run=${++runs}`);
  // Node reports that nothing is left to wait for only when the channel does not count. Redocly sets its exit code at that
  // moment too, and comes first.
  process.once("beforeExit", () => {
    isDone = true;
    setImmediate(() => printed === own && finish(process.exitCode));
  });
  process.channel?.unref();
});

process.exit = finish;

function finish(code) {
  if (printed === undefined) return;
  const finished = { code: code ?? 0, ...printed };
  printed = undefined;
  process.exitCode = undefined;
  process.channel?.ref();
  if (!process.connected) return;
  if (isDone) process.send({ finished });
  // What a command leaves behind that ends in the middle is unknown, so the next run gets a new process.
  else process.send({ finished, isLast: true }, () => exit(0));
}
