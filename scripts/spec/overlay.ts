import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { printDrift } from "../../packages/devtools/src/check-live/report.js";
import type { Drift } from "../../packages/devtools/src/drift/drift.js";
import type { Action } from "../generate/overlay.js";
import { readText } from "../generate/read.js";
import { defineCommand, runAsCommand } from "../lib/command.js";
import { isObject, type JsonObject, objectAt, readJson } from "../lib/json.js";
import { atPointer, fromPointer, toPointer } from "../lib/openapi.js";
import { InputProblem } from "../lib/problem.js";
import { parseSource } from "../lib/source.js";

const call = "npm run spec:overlay --";

const about =
  "Proposes overlay actions from a report of `sfc-preview-devtools check-live --out`, to be reviewed and copied into openapi/overlay.yaml.";
const names = { form: "DRIFT.json", advice: "Give one report of check-live." };

/** Prints the overlay actions that make the description match the responses that check-live received. */
const specOverlay = defineCommand({ call, about, options: {}, names }, (_, [file = ""], { root, cwd, stdout }) => {
  const document = readJson(join(root, "openapi/bundled.json"));
  const { actions, byHand } = proposeActions(readDrift(resolve(cwd, file)), document);
  const head = [
    "Proposed from a report of check-live. A report holds types and no values: compare each action with the vendor's documentation.",
    ...byHand.map((line) => `By hand: ${line}`),
  ];
  const info = { title: "Differences that check-live found", version: "1.0.0" };
  const proposal = stringify({ overlay: "1.0.0", info, actions }, { lineWidth: 118 });
  stdout.write(head.map((line) => `# ${line}\n`).join("") + proposal);
  return 0;
});

function readDrift(path: string): readonly Drift[] {
  const { value } = parseSource(readText(path, path), path);
  if (isObject(value) && value.format === 1 && Array.isArray(value.drift)) return value.drift;
  const what = "It is not a report of check-live in format 1.";
  const fix = "give the file that `sfc-preview-devtools check-live --out FILE` has written.";
  throw new InputProblem({ where: path, what, fix });
}

/** The overlay actions that make a description match the received responses, and the manual steps, because a report contains no values. */
export function proposeActions(drift: readonly Drift[], document: unknown) {
  // A schema of several operations has the same difference for each of them.
  const places = new Map(drift.map((one) => [[one.kind, one.pointer, lastName(one), one.received].join(" "), one]));
  const proposals = [...places.values()].map((one) => {
    const description = `Received from the service: ${printDrift(one)}.`;
    const changes = proposeChanges(one, document);
    return { one, actions: changes.map(({ target, ...change }): Action => ({ target, description, ...change })) };
  });
  return {
    actions: proposals.flatMap(({ actions }) => actions),
    byHand: proposals.filter(({ actions }) => actions.length === 0).map(({ one }) => printDrift(one)),
  };
}

function lastName({ place }: Drift): string {
  return place.split(".").at(-1)?.replaceAll("[]", "") ?? "";
}

/** The actions for a difference. Empty when a person must decide. */
function proposeChanges(drift: Drift, document: unknown): Action[] {
  const { kind, pointer, received, place, status } = drift;
  const steps = fromPointer(pointer);
  const target = jsonPath(document, steps);
  const schema = atPointer(document, pointer);
  if (!isObject(schema)) return [];
  const name = lastName(drift);
  switch (kind) {
    case "unknown-member": {
      const member = { description: "Not documented.", ...typeSchema(received) };
      return name === "*" ? [] : [{ target, update: { properties: { [name]: member } } }];
    }
    case "missing-member":
      return [{ target: `${target}.required[?@ == '${name}']`, remove: true }];
    case "wrong-type": {
      if (steps.includes("responses") || place === "") return [];
      // The received type is added to the described ones. The previous value is removed first, because an update only adds.
      const { description, ...described } = schema;
      const both = { ...(description !== undefined && { description }), oneOf: [described, typeSchema(received)] };
      const update = { [steps.at(-1) ?? ""]: both };
      return [
        { target, remove: true },
        { target: jsonPath(document, steps.slice(0, -1)), update },
      ];
    }
    case "unknown-value": {
      const isClosed = Array.isArray(schema.enum) && !schema["x-speakeasy-unknown-values"];
      return isClosed ? [{ target, update: { "x-speakeasy-unknown-values": true } }] : [];
    }
    case "undeclared-status": {
      const like = findSimilar(objectAt(schema, "responses"), status);
      if (like === undefined) return [];
      const response = { description: "Not documented.", ...(like.content !== undefined && { content: like.content }) };
      return [{ target, update: { responses: { [status]: response } } }];
    }
  }
}

/** The service sends the same kind of body for all errors of an operation, and also for all of its successes. */
function findSimilar(responses: JsonObject, status: number): JsonObject | undefined {
  const similar = Object.keys(responses).filter((code) => code.startsWith("5") === status >= 400 && code < "600");
  return similar.map((code) => responses[code]).find(isObject);
}

/** `string or null` as a schema. */
function typeSchema(types: string): object {
  const [first, ...others] = types.split(" or ");
  return { type: others.length === 0 ? first : [first, ...others] };
}

/** A number is an index only in a list. In a map, such as that of responses, it is a name. */
function jsonPath(document: unknown, steps: readonly string[]): string {
  return steps.reduce((path, step, index) => {
    if (Array.isArray(atPointer(document, toPointer(steps.slice(0, index))))) return `${path}[${step}]`;
    return path + (/^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `['${step.replace(/[\\']/g, "\\$&")}']`);
  }, "$");
}

await runAsCommand(import.meta.url, specOverlay);
