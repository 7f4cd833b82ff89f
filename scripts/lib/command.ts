import { pathToFileURL } from "node:url";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { ProjectProblem } from "../../packages/devtools/src/impact/problem.js";
import { root } from "./package.js";
import { InputProblem } from "./problem.js";
import { alignColumns } from "./text.js";

/** Runs a command when its file was started, and not when another file imports it. */
export async function runAsCommand(url: string, command: ReturnType<typeof defineCommand>): Promise<void> {
  if (process.argv[1] === undefined || url !== pathToFileURL(process.argv[1]).href) return;
  process.exitCode = await command(process.argv.slice(2), {
    root,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
  });
}

/** An option, with its fields for `parseArgs` and its text in `--help`. */
type Option = NonNullable<ParseArgsConfig["options"]>[string] & {
  /** The placeholder of its value in the usage, such as `FILE`. */
  readonly value?: string;
  readonly help: string;
};

type Options = Readonly<Record<string, Option>>;

/** The arguments of a command. */
export type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ strict: true; options: T & typeof HELP }>
>["values"];

const HELP = { help: { type: "boolean", short: "h", default: false, help: "this text" } } as const;

interface Definition<T extends Options> {
  /** The command line, such as `npm run generate --`. */
  readonly call: string;
  /** The description of the command, with which `--help` begins. */
  readonly about: string;
  readonly options: T;
  /** The positional arguments in the usage, such as `[OLD] NEW` with an optional first one, and the message for a wrong number of them. */
  readonly names?: { readonly form: string; readonly advice: string };
  /** A text that is printed below an error. */
  readonly afterFailure?: string;
}

/** Reads the arguments of a command and runs it. An error is explained, and leads to exit code 1. */
export function defineCommand<const T extends Options, W extends Surroundings = Surroundings>(
  definition: Definition<T>,
  work: (values: Values<T>, names: readonly string[], world: W) => number | Promise<number>,
): (argv: readonly string[], world: W) => Promise<number> {
  const { call, names, options, afterFailure = "" } = definition;
  const all = names?.form.split(" ") ?? [];
  const needed = all.filter((name) => !name.startsWith("["));
  return async (argv, world) => {
    try {
      const { values, positionals } = readLine(call, argv, { ...options, ...HELP }, all.length > 0);
      if (values.help === true) {
        world.stdout.write(printHelp(definition));
        return 0;
      }
      if (positionals.length < needed.length || positionals.length > all.length) refuseCall(call, names?.advice ?? "");
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
    // The second sentence of Node's messages is about `--`, which does not help when the command is run through npm.
    const what = (error instanceof Error ? error.message : String(error)).split(". ")[0]?.replace(/\.?$/, ".") ?? "";
    return refuseCall(call, what);
  }
}

/** Throws an error for an invalid command line. */
export function refuseCall(call: string, what: string): never {
  throw new InputProblem({ where: call.replace(/ --$/, ""), what, fix: `see ${call} --help` });
}

function printHelp({ call, about, options, names }: Definition<Options>): string {
  const all: Options = { ...options, ...HELP };
  const rows = Object.entries(all).map(([name, { value = "", help }]) => [`  --${name} ${value}`, help]);
  const form = names === undefined ? "" : `${names.form} `;
  return `Usage: ${call} ${form}[OPTIONS]\n\n${about}\n\n${alignColumns(rows)}\n`;
}

/** The text of an error for the user in front of the terminal. */
export function explain(error: unknown, environment: NodeJS.ProcessEnv): string {
  if (error instanceof InputProblem || error instanceof ProjectProblem) return error.message;
  if (!(error instanceof Error)) return String(error);
  // This is a defect of the pipeline, so the stack is printed for its maintainers.
  return environment.DEBUG ? (error.stack ?? error.message) : `${error.message}\n  (set DEBUG=1 to see where)`;
}

/** The environment of a command. Tests pass their own. */
export interface Surroundings {
  /** The folder of the project, with `openapi`, `src` and the configuration. */
  readonly root: string;
  /** The folder from which paths on the command line are resolved. */
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
    /** Runs one stage of the work. In a terminal, shows its name while it runs and its duration afterwards. */
    async stage<T>(name: string, work: () => T | Promise<T>): Promise<T> {
      const begun = performance.now();
      if (isShown) output.write(`  ${name.padEnd(12)}${dim("…")}`);
      let outcome = "failed";
      try {
        const result = await work();
        outcome = dim(`${Math.round(performance.now() - begun)} ms`.padStart(8));
        return result;
      } finally {
        if (isShown) output.write(`${CLEAR_LINE}  ${name.padEnd(12)}${outcome}\n`);
      }
    },
    get totalMs() {
      return performance.now() - start;
    },
  };
}
