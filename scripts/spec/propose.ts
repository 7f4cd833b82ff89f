import { printDrift } from "../../packages/devtools/src/check-live/report.js";
import type { Drift } from "../../packages/devtools/src/drift/drift.js";
import { isObject, objectAt } from "../lib/json.js";
import { atPointer, fromPointer } from "../lib/openapi.js";

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
