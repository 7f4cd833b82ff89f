import { parseOptions, wrongCall } from "../lib/command.js";

/** Where the vendor publishes the description. */
const PUBLISHED = "https://docs.sfcompute.com/preview/openapi.json";

export interface PullArguments {
  /** Web address or file. */
  readonly from: string;
  /** Do not ask. */
  readonly yes: boolean;
  readonly test: boolean;
  readonly help: boolean;
}

const CALL = "npm run spec:pull --";

export const PULL_USAGE = `Usage: npm run spec:pull [-- URL|FILE] [OPTIONS]

Takes over a new API description: shows what changes, asks, then regenerates the client and tests it.

  URL|FILE     default: ${PUBLISHED}
  --yes        do not ask
  --no-test    do not type-check and test afterwards
  --help       this text

Exit code: 0 when it is taken over or nothing is different, 1 when nothing was changed, 2 when it is taken over and its
type-check or tests fail.
`;

export function readPullArguments(argv: readonly string[]): PullArguments {
  const { values, positionals } = parseOptions(CALL, argv, {
    yes: { type: "boolean", short: "y", default: false },
    "no-test": { type: "boolean", default: false },
  });
  if (positionals.length > 1) throw wrongCall(CALL, "Give one address or file.");
  return { from: positionals[0] ?? PUBLISHED, yes: values.yes, test: !values["no-test"], help: values.help };
}
