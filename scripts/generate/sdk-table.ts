import type { Paging, RetryClass } from "../../src/operation.js";
import { isObject, type JsonObject, objectAt, textAt } from "../lib/json.js";
import { toPointer } from "../lib/openapi.js";
import { type Fault, refuse } from "../lib/problem.js";
import type { Source } from "../lib/source.js";
import { isIdentifier } from "./names.js";

/** A row of `openapi/sdk.yaml`: what the description cannot say of an operation. */
export interface OperationRow {
  readonly resource: string;
  readonly method: string;
  readonly retry: RetryClass;
  readonly paging?: Paging;
  readonly repeat404?: "done";
}

/** Where operations without a row belong, and what is said of the class. */
export interface ResourceRow {
  readonly tags: readonly string[];
  readonly paths: readonly string[];
  readonly description?: string;
}

export interface SdkTable {
  readonly source: Source;
  readonly operations: ReadonlyMap<string, OperationRow>;
  readonly resources: ReadonlyMap<string, ResourceRow>;
  /** Schema name to type name, where the rule does not find a good one. */
  readonly types: ReadonlyMap<string, string>;
}

const RETRY_CLASSES: readonly RetryClass[] = ["read", "keyed", "absolute", "unsafe"];

const PAGINGS: readonly Paging[] = ["cursor", "forward", "whole", "seqnum"];

const SECTIONS = ["resources", "types", "operations"];

const FIX = "see the comment at the top of openapi/sdk.yaml for what each column may hold.";

export function readSdkTable(source: Source): SdkTable {
  refuse([...sectionFaults(source), ...operationFaults(source), ...resourceFaults(source), ...typeFaults(source)]);
  const entries = (section: string) => Object.entries(objectAt(source.value, section));
  return {
    source,
    operations: new Map(entries("operations")) as ReadonlyMap<string, unknown> as ReadonlyMap<string, OperationRow>,
    resources: new Map(entries("resources").map(([name, row]) => [name, resourceRow(row as JsonObject)])),
    types: new Map(entries("types")) as ReadonlyMap<string, unknown> as ReadonlyMap<string, string>,
  };
}

function resourceRow(row: JsonObject): ResourceRow {
  const description = textAt(row, "description");
  return { tags: listOf(row.tags), paths: listOf(row.paths), ...(description !== undefined && { description }) };
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function sectionFaults(source: Source): Fault[] {
  if (!isObject(source.value)) return [{ where: source.file, what: "The file holds no table.", fix: FIX }];
  return Object.entries(source.value).flatMap(([name, section]) => {
    const where = source.at(toPointer([name]));
    if (!SECTIONS.includes(name)) return [{ where, what: `There is no section "${name}".`, fix: FIX }];
    return isObject(section) || section === null ? [] : [{ where, what: `"${name}" must be a map.`, fix: FIX }];
  });
}

function operationFaults(source: Source): Fault[] {
  return Object.entries(objectAt(source.value, "operations")).flatMap(([id, row]) => {
    const what = operationFault(row);
    const where = source.at(toPointer(["operations", id]));
    return what === undefined ? [] : [{ where, what: `Row ${id}: ${what}.`, fix: FIX }];
  });
}

function operationFault(row: unknown): string | undefined {
  if (!isObject(row)) return "it is not a map of columns";
  const { resource, method, retry, paging, repeat404, ...unknown } = row;
  const column = Object.keys(unknown)[0];
  if (column !== undefined) return `there is no column "${column}"`;
  if (typeof resource !== "string" || !isIdentifier(resource)) return `resource "${resource}" is not a name`;
  if (typeof method !== "string" || !isIdentifier(method)) return `method "${method}" is not a name`;
  if (!oneOf(RETRY_CLASSES, retry)) return `retry "${retry}" is not one of ${RETRY_CLASSES.join(", ")}`;
  if (paging !== undefined && !oneOf(PAGINGS, paging)) return `paging "${paging}" is not one of ${PAGINGS.join(", ")}`;
  if (repeat404 !== undefined && repeat404 !== "done") return `repeat404 "${repeat404}" can only be done`;
  return undefined;
}

function resourceFaults(source: Source): Fault[] {
  return Object.entries(objectAt(source.value, "resources")).flatMap(([name, row]) => {
    const what = resourceFault(name, row);
    const where = source.at(toPointer(["resources", name]));
    return what === undefined ? [] : [{ where, what: `Resource ${name}: ${what}.`, fix: FIX }];
  });
}

function resourceFault(name: string, row: unknown): string | undefined {
  if (!isIdentifier(name)) return "the name is not an identifier";
  if (!isObject(row)) return "it is not a map";
  const { tags, paths, description, ...unknown } = row;
  const column = Object.keys(unknown)[0];
  if (column !== undefined) return `there is no column "${column}"`;
  for (const [key, list] of Object.entries({ tags, paths })) {
    if (list !== undefined && !Array.isArray(list)) return `"${key}" must be a list`;
  }
  return description === undefined || typeof description === "string" ? undefined : "the description is not text";
}

function typeFaults(source: Source): Fault[] {
  return Object.entries(objectAt(source.value, "types")).flatMap(([schema, name]) => {
    if (typeof name === "string" && isIdentifier(name)) return [];
    const where = source.at(toPointer(["types", schema]));
    return [{ where, what: `Type "${name}" for schema ${schema} is not an identifier.`, fix: FIX }];
  });
}

function oneOf(allowed: readonly string[], value: unknown): boolean {
  return typeof value === "string" && allowed.includes(value);
}
