import { COMPARISON_OPTIONS, companionsOf, readFormat } from "../diff/comparison-options.js";
import type { Companions } from "../diff/read.js";
import { parseOptions, wrongCall } from "../lib/command.js";

export interface ImpactArguments {
  /** Absent: the description that the client was made from. */
  readonly before?: string;
  readonly after: string;
  readonly project: string;
  readonly format: "text" | "json";
  readonly companions: Companions;
  readonly help: boolean;
}

/** How the command is called: in the repository, and from the published package. */
export const REPOSITORY_CALL = "npm run spec:impact --";
export const PACKAGE_CALL = "npx sfc-preview-sdk impact";

export function impactUsage(call: string): string {
  return `Usage: ${call} [OLD] NEW --project PLACE [OPTIONS]

Type-checks a project on the clients of two API descriptions, and tells which change breaks which line of it.

  OLD                  default: the description that this version of the client was made from
  --project PLACE      the project's folder, or its tsconfig     default: the current folder
  --format text|json   default: text
  --sdk FILE           names and classes of operations           default: the client's own, openapi/sdk.yaml
  --overlay FILE       corrections to both                       default: the client's own, openapi/overlay.yaml
  --help               this text

Exit code: 0 when nothing breaks, 2 when something does, 1 when it cannot be told.
`;
}

export function readImpactArguments(argv: readonly string[], call: string): ImpactArguments {
  const options = { ...COMPARISON_OPTIONS, project: { type: "string", default: "." } } as const;
  const { values, positionals } = parseOptions(call, argv, options);
  const [before, after = "", ...more] = positionals.length === 1 ? [undefined, ...positionals] : positionals;
  const { help, project } = values;
  if (!help && (after === "" || more.length > 0)) {
    throw wrongCall(call, "Give the new description, or two of them with the older one first.");
  }
  return {
    ...(before !== undefined && { before }),
    after,
    project,
    format: readFormat(call, ["text", "json"], values.format),
    companions: companionsOf(values),
    help,
  };
}
