import { readInputs } from "../../scripts/generate/read.js";
import { reachableSchemas } from "../../scripts/generate/references.js";
import type { SdkTable } from "../../scripts/generate/sdk-table.js";
import { isObject, type JsonObject, objectAt } from "../../scripts/lib/json.js";
import type { Source } from "../../scripts/lib/source.js";

export const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** The inputs from which every mutation starts. */
export interface Base {
  readonly description: JsonObject;
  readonly source: Source;
  readonly overlay: Source;
  readonly table: SdkTable;
}

/** Tags that together cover everything: keys, cursors, lists in one response, unions, bodies and responses without bodies. */
const SHORT = new Set(["Instances", "Orders", "Pools", "Deployments", "Workspaces"]);

/** The project's own description. The short one is the part of it with these tags. */
export function readBase(isShort: boolean, tags: ReadonlySet<string> = SHORT): Base {
  const { sources, table } = readInputs({}, ROOT, ROOT);
  const whole = structuredClone(sources.description.value) as JsonObject;
  const description = isShort ? part(whole, tags) : whole;
  return {
    description,
    source: sources.description,
    overlay: sources.overlay,
    table: { ...table, operations: rowsOf(description, table) },
  };
}

function part(description: JsonObject, tags: ReadonlySet<string>): JsonObject {
  const paths = Object.fromEntries(
    Object.entries(objectAt(description, "paths")).filter(([, item]) => tagsOf(item).some((tag) => tags.has(tag))),
  );
  const reached = new Set(reachableSchemas(description, paths));
  const { examples: _, ...components } = objectAt(description, "components");
  const schemas = Object.fromEntries(
    Object.entries(objectAt(components, "schemas")).filter(([name]) => reached.has(name)),
  );
  return withoutExamples({ ...description, paths, components: { ...components, schemas } }) as JsonObject;
}

function tagsOf(item: unknown): string[] {
  return Object.values(isObject(item) ? item : {}).flatMap((operation) =>
    isObject(operation) && Array.isArray(operation.tags) ? operation.tags : [],
  );
}

/** Examples refer to their own components, which are not part of a client. */
function withoutExamples(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutExamples);
  if (!isObject(node)) return node;
  const entries = Object.entries(node).filter(([key, value]) => key !== "examples" || Array.isArray(value));
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutExamples(value)]));
}

function rowsOf(description: JsonObject, table: SdkTable): SdkTable["operations"] {
  const items = Object.values(objectAt(description, "paths")).flatMap((item) =>
    Object.values(isObject(item) ? item : {}),
  );
  const ids = new Set(items.map((operation) => isObject(operation) && operation.operationId));
  return new Map([...table.operations].filter(([id]) => ids.has(id)));
}
