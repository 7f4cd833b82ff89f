import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How a program ended, and what it printed. */
export interface Finished {
  /** `null`: it was ended because it took too long. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

const program = fileURLToPath(new URL("redocly-process.mjs", import.meta.url));

/** A bundle of this module has no program beside it. */
export const canStayLoaded = existsSync(program);

let child: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a package's command in a process that stays for the next run: loading Redocly takes ten times as long as what it does
 * here, and one run of the pipeline needs it two or three times. Runs wait for each other. The process ends with this one.
 * Redocly keeps the configuration that it finds by itself, so a run that depends on one names it with `--config`.
 */
export function runLoaded(
  script: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Finished> {
  const run = last.then(() => runNow({ script, args, cwd }, env));
  last = run.catch(() => undefined);
  return run;
}

/** What the process says of a run that is over. */
interface Report {
  readonly finished: Finished;
  /** It ends now, since the command did not come to its own end. */
  readonly isLast?: boolean;
}

async function runNow(task: object, env: NodeJS.ProcessEnv): Promise<Finished> {
  const running = child?.connected ? child : start(env);
  child = running;
  hold(running, true);
  const { finished, isLast } = await new Promise<Report>((resolve) => {
    running.once("message", (report) => resolve(report as Report));
    running.once("exit", (code) => resolve({ finished: { code, stdout: "", stderr: "", output: "" }, isLast: true }));
    running.send(task);
  });
  running.removeAllListeners("exit");
  hold(running, false);
  if (isLast) child = undefined;
  return finished;
}

/** What it prints is part of its reports, but for the stack of an exception that ends it. */
function start(env: NodeJS.ProcessEnv): ChildProcess {
  return fork(program, [], { env, execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
}

/** An idle process does not keep this one alive. */
function hold(running: ChildProcess, isBusy: boolean): void {
  for (const handle of [running, running.channel]) handle?.[isBusy ? "ref" : "unref"]();
}
