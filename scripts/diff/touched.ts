import { atPointer, fromPointer } from "../generate/pointer.js";
import { schemaName } from "../generate/shapes.js";
import { isObject, type JsonObject } from "../lib/json.js";
import { laterKey, type Renames } from "./compare-members.js";
import type { RawChange } from "./raw-changes.js";
import type { Side } from "./side.js";

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
