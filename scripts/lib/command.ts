import { pathToFileURL } from "node:url";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { root } from "./package.js";
import { InputProblem } from "./problem.js";

/** What a script does: its arguments and surroundings in, the exit code out. */
export type Command = (argv: readonly string[], world: Surroundings) => Promise<number>;

/** Runs the command when its file is the one that was started, not when another file imports it. */
export async function runAsCommand(url: string, command: Command): Promise<void> {
  if (process.argv[1] === undefined || url !== pathToFileURL(process.argv[1]).href) return;
  process.exitCode = await command(process.argv.slice(2), {
    root,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
  });
}

type Options = NonNullable<ParseArgsConfig["options"]>;
/** The arguments that a command is given. */
export type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ strict: true; options: T & typeof HELP }>
>["values"];

const HELP = { help: { type: "boolean", short: "h", default: false } } as const;

interface Definition<T extends Options> {
  /** How it is called: `npm run generate --`. */
  readonly call: string;
  /** What `--help` prints. */
  readonly usage: string;
  readonly options: T;
  /** How many arguments without a name it takes, and what to say of another number. */
  readonly names?: { readonly least: number; readonly most: number; readonly advice: string };
  /** Printed below what stopped it. */
  readonly afterFailure?: string;
}

/** Reads the arguments of a command and does its work. What stops either is explained, and gives exit code 1. */
export function defineCommand<T extends Options, W extends Surroundings = Surroundings>(
  { call, usage, options, names, afterFailure = "" }: Definition<T>,
  work: (values: Values<T>, names: readonly string[], world: W) => number | Promise<number>,
): (argv: readonly string[], world: W) => Promise<number> {
  return async (argv, world) => {
    try {
      const all = { ...options, ...HELP };
      const { values, positionals } = readLine(call, argv, all, names !== undefined);
      if (values.help === true) {
        world.stdout.write(usage);
        return 0;
      }
      const { least = 0, most = 0, advice = "" } = names ?? {};
      if (positionals.length < least || positionals.length > most) throw wrongCall(call, advice);
      return await work(values as Values<T>, positionals, world);
    } catch (error) {
      world.stderr.write(`${explain(error, world.environment)}\n${afterFailure}`);
      return 1;
    }
  };
}

function readLine(call: string, argv: readonly string[], options: Options, allowPositionals: boolean) {
  try {
    return parseArgs({ args: [...argv], strict: true, allowPositionals, options });
  } catch (error) {
    // The second sentence of Node's messages is about `--`, which means nothing to who calls through npm.
    const what = (error instanceof Error ? error.message : String(error)).split(". ")[0]?.replace(/\.?$/, ".") ?? "";
    throw wrongCall(call, what);
  }
}

/** A command line that says what cannot be done. */
export function wrongCall(call: string, what: string): InputProblem {
  return new InputProblem({ where: call.replace(/ --$/, ""), what, fix: `see ${call} --help` });
}

/** An error as the person in front of the terminal needs it. */
export function explain(error: unknown, environment: NodeJS.ProcessEnv): string {
  if (error instanceof InputProblem) return error.message;
  if (!(error instanceof Error)) return String(error);
  // A fault of the pipeline itself: its stack is for who works on it.
  return environment.DEBUG ? (error.stack ?? error.message) : `${error.message}\n  (set DEBUG=1 to see where)`;
}

/** What the command touches of the world; tests give their own. */
export interface Surroundings {
  /** The project: its `openapi`, `src` and configuration. */
  readonly root: string;
  /** Where paths on the command line start from. */
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: NodeJS.ProcessEnv;
}

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export type Progress = ReturnType<typeof createProgress>;

const CLEAR_LINE = "\r\u001b[2K";

export function createProgress(output: Output, environment: NodeJS.ProcessEnv) {
  const start = performance.now();
  const isShown = output.isTTY === true && environment.TERM !== "dumb";
  const dim = (text: string) => (environment.NO_COLOR ? text : `\u001b[2m${text}\u001b[22m`);
  return {
    /** Does one stage of the work and, in a terminal, shows its name while it runs and its time after. */
    async stage<T>(name: string, work: () => T | Promise<T>): Promise<T> {
      const begun = performance.now();
      if (isShown) output.write(`  ${name.padEnd(12)}${dim("…")}`);
      try {
        const result = await work();
        const time = `${Math.round(performance.now() - begun)} ms`;
        if (isShown) output.write(`${CLEAR_LINE}  ${name.padEnd(12)}${dim(time.padStart(8))}\n`);
        return result;
      } catch (error) {
        if (isShown) output.write(`${CLEAR_LINE}  ${name.padEnd(12)}failed\n`);
        throw error;
      }
    },
    get totalMs() {
      return performance.now() - start;
    },
  };
}
