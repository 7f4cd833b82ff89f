import { parseOptions, wrongCall } from "../lib/command.js";
import { COMPARISON_OPTIONS, companionsOf, readFormat } from "./comparison-options.js";
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

const CALL = "npm run spec:diff --";

export const DIFF_USAGE = `Usage: ${CALL} OLD NEW [OPTIONS]

Tells what is different for users of the client between two API descriptions, and which version that asks for.

  --format text|markdown|json   default: text
  --output FILE                 write there instead of here
  --sdk FILE                    names and classes of operations   default: openapi/sdk.yaml
  --overlay FILE                corrections to both               default: openapi/overlay.yaml
  --help                        this text
`;

export function readDiffArguments(argv: readonly string[]): DiffArguments {
  const { values, positionals } = parseOptions(CALL, argv, { ...COMPARISON_OPTIONS, output: { type: "string" } });
  const [before = "", after = "", ...more] = positionals;
  const { help, output } = values;
  if (!help && (after === "" || more.length > 0)) throw wrongCall(CALL, "Give two descriptions, the older one first.");
  return {
    before,
    after,
    format: readFormat(CALL, FORMATS, values.format),
    help,
    companions: companionsOf(values),
    ...(output !== undefined && { output }),
  };
}
