import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { findImpact } from "../impact/impact.js";
import { printImpact } from "../impact/print-impact.js";
import { type Command, UsageProblem } from "./command.js";
import { createProgressLine } from "./progress.js";

export const impact: Command = {
  summary: "names the lines of your project that another version of sfc-preview-sdk breaks, and what to write instead",
  usage: `Usage: sfc-preview-devtools impact --to VERSION|TARBALL|FOLDER [options]

Type-checks your project on the installed sfc-preview-sdk and on another version of it, with the TypeScript of your project, and reports each
line that breaks with its cause. It changes nothing.

  --to VERSION|TARBALL|FOLDER   the version to compare with: a version or tag that npm knows, a file of npm pack, or a folder
  --project PLACE               the project's folder, or its tsconfig.json (default: the current folder)
  --json                        print the lines as JSON

Exit code: 0 when nothing breaks, 2 when something does, 1 when the project cannot be checked.`,
  async run(args, terminal) {
    const { values } = parseArgs({
      args: [...args],
      options: { to: { type: "string" }, project: { type: "string", default: "." }, json: { type: "boolean" } },
    });
    if (!values.to) throw new UsageProblem("--to is missing: give a version, a tarball or a folder");
    const progress = createProgressLine();
    const cwd = process.cwd();
    const result = (() => {
      try {
        const project = resolve(cwd, values.project);
        return findImpact({ to: values.to, project, cwd, onProgress: progress.show });
      } finally {
        progress.clear();
      }
    })();
    if (values.json) terminal.print(JSON.stringify(result.found, null, 2));
    else terminal.print(`sfc-preview-sdk ${result.from} -> ${result.to}\n\n${printImpact(result).trimEnd()}`);
    return result.found.length === 0 ? 0 : 2;
  },
};
