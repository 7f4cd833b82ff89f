import { parseOptions } from "../lib/command.js";

export interface Arguments {
  /** API description to generate from, when it is not the project's own. */
  readonly spec?: string;
  readonly overlay?: string;
  readonly sdk?: string;
  /** Write a copy that stands by itself into this folder instead of the project. */
  readonly out?: string;
  /** Write nothing; say what is not as it would be written. */
  readonly check: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run generate [-- OPTIONS]

Makes the typed client from the API description.

  --spec FILE     API description (YAML or JSON)    default: openapi/sfc-preview.yaml
  --overlay FILE  corrections to it                 default: openapi/overlay.yaml
  --sdk FILE      names and classes of operations   default: openapi/sdk.yaml
  --out DIR       write a copy that stands by itself to DIR, leave the project as it is
  --check         write nothing, list what is stale; exit 1 if anything is
  --help          this text
`;

export function readArguments(argv: readonly string[]): Arguments {
  const options = {
    spec: { type: "string" },
    overlay: { type: "string" },
    sdk: { type: "string" },
    out: { type: "string" },
    check: { type: "boolean", default: false },
  } as const;
  return parseOptions("npm run generate --", argv, options, { allowPositionals: false }).values;
}
