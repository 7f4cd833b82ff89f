import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { type DriftFile, printDrift } from "../../packages/devtools/src/check-live/report.js";
import type { Drift } from "../../packages/devtools/src/drift/drift.js";
import { defineCommand, runAsCommand } from "../lib/command.js";
import { isObject, objectAt, readJson } from "../lib/json.js";
import { atPointer, fromPointer } from "../lib/openapi.js";
import { InputProblem } from "../lib/problem.js";

const call = "npm run spec:overlay --";

const usage = `Usage: ${call} DRIFT.json

Proposes overlay actions from a report of \`sfc-preview-devtools check-live --out\`, to be reviewed and copied into openapi/overlay.yaml.

  --help   this text
`;

const names = { least: 1, most: 1, advice: "Give one report of check-live." };

/** Prints the actions that make the description match what check-live received. */
const specOverlay = defineCommand({ call, usage, options: {}, names }, (_, [file = ""], { root, cwd, stdout }) => {
  const { drift } = readDriftFile(resolve(cwd, file));
  const { actions, byHand } = proposeActions(drift, readJson(join(root, "openapi/bundled.json")));
  stdout.write(printProposal(actions, byHand));
  return 0;
});

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

/** One action of an OpenAPI Overlay. */
export interface OverlayAction {
  readonly target: string;
  readonly description: string;
  readonly update?: unknown;
  readonly remove?: true;
}

export interface Proposal {
  readonly actions: readonly OverlayAction[];
  /** What no action can be derived from, because a report holds no values. */
  readonly byHand: readonly string[];
}

/** The overlay actions that make a description match what was received. */
export function proposeActions(drift: readonly Drift[], document: unknown): Proposal {
  const actions: OverlayAction[] = [];
  const byHand: string[] = [];
  const proposed = new Set<string>();
  for (const one of drift) {
    // A schema that several operations share differs in the same place for each of them.
    const key = [one.kind, one.pointer, lastName(one), one.received].join(" ");
    if (proposed.has(key)) continue;
    proposed.add(key);
    const found = atPointer(document, one.pointer) === undefined ? [] : actionsFor(one, document);
    if (found.length === 0) byHand.push(printDrift(one));
    actions.push(...found);
  }
  return { actions, byHand };
}

function lastName({ place }: Drift): string {
  return place.split(".").at(-1)?.replaceAll("[]", "") ?? "";
}

function actionsFor(drift: Drift, document: unknown): OverlayAction[] {
  const { kind, pointer, received } = drift;
  const description = `Received from the service: ${printDrift(drift)}.`;
  const target = jsonPath(fromPointer(pointer));
  const name = lastName(drift);
  switch (kind) {
    case "unknown-member":
      if (name === "*") return [];
      return [{ target, description, update: { properties: { [name]: typeSchema(received, "Not documented.") } } }];
    case "missing-member":
      return [{ target: `${target}.required[?@ == '${name}']`, description, remove: true }];
    case "wrong-type":
      return widen(drift, document, description);
    case "unknown-value": {
      const schema = atPointer(document, pointer);
      const isClosed = isObject(schema) && Array.isArray(schema.enum) && !schema["x-speakeasy-unknown-values"];
      return isClosed ? [{ target, description, update: { "x-speakeasy-unknown-values": true } }] : [];
    }
    case "undeclared-status":
      return declareStatus(drift, document, description);
  }
}

/** The received type beside those that are described. What stood there is removed first, because an update only adds. */
function widen({ pointer, place, received }: Drift, document: unknown, description: string): OverlayAction[] {
  const steps = fromPointer(pointer);
  const last = steps.at(-1) ?? "";
  const schema = atPointer(document, pointer);
  if (!isObject(schema) || steps.includes("responses") || place === "") return [];
  const { description: words, ...described } = schema;
  const update = {
    [last]: { ...(words !== undefined && { description: words }), oneOf: [described, typeSchema(received)] },
  };
  return [
    { target: jsonPath(steps), description, remove: true },
    { target: jsonPath(steps.slice(0, -1)), description, update },
  ];
}

function declareStatus({ pointer, status }: Drift, document: unknown, description: string): OverlayAction[] {
  const responses = objectAt(atPointer(document, pointer), "responses");
  // The service sends the same kind of body for all errors of an operation, and for all its successes.
  const similar = Object.keys(responses).filter((code) => code.startsWith("5") === status >= 400 && code < "600");
  const like = similar.map((code) => responses[code]).find(isObject);
  if (like === undefined) return [];
  const response = { description: "Not documented.", ...(like.content !== undefined && { content: like.content }) };
  return [{ target: jsonPath(fromPointer(pointer)), description, update: { responses: { [status]: response } } }];
}

/** `string or null` as a schema. */
function typeSchema(types: string, description?: string): object {
  const [first, ...others] = types.split(" or ");
  return { ...(description !== undefined && { description }), type: others.length === 0 ? first : [first, ...others] };
}

function jsonPath(steps: readonly string[]): string {
  return `$${steps.map((step) => (/^[A-Za-z_]\w*$/.test(step) ? `.${step}` : bracket(step))).join("")}`;
}

function bracket(step: string): string {
  return /^\d+$/.test(step) ? `[${step}]` : `['${step.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
}

await runAsCommand(import.meta.url, specOverlay);
