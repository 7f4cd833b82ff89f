/** A similar description with `times` as many operations: it repeats every path, tag, schema and example. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { isObject, type JsonObject, objectAt } from "../scripts/lib/json.js";
import { root } from "../scripts/lib/package.js";

export interface Inputs {
  /** The description with the overlay already applied, because the overlay's actions name only the schemas of the first copy. */
  readonly description: JsonObject;
  /** The content of `sdk.yaml`. */
  readonly table: JsonObject;
}

/** The project's own. */
export function ownInputs(): Inputs {
  return {
    description: JSON.parse(readFileSync(join(root, "openapi/bundled.json"), "utf8")),
    table: parse(readFileSync(join(root, "openapi/sdk.yaml"), "utf8")),
  };
}

/** The first copy is the original with its original names. */
export function multiply({ description, table }: Inputs, times: number): Inputs {
  const copies = Array.from({ length: times }, (_, index) => index + 1);
  const merged = (section: (copy: number) => JsonObject): JsonObject => Object.assign({}, ...copies.map(section));
  const components = objectAt(description, "components");
  return {
    description: {
      ...description,
      tags: copies.flatMap((copy) => copyTags(description, copy)),
      paths: merged((copy) => copyPaths(description, copy)),
      components: {
        ...components,
        schemas: merged((copy) => copyComponents(components, "schemas", copy)),
        examples: merged((copy) => copyComponents(components, "examples", copy)),
      },
    },
    table: {
      resources: merged((copy) => resourceRows(table, copy)),
      types: merged((copy) => typeRows({ description, table }, copy)),
      operations: merged((copy) => operationRows(table, copy)),
    },
  };
}

/** The prefix `v2.` stays at the start, where the rules expect it. */
function renameSchema(name: string, copy: number): string {
  if (copy === 1) return name;
  return name.startsWith("v2.") ? `v2.C${copy}${capital(name.slice(3))}` : `C${copy}${capital(name)}`;
}

function renameOperation(id: string, copy: number): string {
  return copy === 1 ? id : `c${copy}_${id}`;
}

function renameField(resource: string, copy: number): string {
  return copy === 1 ? resource : `c${copy}${capital(resource)}`;
}

function renameTag(tag: string, copy: number): string {
  return copy === 1 ? tag : `C${copy} ${tag}`;
}

function renamePath(path: string, copy: number): string {
  return copy === 1 ? path : path.replace(/^\/preview\/v2/, `/preview/v2/c${copy}`);
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function copyTags(description: JsonObject, copy: number): JsonObject[] {
  const tags = description.tags as JsonObject[];
  return tags.map((tag) => ({ ...tag, name: renameTag(String(tag.name), copy) }));
}

function copyPaths(description: JsonObject, copy: number): JsonObject {
  return renamed(objectAt(description, "paths"), (path) => renamePath(path, copy), copy);
}

function copyComponents(components: JsonObject, kind: string, copy: number): JsonObject {
  return renamed(objectAt(components, kind), (name) => renameSchema(name, copy), copy);
}

function renamed(entries: JsonObject, name: (old: string) => string, copy: number): JsonObject {
  return Object.fromEntries(Object.entries(entries).map(([old, value]) => [name(old), copied(value, copy)]));
}

/** A copy of a node whose references point into the same copy. */
function copied(node: unknown, copy: number): unknown {
  if (Array.isArray(node)) return node.map((one) => copied(one, copy));
  if (typeof node === "string") {
    return node.replace(
      /^(#\/components\/(?:schemas|examples)\/)(.+)$/,
      (_, kind, name) => kind + renameSchema(name, copy),
    );
  }
  if (!isObject(node)) return node;
  const copies = Object.entries(node).map(([key, value]) => [key, copied(value, copy)]);
  const result = Object.fromEntries(copies) as JsonObject;
  if (typeof node.operationId === "string") {
    result.operationId = renameOperation(node.operationId, copy);
    result.tags = (node.tags as string[]).map((tag) => renameTag(tag, copy));
  }
  return result;
}

function resourceRows(table: JsonObject, copy: number): JsonObject {
  const rows = Object.entries(objectAt(table, "resources")).map(([resource, row]) => {
    const { tags, paths, ...rest } = row as { tags: string[]; paths?: string[] };
    const copiedRow = {
      ...rest,
      tags: tags.map((tag) => renameTag(tag, copy)),
      ...(paths && { paths: paths.map((path) => renamePath(path, copy)) }),
    };
    return [renameField(resource, copy), copiedRow];
  });
  return Object.fromEntries(rows);
}

/** A row for every schema of a copy, because the rule would give some of them the name of the original. */
function typeRows({ description, table }: Inputs, copy: number): JsonObject {
  const own = objectAt(table, "types");
  if (copy === 1) return own;
  const schemas = Object.keys(objectAt(objectAt(description, "components"), "schemas"));
  const nameOf = (schema: string) => String(own[schema] ?? schema.replace(/\W/g, ""));
  return Object.fromEntries(schemas.map((schema) => [renameSchema(schema, copy), renameSchema(nameOf(schema), copy)]));
}

function operationRows(table: JsonObject, copy: number): JsonObject {
  const rows = Object.entries(objectAt(table, "operations")) as [string, { resource: string }][];
  return Object.fromEntries(
    rows.map(([id, row]) => [renameOperation(id, copy), { ...row, resource: renameField(row.resource, copy) }]),
  );
}
