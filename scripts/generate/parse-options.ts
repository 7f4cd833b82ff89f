import { type ParseArgsConfig, parseArgs } from "node:util";
import { InputProblem } from "./problem.js";

const HELP = { help: { type: "boolean", short: "h", default: false } } as const;

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; strict: true; allowPositionals: true; options: T & typeof HELP }>
>;

/** Reads a command line, `--help` included. `call` is how the command is called: `npm run generate --`. */
export function parseOptions<T extends Options>(
  call: string,
  argv: readonly string[],
  options: T,
  { allowPositionals = true } = {},
): Parsed<T> {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals,
      options: { ...options, ...HELP },
    }) as Parsed<T>;
  } catch (error) {
    // The second sentence of Node's messages tells of `--`, which means nothing to who calls through npm.
    const what = (error instanceof Error ? error.message : String(error)).split(". ")[0]?.replace(/\.?$/, ".") ?? "";
    throw wrongCall(call, what);
  }
}

/** A command line that says what cannot be done. */
export function wrongCall(call: string, what: string): InputProblem {
  return new InputProblem({ where: call.replace(/ --$/, ""), what, mend: `see ${call} --help` });
}
