import { join, resolve } from "node:path";
import ts from "typescript";
import { type Assessment, assessProjects } from "../../packages/devtools/src/impact/assess.js";
import { placeClient } from "../../packages/devtools/src/impact/client-program.js";
import { printImpact } from "../../packages/devtools/src/impact/print-impact.js";
import { useTypeScript } from "../../packages/devtools/src/impact/typescript.js";
import { readUserProjects, type UserProjects } from "../../packages/devtools/src/impact/user-projects.js";
import { handWrittenSources } from "../generate/standalone.js";
import { defineCommand, refuseCall, runAsCommand } from "../lib/command.js";
import { printJson } from "../lib/json.js";
import { readPackage } from "../lib/package.js";
import { type Compared, reportOn } from "./diff.js";
import type { Side } from "./side.js";

useTypeScript(ts);

const call = "npm run spec:impact --";

const about = `Type-checks a project on the clients of two API descriptions, and prints which change breaks which line of it.
Without OLD, the older description is the one that this version of the client was made from.

Exit code: 0 when nothing breaks, 2 when something does, 1 when it cannot be determined.`;

const options = {
  project: {
    type: "string",
    value: "PLACE",
    default: ".",
    help: "the project's folder, or its tsconfig; default: the current folder",
  },
  format: { type: "string", value: "text|json", default: "text", help: "default: text" },
} as const;
const names = { form: "[OLD] NEW", advice: "Give the new description, or two of them with the older one first." };

const printers = new Map(Object.entries({ text: printImpact, json: ({ found }: Assessment) => printJson(found) }));

/** Shows which lines of a user's project a new description breaks, and the change that breaks each. */
export const specImpact = defineCommand({ call, about, options, names }, async (values, given, world) => {
  const { format, project } = values;
  const print = printers.get(format) ?? refuseCall(call, `There is no format "${format}".`);
  const [after = "", before = join(world.root, "openapi/bundled.json")] = given.toReversed();
  // The project is checked before the comparison, which takes longer.
  const projects = readUserProjects(resolve(world.cwd, project));
  const compared = await reportOn({ spec: before }, { spec: after }, world.root, world.cwd);
  const assessment = assess(projects, world.root, compared);
  world.stdout.write(print(assessment));
  return assessment.found.length === 0 ? 0 : 2;
});

/** Type-checks a user's project with both clients, and finds the change that caused each new error. */
export function assess(projects: UserProjects, root: string, { before, after, report }: Compared): Assessment {
  const manifest = readPackage(root);
  const place = (name: string, { code }: Side) =>
    placeClient({ manifest, declarations: new Map([...handWrittenSources(root, ["src"]), ...code]) }, root, name);
  const clients = { before: place("before", before), after: place("after", after) };
  return assessProjects(projects, { ...clients, entries: () => report.entries });
}

await runAsCommand(import.meta.url, specImpact);
