import { parseArgs } from "node:util";
import { InputProblem } from "../generate/problem.js";
import type { Companions } from "./read.js";

const FORMATS = ["text", "markdown", "json"] as const;

export interface DiffArguments {
  readonly before: string;
  readonly after: string;
  readonly format: (typeof FORMATS)[number];
  readonly output?: string;
  readonly companions: Companions;
  readonly help: boolean;
}

export const DIFF_USAGE = `Usage: npm run spec:diff -- OLD NEW [OPTIONS]

Tells what is different for users of the client between two API descriptions, and which version that asks for.

  --format text|markdown|json   default: text
  --output FILE                 write there instead of here
  --sdk FILE                    names and classes of operations   default: openapi/sdk.yaml
  --overlay FILE                corrections to both               default: openapi/overlay.yaml
  --help                        this text
`;

export function readDiffArguments(argv: readonly string[]): DiffArguments {
  const { values, positionals } = parse(argv);
  const [before = "", after = "", ...more] = positionals;
  const { help, format, sdk, overlay, output } = values;
  if (!help && (after === "" || more.length > 0)) throw wrong("Give two descriptions, the older one first.");
  if (!isFormat(format)) throw wrong(`There is no format "${format}".`);
  return {
    before,
    after,
    format,
    help,
    companions: { ...(sdk !== undefined && { sdk }), ...(overlay !== undefined && { overlay }) },
    ...(output !== undefined && { output }),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: true,
      options: {
        format: { type: "string", default: "text" },
        output: { type: "string" },
        sdk: { type: "string" },
        overlay: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw wrong(`${(error instanceof Error ? error.message : String(error)).split(". ")[0]}.`);
  }
}

function isFormat(format: string): format is DiffArguments["format"] {
  return (FORMATS as readonly string[]).includes(format);
}

function wrong(what: string): InputProblem {
  return new InputProblem({ where: "npm run spec:diff", what, mend: "see npm run spec:diff -- --help" });
}
