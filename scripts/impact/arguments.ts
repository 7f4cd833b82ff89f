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

export const IMPACT_USAGE = `Usage: npm run spec:impact -- OLD NEW --project DIR [OPTIONS]

Type-checks a project on the clients of two API descriptions, and tells which change breaks which line of it.

  --project DIR        folder with the project's tsconfig.json   default: the current folder
  --format text|json   default: text
  --sdk FILE           names and classes of operations           default: openapi/sdk.yaml
  --overlay FILE       corrections to both                       default: openapi/overlay.yaml
  --help               this text

Exit code: 0 when nothing breaks, 2 when something does, 1 when it cannot be told.
`;

export function readImpactArguments(argv: readonly string[]): ImpactArguments {
  const { values, positionals } = parse(argv);
  const [before = "", after = "", ...more] = positionals;
  const { help, project, format, sdk, overlay } = values;
  if (!help && (after === "" || more.length > 0)) throw wrong("Give two descriptions, the older one first.");
  if (format !== "text" && format !== "json") throw wrong(`There is no format "${format}".`);
  const companions = { ...(sdk !== undefined && { sdk }), ...(overlay !== undefined && { overlay }) };
  return { before, after, project, format, companions, help };
}

function parse(argv: readonly string[]) {
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
    throw wrong(`${(error instanceof Error ? error.message : String(error)).split(". ")[0]}.`);
  }
}

function wrong(what: string): InputProblem {
  return new InputProblem({ where: "npm run spec:impact", what, mend: "see npm run spec:impact -- --help" });
}
