import { arrayAt } from "../lib/json.js";
import { toPointer } from "../lib/openapi.js";
import { type Fault, refuse } from "../lib/problem.js";
import type { Source } from "../lib/source.js";
import { listOfNames } from "../lib/text.js";
import { camelCase, closeIds, memberName, pascalCase } from "./names.js";
import { coversStatus, idempotencyKey, type RawOperation } from "./operations.js";
import { missingMembers, missingParameters, pageSigns, returnsRows, rowByRule } from "./rules.js";
import { columns, type OperationRow, type SdkTable } from "./sdk-table.js";

export interface Assigned {
  readonly operation: RawOperation;
  readonly row: OperationRow;
}

/** `instances.list`. */
export function fullName({ row }: Assigned): string {
  return `${row.resource}.${row.method}`;
}

/** Assigns each operation its row of `sdk.yaml`, or one by rule. The result is in the order of the table, with rows by rule last. */
export function assignRows(
  operations: readonly RawOperation[],
  table: SdkTable,
): { assigned: Assigned[]; notices: string[] } {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  refuse(goneRows(byId, table));
  const known = [...table.operations].map(([id, row]) => ({ operation: byId.get(id) as RawOperation, row }));
  const unknown = operations.filter(({ id }) => !table.operations.has(id));
  const byRule = assignByRule(unknown, known, table);
  return {
    assigned: [...known, ...byRule].map(withMemberNames),
    notices: byRule.map(
      ({ operation: { id }, row }) => `${id} has no row in ${table.source.file}; by rule: ${columns(row)}`,
    ),
  };
}

function withMemberNames({ operation, row }: Assigned): Assigned {
  return { operation, row: { ...row, resource: memberName(row.resource), method: memberName(row.method) } };
}

function goneRows(byId: ReadonlyMap<string, RawOperation>, table: SdkTable): Fault[] {
  const gone = [...table.operations.keys()].filter((id) => !byId.has(id));
  return gone.map((id) => {
    const close = closeIds(id, byId.keys());
    const hint = close.length === 0 ? "" : ` (there is ${listOfNames(close.slice(0, 3))})`;
    const what = `the description has no operation of this name${hint}.`;
    return rowFault(id, table, what, "remove the row, or correct its name if the operation was renamed.");
  });
}

function rowFault(id: string, table: SdkTable, what: string, fix: string): Fault {
  return { where: table.source.at(toPointer(["operations", id])), what: `Row ${id}: ${what}`, fix };
}

function assignByRule(operations: readonly RawOperation[], known: readonly Assigned[], table: SdkTable): Assigned[] {
  const homes = operations.map((operation) => ({ operation, resource: resourceByRule(operation, table) }));
  const all = [...known.map(({ operation, row }) => ({ operation, resource: row.resource })), ...homes];
  const main = commonest((known.length > 0 ? known : all).map(({ operation }) => versionPrefix(operation.path)));
  const byRule = homes.map(({ operation, resource }) => {
    const prefix = versionPrefix(operation.path);
    // A second version of the API beside the first has its own classes, so that its methods do not conflict with those of the first.
    const isTaken = all.some(
      (other) => other.resource === resource && versionPrefix(other.operation.path) === main && prefix !== main,
    );
    const home = isTaken && prefix !== "" ? versionedResource(resource, prefix) : resource;
    return { operation, row: { ...rowByRule(operation, resource), resource: home } };
  });
  return breakTies(byRule, known);
}

/**
 * Names methods after their whole operationId when they would have the same name, such as `get_order_preview_v2` beside `fetch_order_v2`, where the
 * rule treats `preview` as a version. The method with the shortest operationId keeps the short name, unless a row has it.
 */
function breakTies(byRule: readonly Assigned[], known: readonly Assigned[]): Assigned[] {
  const taken = new Set(known.map(fullName));
  return byRule.map((one) => {
    const { operation, row } = one;
    const rivals = byRule.filter((other) => other !== one && fullName(other) === fullName(one));
    const isShortest = rivals.every((other) => operation.id.length < other.operation.id.length);
    if (isShortest && !taken.has(fullName(one))) return one;
    return { operation, row: { ...row, method: camelCase(operation.id) || row.method } };
  });
}

function commonest(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** The resource of an operation without a row: by path, by tag, or else by the first noun of the path. */
function resourceByRule(operation: RawOperation, table: SdkTable): string {
  const byPath = [...table.resources]
    .flatMap(([name, row]) => row.paths.map((path) => ({ name, path })))
    .filter(({ path }) => operation.path === path || operation.path.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (byPath) return byPath.name;
  const tag = arrayAt(operation.node, "tags")[0];
  if (typeof tag === "string") {
    const byTag = [...table.resources].find(([, row]) => row.tags.includes(tag));
    const name = byTag?.[0] ?? (isLatin(tag) ? camelCase(tag) : "");
    if (name !== "") return name;
  }
  const noun = operation.path.slice(versionPrefix(operation.path).length).split("/")[1] ?? "";
  return camelCase(noun) || "api";
}

/** Whether all letters of a text are valid in a name. A part of a word would be a wrong name. */
function isLatin(text: string): boolean {
  return !/[^\p{ASCII}\p{M}]/u.test(text.normalize("NFD"));
}

/** The start of a path that names a version of the API, such as `/preview/v2`. */
export function versionPrefix(path: string): string {
  return /^(\/(preview|alpha|beta|v\d+\w*))*(?=\/|$)/i.exec(path)?.[0] ?? "";
}

/** The name of a resource when another version of the API already has its name, such as `instancesV2`. */
export function versionedResource(resource: string, prefix: string): string {
  return resource + pascalCase(prefix);
}

/** Checks each statement of a row against the description, because a wrong row can cost the user money. */
export function* checkRow(one: Assigned, source: Source, table: SdkTable): Generator<Fault> {
  const { operation, row } = one;
  const { id, pointer } = operation;
  for (const { what, fix } of listFaults(one)) yield rowFault(id, table, what, fix);
  if (row.paging === undefined) return;
  // The client reads `data` of every list and `has_more` of every page, so a description without them is refused.
  const lacking = returnsRows(operation) ? listOfNames(missingMembers(row.paging, operation)) : "list `data`";
  if (lacking !== "") {
    yield {
      where: source.at(`${pointer}/responses`),
      what: `The response of ${id} has no ${lacking}, which a list with paging ${row.paging} must have.`,
      fix: "correct the description, or the paging column of the row in openapi/sdk.yaml.",
    };
  }
}

/** The contradictions between a row and the description. */
export function listFaults({ operation, row }: Assigned): Pick<Fault, "what" | "fix">[] {
  const { retry, paging } = row;
  const faults: Pick<Fault, "what" | "fix">[] = [];
  const isKeyed = idempotencyKey(operation) !== undefined;
  if (retry === "keyed" && !isKeyed) {
    const what = "retry is keyed, but the operation declares no Idempotency-Key header.";
    faults.push({ what, fix: "correct the class, or the description if it lost the header." });
  }
  if (retry !== "keyed" && isKeyed && operation.http !== "GET") {
    const what = `retry is ${retry}, but the operation declares an Idempotency-Key header.`;
    faults.push({ what, fix: "make it keyed." });
  }
  if (row.repeat404 !== undefined && (operation.http !== "DELETE" || !declares404(operation))) {
    const what = "repeat404 is only for DELETE operations that declare 404.";
    faults.push({ what, fix: "remove the column." });
  }
  for (const parameter of missingParameters(paging, operation)) {
    const what = `paging is ${paging}, but the operation takes no ${parameter}.`;
    faults.push({ what, fix: "correct the column." });
  }
  // The client would treat the first part of such a list as the whole list, and no response would reveal the mistake.
  const signs = paging === "whole" ? pageSigns(operation).certain : [];
  if (signs.length > 0) {
    const what = `paging is whole, but the operation ${signs.join(" and ")}: the list comes in pages.`;
    const fix = "remove the paging column; callers then read the list page by page, and its docstring says so.";
    faults.push({ what, fix });
  }
  return faults;
}

/** Declarations as a range or as `default` count too, because they do not change the meaning of an error. */
function declares404(operation: RawOperation): boolean {
  return operation.responses.some(({ status }) => coversStatus(status, 404));
}
