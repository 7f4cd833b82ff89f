import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
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
  const run = last.then(() => runNow(script, args, cwd, env));
  last = run.catch(() => undefined);
  return run;
}

/** What the process says of a run that is over. */
interface Report {
  readonly finished: Finished;
  /** It ends now, since the command did not come to its own end. */
  readonly isLast?: boolean;
}

async function runNow(script: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Finished> {
  const running = child?.connected ? child : start(env);
  child = running;
  const settled = new AbortController();
  const { signal } = settled;
  let complaint = "";
  const collect = (text: Buffer) => {
    complaint += text;
  };
  hold(running, true);
  running.stderr?.on("data", collect);
  const reported = once(running, "message", { signal }).then(([report]): Report => report);
  const exited = once(running, "exit", { signal }).then(([code]): Report => {
    return { finished: { code, stdout: "", stderr: complaint, output: complaint }, isLast: true };
  });
  try {
    running.send({ script, args, cwd });
    const { finished, isLast } = await Promise.race([reported, exited]);
    if (isLast) child = undefined;
    return finished;
  } finally {
    settled.abort();
    running.stderr?.off("data", collect);
    hold(running, false);
  }
}

function start(env: NodeJS.ProcessEnv): ChildProcess {
  return fork(program, [], { env, execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
}

/** An idle process does not keep this one alive. */
function hold(running: ChildProcess, isBusy: boolean): void {
  const handles = [running, running.channel, running.stderr as unknown as { ref(): void; unref(): void }];
  for (const handle of handles) handle?.[isBusy ? "ref" : "unref"]();
}
