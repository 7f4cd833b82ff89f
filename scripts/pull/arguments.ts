import { parseArgs } from "node:util";
import { InputProblem } from "../generate/problem.js";

/** Where the vendor publishes the description. */
export const PUBLISHED = "https://docs.sfcompute.com/preview/openapi.json";

export interface PullArguments {
  /** Web address or file. */
  readonly from: string;
  /** Do not ask. */
  readonly yes: boolean;
  readonly test: boolean;
  readonly help: boolean;
}

export const PULL_USAGE = `Usage: npm run spec:pull [-- URL|FILE] [OPTIONS]

Takes over a new API description: shows what changes, asks, then regenerates the client and tests it.

  URL|FILE     default: ${PUBLISHED}
  --yes        do not ask
  --no-test    do not type-check and test afterwards
  --help       this text
`;

export function readPullArguments(argv: readonly string[]): PullArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: true,
      options: {
        yes: { type: "boolean", short: "y", default: false },
        "no-test": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (positionals.length > 1) throw new Error("Give one address or file.");
    return { from: positionals[0] ?? PUBLISHED, yes: values.yes, test: !values["no-test"], help: values.help };
  } catch (error) {
    const what = (error instanceof Error ? error.message : String(error)).split(". ")[0]?.replace(/\.?$/, ".") ?? "";
    throw new InputProblem({ where: "npm run spec:pull", what, mend: "see npm run spec:pull -- --help" });
  }
}
