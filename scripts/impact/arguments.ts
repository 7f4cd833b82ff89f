import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Companions } from "../diff/read.js";
import { InputProblem } from "../generate/problem.js";

export interface ImpactArguments {
  readonly before: string;
  readonly after: string;
  readonly project: string;
  readonly format: "text" | "json";
  readonly companions: Companions;
  readonly help: boolean;
}

/** How the command is called: in the repository, and from the published package. */
export const REPOSITORY_CALL = "npm run spec:impact --";
export const PACKAGE_CALL = "npx sfc-preview-sdk impact";

/** What OLD is when it is left out: the description that the client was made from. */
const OWN_DESCRIPTION = "openapi/bundled.json";

export function impactUsage(call: string): string {
  return `Usage: ${call} [OLD] NEW --project DIR [OPTIONS]

Type-checks a project on the clients of two API descriptions, and tells which change breaks which line of it.

  OLD                  default: the description that this version of the client was made from
  --project DIR        folder with the project's tsconfig.json   default: the current folder
  --format text|json   default: text
  --sdk FILE           names and classes of operations           default: the client's own, openapi/sdk.yaml
  --overlay FILE       corrections to both                       default: the client's own, openapi/overlay.yaml
  --help               this text

Exit code: 0 when nothing breaks, 2 when something does, 1 when it cannot be told.
`;
}

export function readImpactArguments(argv: readonly string[], root: string, call: string): ImpactArguments {
  const { values, positionals } = parse(argv, call);
  const own = join(root, OWN_DESCRIPTION);
  const [before = own, after = "", ...more] = positionals.length === 1 ? [own, ...positionals] : positionals;
  const { help, project, format, sdk, overlay } = values;
  if (!help && (after === "" || more.length > 0)) {
    throw wrong(call, "Give the new description, or two of them with the older one first.");
  }
  if (format !== "text" && format !== "json") throw wrong(call, `There is no format "${format}".`);
  const companions = { ...(sdk !== undefined && { sdk }), ...(overlay !== undefined && { overlay }) };
  return { before, after, project, format, companions, help };
}

function parse(argv: readonly string[], call: string) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: true,
      options: {
        project: { type: "string", default: "." },
        format: { type: "string", default: "text" },
        sdk: { type: "string" },
        overlay: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw wrong(call, `${(error instanceof Error ? error.message : String(error)).split(". ")[0]}.`);
  }
}

function wrong(call: string, what: string): InputProblem {
  return new InputProblem({ where: call.replace(/ --$/, ""), what, mend: `see ${call} --help` });
}
