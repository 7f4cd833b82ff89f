import { jsonpath } from "json-p3";
import { isObject, type JsonObject } from "../lib/json.js";
import { toPointer } from "../lib/openapi.js";
import { InputProblem } from "../lib/problem.js";
import { refuseInvalid, type Source } from "../lib/source.js";
import { type Path, writeLongForms } from "./references.js";

/** One action of an OpenAPI Overlay. */
export interface Action {
  readonly target: string;
  readonly description?: string;
  readonly update?: unknown;
  readonly remove?: boolean;
}

const FIX = "see the OpenAPI Overlay 1.0 specification, or the actions in openapi/overlay.yaml.";

/** Applies the actions of an OpenAPI Overlay in order to a copy of the description. */
export function applyOverlay(description: unknown, overlay: Source): { document: unknown; notices: string[] } {
  refuseInvalid(overlay, new URL("overlay.schema.json", import.meta.url), FIX);
  const document: unknown = structuredClone(description);
  const notices: string[] = [];
  for (const [index, action] of (overlay.value as { actions: Action[] }).actions.entries()) {
    const where = overlay.at(`#/actions/${index}`);
    const targets = find(document, action.target, where);
    if (targets.length === 0) notices.push(`${where}: target ${action.target} matches nothing in this description`);
    if (action.remove === true) removeAll(document, targets, where);
    else for (const path of targets) update(document, path, action.update, where);
  }
  writeLongForms(document);
  return { document, notices };
}

function find(document: unknown, target: string, where: string): Path[] {
  try {
    return jsonpath.query(target, document as Parameters<typeof jsonpath.query>[1]).locations();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(where, `The target ${target} is not a JSONPath (RFC 9535): ${reason}`);
  }
}

function removeAll(document: unknown, targets: readonly Path[], where: string): void {
  const found = targets.map((path) => ({ parent: valueAt(document, path.slice(0, -1)), step: path.at(-1) }));
  // Items are removed from the end, so that a removal does not move items that are removed later.
  for (const { parent, step } of found.sort((a, b) => (Number(b.step) || 0) - (Number(a.step) || 0))) {
    if (step === undefined) throw invalid(where, "The whole description cannot be removed.");
    if (Array.isArray(parent)) parent.splice(Number(step), 1);
    else if (isObject(parent)) delete parent[step];
  }
}

function update(document: unknown, path: Path, change: unknown, where: string): void {
  const target = valueAt(document, path);
  if (Array.isArray(target)) target.push(structuredClone(change));
  else if (isObject(target) && isObject(change)) merge(target, change);
  else {
    const kind = isObject(target) ? "a map takes a map" : "only maps and lists can be updated";
    throw invalid(where, `The update does not fit ${toPointer(path)}: ${kind}.`);
  }
}

function merge(target: JsonObject, change: JsonObject): void {
  for (const [key, value] of Object.entries(change)) {
    const present = target[key];
    if (isObject(present) && isObject(value)) merge(present, value);
    else if (Array.isArray(present) && Array.isArray(value)) present.push(...structuredClone(value));
    else target[key] = structuredClone(value);
  }
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, step) => (here as JsonObject | undefined)?.[step], document);
}

function invalid(where: string, what: string): InputProblem {
  return new InputProblem({ where, what, fix: FIX });
}
