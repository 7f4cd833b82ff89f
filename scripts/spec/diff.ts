import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineCommand, runAsCommand, wrongCall } from "../lib/command.js";
import { reportOn } from "./compare.js";
import { printMarkdown, printReportJson, printText } from "./report.js";

const call = "npm run spec:diff --";

const usage = `Usage: ${call} OLD NEW [OPTIONS]

Prints what changes for users of the client between two API descriptions, and which version that asks for.

  --format text|markdown|json   default: text
  --output FILE                 write there instead of here
  --help                        this text
`;

const text = { type: "string" } as const;
const options = { format: { ...text, default: "text" }, output: text };
const names = { least: 2, most: 2, advice: "Give two descriptions, the older one first." };

const printers = new Map([
  ["text", printText],
  ["markdown", printMarkdown],
  ["json", printReportJson],
]);

/** Shows what is different for users of the client between two descriptions. */
export const specDiff = defineCommand(
  { call, usage, options, names },
  async (values, [before = "", after = ""], world) => {
    const { format, output } = values;
    const print = printers.get(format);
    if (print === undefined) throw wrongCall(call, `There is no format "${format}".`);
    const { report } = await reportOn({ before, after, ...world });
    if (output === undefined) world.stdout.write(print(report));
    else writeFileSync(resolve(world.cwd, output), print(report));
    return 0;
  },
);

await runAsCommand(import.meta.url, specDiff);
