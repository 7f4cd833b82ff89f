import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseOptions, runAsCommand, runWithUsage, type Surroundings, wrongCall } from "../lib/command.js";
import { reportOn } from "./compare.js";
import { printMarkdown, printReportJson, printText } from "./report.js";

const CALL = "npm run spec:diff --";

const USAGE = `Usage: ${CALL} OLD NEW [OPTIONS]

Prints what changes for users of the client between two API descriptions, and which version that asks for.

  --format text|markdown|json   default: text
  --output FILE                 write there instead of here
  --sdk FILE                    names and classes of operations   default: openapi/sdk.yaml
  --overlay FILE                corrections to both               default: openapi/overlay.yaml
  --help                        this text
`;

const PRINTERS = new Map([
  ["text", printText],
  ["markdown", printMarkdown],
  ["json", printReportJson],
]);

/** Shows what is different for users of the client between two descriptions. Returns the exit code. */
export function specDiff(argv: readonly string[], world: Surroundings): Promise<number> {
  return runWithUsage(
    world,
    USAGE,
    () => readArguments(argv),
    async ({ output, print, ...question }) => {
      const { report } = await reportOn({ ...question, ...world });
      if (output === undefined) world.stdout.write(print(report));
      else writeFileSync(resolve(world.cwd, output), print(report));
      return 0;
    },
  );
}

function readArguments(argv: readonly string[]) {
  const text = { type: "string" } as const;
  const options = { format: { ...text, default: "text" }, output: text, sdk: text, overlay: text };
  const { values, positionals } = parseOptions(CALL, argv, options);
  const { help, format, output, ...companions } = values;
  const [before = "", after = "", ...more] = positionals;
  if (!help && (after === "" || more.length > 0)) throw wrongCall(CALL, "Give two descriptions, the older one first.");
  const print = PRINTERS.get(format);
  if (print === undefined) throw wrongCall(CALL, `There is no format "${format}".`);
  return { help, before, after, print, output, companions };
}

await runAsCommand(import.meta.url, specDiff);
