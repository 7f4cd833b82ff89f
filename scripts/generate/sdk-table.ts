import type { Paging, RetryClass } from "../../src/operation.js";
import { arrayAt, isObject, objectAt, textAt } from "../lib/json.js";
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

/** A row as the table writes it: `{ resource: orders, method: get, retry: read }`. */
export function columns(row: OperationRow): string {
  const entries = Object.entries(row).map(([column, value]) => `${column}: ${value}`);
  return `{ ${entries.join(", ")} }`;
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

const RETRY_CLASSES: readonly unknown[] = ["read", "keyed", "absolute", "unsafe"] satisfies RetryClass[];

const PAGINGS: readonly unknown[] = ["cursor", "forward", "whole", "seqnum"] satisfies Paging[];

const FIX = "see the comment at the top of openapi/sdk.yaml for what each column may hold.";

export function readSdkTable(source: Source): SdkTable {
  refuse(tableFaults(source));
  const entries = (section: string) => Object.entries(objectAt(source.value, section));
  return {
    source,
    operations: new Map(entries("operations")) as ReadonlyMap<string, unknown> as ReadonlyMap<string, OperationRow>,
    resources: new Map(entries("resources").map(([name, row]) => [name, resourceRow(row)])),
    types: new Map(entries("types")) as ReadonlyMap<string, unknown> as ReadonlyMap<string, string>,
  };
}

function resourceRow(row: unknown): ResourceRow {
  const description = textAt(row, "description");
  const list = (column: string) => arrayAt(row, column).map(String);
  return { tags: list("tags"), paths: list("paths"), ...(description !== undefined && { description }) };
}

/** What is wrong with a row, by its section. */
const ROW_FAULTS = new Map<string, (name: string, row: unknown) => string | undefined>([
  ["operations", operationFault],
  ["resources", resourceFault],
  ["types", typeFault],
]);

function tableFaults({ file, value, at }: Source): Fault[] {
  if (!isObject(value)) return [{ where: file, what: "The file holds no table.", fix: FIX }];
  const fault = (what: string, ...path: string[]): Fault => ({ where: at(toPointer(path)), what, fix: FIX });
  const sections = Object.entries(value).flatMap(([name, section]) => {
    if (!ROW_FAULTS.has(name)) return [fault(`There is no section "${name}".`, name)];
    return isObject(section) || section === null ? [] : [fault(`"${name}" must be a map.`, name)];
  });
  const rows = [...ROW_FAULTS].flatMap(([section, findFault]) =>
    Object.entries(objectAt(value, section)).flatMap(([name, row]) => {
      const what = findFault(name, row);
      return what === undefined ? [] : [fault(what, section, name)];
    }),
  );
  return [...sections, ...rows];
}

function operationFault(id: string, row: unknown): string | undefined {
  const fault = (what: string) => `Row ${id}: ${what}.`;
  if (!isObject(row)) return fault("it is not a map of columns");
  const { resource, method, retry, paging, repeat404, ...unknown } = row;
  const [column] = Object.keys(unknown);
  if (column !== undefined) return fault(`there is no column "${column}"`);
  if (typeof resource !== "string" || !isIdentifier(resource)) return fault(`resource "${resource}" is not a name`);
  if (typeof method !== "string" || !isIdentifier(method)) return fault(`method "${method}" is not a name`);
  if (!RETRY_CLASSES.includes(retry)) return fault(`retry "${retry}" is not one of ${RETRY_CLASSES.join(", ")}`);
  if (paging !== undefined && !PAGINGS.includes(paging))
    return fault(`paging "${paging}" is not one of ${PAGINGS.join(", ")}`);
  return repeat404 === undefined || repeat404 === "done"
    ? undefined
    : fault(`repeat404 "${repeat404}" can only be done`);
}

function resourceFault(name: string, row: unknown): string | undefined {
  const fault = (what: string) => `Resource ${name}: ${what}.`;
  if (!isIdentifier(name)) return fault("the name is not an identifier");
  if (!isObject(row)) return fault("it is not a map");
  const { tags, paths, description, ...unknown } = row;
  const [column] = Object.keys(unknown);
  if (column !== undefined) return fault(`there is no column "${column}"`);
  for (const [key, list] of Object.entries({ tags, paths })) {
    if (list !== undefined && !Array.isArray(list)) return fault(`"${key}" must be a list`);
  }
  return description === undefined || typeof description === "string"
    ? undefined
    : fault("the description is not text");
}

function typeFault(schema: string, name: unknown): string | undefined {
  if (typeof name === "string" && isIdentifier(name)) return undefined;
  return `Type "${name}" for schema ${schema} is not an identifier.`;
}
