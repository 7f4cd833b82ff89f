import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import type { DriftFile } from "../../packages/devtools/src/check-live/report.js";
import { parseOptions, runAsCommand, runWithUsage, type Surroundings, wrongCall } from "../lib/command.js";
import { isObject, readJson } from "../lib/json.js";
import { InputProblem } from "../lib/problem.js";
import { type OverlayAction, proposeActions } from "./propose.js";

const CALL = "npm run spec:overlay --";

const USAGE = `Usage: ${CALL} DRIFT.json

Proposes overlay actions from a report of \`sfc-preview-devtools check-live --out\`, to be reviewed and copied into openapi/overlay.yaml.

  --help   this text
`;

/** Prints the actions that make the description match what check-live received. Returns the exit code. */
export function specOverlay(argv: readonly string[], world: Surroundings): Promise<number> {
  return runWithUsage(
    world,
    USAGE,
    () => {
      const { values, positionals } = parseOptions(CALL, argv, {});
      if (!values.help && positionals.length !== 1) throw wrongCall(CALL, "Give one report of check-live.");
      return { help: values.help, file: positionals[0] ?? "" };
    },
    ({ file }) => {
      const { drift } = readDriftFile(resolve(world.cwd, file));
      const { actions, byHand } = proposeActions(drift, readJson(join(world.root, "openapi/bundled.json")));
      world.stdout.write(printProposal(actions, byHand));
      return 0;
    },
  );
}

function readDriftFile(path: string): DriftFile {
  const fix = "give the file that `sfc-preview-devtools check-live --out FILE` has written.";
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InputProblem({ where: path, what: `It cannot be read: ${(error as Error).message}`, fix });
  }
  if (isObject(value) && value.format === 1 && Array.isArray(value.drift)) return value as unknown as DriftFile;
  throw new InputProblem({ where: path, what: "It is not a report of check-live in format 1.", fix });
}

function printProposal(actions: readonly OverlayAction[], byHand: readonly string[]): string {
  const head =
    "# Proposed from a report of check-live. A report holds types and no values: compare each action with the vendor's documentation.\n";
  const rest = byHand.map((line) => `# By hand: ${line}\n`).join("");
  const info = { title: "Differences that check-live found", version: "1.0.0" };
  return `${head}${rest}${stringify({ overlay: "1.0.0", info, actions }, { lineWidth: 118 })}`;
}

await runAsCommand(import.meta.url, specOverlay);
