import { parseOptions, wrongCall } from "../lib/command.js";
import type { Companions } from "./side.js";

/** What every command takes that compares two descriptions. */
const COMPARISON_OPTIONS = {
  format: { type: "string", default: "text" },
  sdk: { type: "string" },
  overlay: { type: "string" },
} as const;

function readFormat<T extends string>(call: string, formats: readonly T[], format: string): T {
  const found = formats.find((one) => one === format);
  if (found === undefined) throw wrongCall(call, `There is no format "${format}".`);
  return found;
}

const FORMATS = ["text", "markdown", "json"] as const;

export interface DiffArguments {
  readonly before: string;
  readonly after: string;
  readonly format: (typeof FORMATS)[number];
  readonly output: string | undefined;
  readonly companions: Companions;
  readonly help: boolean;
}

const DIFF_CALL = "npm run spec:diff --";

export const DIFF_USAGE = `Usage: ${DIFF_CALL} OLD NEW [OPTIONS]

Prints what changes for users of the client between two API descriptions, and which version that asks for.

  --format text|markdown|json   default: text
  --output FILE                 write there instead of here
  --sdk FILE                    names and classes of operations   default: openapi/sdk.yaml
  --overlay FILE                corrections to both               default: openapi/overlay.yaml
  --help                        this text
`;

export function readDiffArguments(argv: readonly string[]): DiffArguments {
  const { values, positionals } = parseOptions(DIFF_CALL, argv, { ...COMPARISON_OPTIONS, output: { type: "string" } });
  const [before = "", after = "", ...more] = positionals;
  if (!values.help && (after === "" || more.length > 0))
    throw wrongCall(DIFF_CALL, "Give two descriptions, the older one first.");
  return {
    before,
    after,
    format: readFormat(DIFF_CALL, FORMATS, values.format),
    output: values.output,
    companions: { sdk: values.sdk, overlay: values.overlay },
    help: values.help,
  };
}

export interface ImpactArguments {
  /** Absent: the description that the client was made from. */
  readonly before: string | undefined;
  readonly after: string;
  readonly project: string;
  readonly format: "text" | "json";
  readonly companions: Companions;
  readonly help: boolean;
}

/** How the command is called. */
export const REPOSITORY_CALL = "npm run spec:impact --";

export function impactUsage(call: string): string {
  return `Usage: ${call} [OLD] NEW --project PLACE [OPTIONS]

Type-checks a project on the clients of two API descriptions, and prints which change breaks which line of it.

  OLD                  default: the description that this version of the client was made from
  --project PLACE      the project's folder, or its tsconfig     default: the current folder
  --format text|json   default: text
  --sdk FILE           names and classes of operations           default: the client's own, openapi/sdk.yaml
  --overlay FILE       corrections to both                       default: the client's own, openapi/overlay.yaml
  --help               this text

Exit code: 0 when nothing breaks, 2 when something does, 1 when it cannot be determined.
`;
}

export function readImpactArguments(argv: readonly string[], call: string): ImpactArguments {
  const options = { ...COMPARISON_OPTIONS, project: { type: "string", default: "." } } as const;
  const { values, positionals } = parseOptions(call, argv, options);
  const [before, after = "", ...more] = positionals.length === 1 ? [undefined, ...positionals] : positionals;
  if (!values.help && (after === "" || more.length > 0)) {
    throw wrongCall(call, "Give the new description, or two of them with the older one first.");
  }
  return {
    before,
    after,
    project: values.project,
    format: readFormat(call, ["text", "json"], values.format),
    companions: { sdk: values.sdk, overlay: values.overlay },
    help: values.help,
  };
}

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

const PULL_CALL = "npm run spec:pull --";

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
  const { values, positionals } = parseOptions(PULL_CALL, argv, {
    yes: { type: "boolean", short: "y", default: false },
    "no-test": { type: "boolean", default: false },
  });
  if (positionals.length > 1) throw wrongCall(PULL_CALL, "Give one address or file.");
  return { from: positionals[0] ?? PUBLISHED, yes: values.yes, test: !values["no-test"], help: values.help };
}
