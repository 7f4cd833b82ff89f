import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type JsonObject } from "../lib/json.js";
import { atPointer, fromPointer, schemaName } from "../lib/openapi.js";
import { runPackage } from "../lib/run.js";
import { laterKey, type Renames } from "./differences.js";
import type { Entry, Impact } from "./entry.js";
import type { Side } from "./side.js";

/** One change as `redocly diff` tells it. */
export interface RawChange {
  /** The way to it from the root of the document, through references. */
  readonly path: string;
  readonly typeName: string;
  readonly kind: "added" | "removed" | "modified";
  readonly impact: Impact;
  readonly property?: string;
  readonly base?: RawPlace;
  readonly revision?: RawPlace;
  readonly verdicts: readonly { readonly ruleId: string; readonly message: string }[];
}

/** Where it stands in one of the two documents, as a JSON pointer, and what stood there. */
export interface RawPlace {
  readonly pointer: string;
  readonly value?: unknown;
}

/** Lets `redocly diff` compare two documents, in a folder that may be thrown away. */
export async function rawChanges(before: unknown, after: unknown, folder: string): Promise<RawChange[]> {
  writeFileSync(join(folder, "before.json"), JSON.stringify(before));
  writeFileSync(join(folder, "after.json"), JSON.stringify(after));
  const args = ["diff", "before.json", "after.json", "--format=json", "--fail-on=none"];
  const { stdout, stderr } = await runPackage("@redocly/cli", args, folder);
  try {
    return (JSON.parse(stdout) as { changes: RawChange[] }).changes;
  } catch {
    throw new Error(`redocly diff did not run: ${stderr || stdout}`);
  }
}

/** The types, by their key in the newer description, that `redocly diff` saw something change in. */
export function touchedOwners(changes: readonly RawChange[], before: Side, after: Side, renames: Renames): Set<string> {
  const earlier = changes.flatMap((change) => keysOf(before, change.path, change.base?.pointer));
  const later = changes.flatMap((change) => keysOf(after, change.path, change.revision?.pointer));
  return new Set([...earlier.map((key) => laterKey(key, renames)), ...later]);
}

/** What a change touches: the place where it is written, and all that the way to it passes through. */
function keysOf(side: Side, path: string, pointer: string | undefined): string[] {
  const places = [path, ...(pointer === undefined ? [] : [pointer])];
  return places.flatMap((place) => [...operationKeys(side, place), ...schemaKeys(side.document, fromPointer(place))]);
}

function operationKeys(side: Side, place: string): string[] {
  const [group, path, method] = fromPointer(place);
  if (group !== "paths") return [];
  return side.operations
    .filter(
      ({ raw }) =>
        raw.path === path && (method === undefined || method === "parameters" || raw.http === method.toUpperCase()),
    )
    .flatMap(({ id }) => [`query ${id}`, `body ${id}`, `answer ${id}`]);
}

/** The named schemas on a way through a document, which may lead through references. */
function schemaKeys(document: unknown, steps: readonly string[]): string[] {
  const keys = steps[0] === "components" && steps[1] === "schemas" && steps[2] ? [`schema ${steps[2]}`] : [];
  let here = document;
  for (const step of steps) {
    here = isObject(here) || Array.isArray(here) ? (here as JsonObject)[step] : undefined;
    for (let hops = 0; isObject(here) && typeof here.$ref === "string" && hops < 50; hops++) {
      const name = schemaName(here);
      if (name !== undefined) keys.push(`schema ${name}`);
      here = atPointer(document, here.$ref);
    }
  }
  return keys;
}

/** Schemas that stand under another name with the same content, as `redocly diff` pairs them. */
export function renamedSchemas(changes: readonly RawChange[]): Map<string, string> {
  return new Map(
    changes
      .filter(({ typeName, kind, property }) => typeName === "Schema" && kind === "modified" && property === "key")
      .flatMap(({ base, revision }) => {
        const [from, to] = [namedAt(base?.pointer), namedAt(revision?.pointer)];
        return from === undefined || to === undefined ? [] : [[from, to] as const];
      }),
  );
}

function namedAt(pointer: string | undefined): string | undefined {
  const [group, section, name, ...rest] = fromPointer(pointer ?? "");
  return group === "components" && section === "schemas" && rest.length === 0 ? name : undefined;
}

/** Parts of a description that no user of the client meets, or that have entries of their own. */
const SILENT = new Set(["info", "tags", "externalDocs", "openapi", "webhooks", "servers"]);

/** Changes outside operations and schemas, such as ways to authenticate, in the words of `redocly diff`. */
export function unplacedEntries(changes: readonly RawChange[]): Entry[] {
  return changes.filter(isUnplaced).map((change) => {
    const what = change.verdicts[0]?.message ?? `${change.typeName} ${change.kind}${of(change)}`;
    return { kind: "other", impact: change.impact, subject: "the description", clause: what, methods: [] };
  });
}

function isUnplaced({ path }: RawChange): boolean {
  const [group = "", section] = fromPointer(path);
  if (group.startsWith("x-") || SILENT.has(group)) return false;
  return group !== "paths" && (group !== "components" || section === "securitySchemes");
}

function of({ path, property }: RawChange): string {
  return ` (${[...fromPointer(path), ...(property ? [property] : [])].join(" ")})`;
}
