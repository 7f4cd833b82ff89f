import { type Fault, refuse } from "../lib/problem.js";
import { closeIds } from "./close-ids.js";
import { listOfNames } from "./docs.js";
import { camelCase, memberName } from "./names.js";
import { toPointer } from "./pointer.js";
import type { RawOperation } from "./raw-operations.js";
import { resourceByRule, rowByRule, versionedResource, versionPrefix } from "./rules.js";
import type { OperationRow, SdkTable } from "./sdk-table.js";

export interface Assigned {
  readonly operation: RawOperation;
  readonly row: OperationRow;
}

/** Gives each operation its row of `sdk.yaml`, or one by rule; in the order of the table, those by rule last. */
export function assignRows(
  document: unknown,
  operations: readonly RawOperation[],
  table: SdkTable,
): { assigned: Assigned[]; notices: string[] } {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  refuse(goneRows(byId, table));
  const known = [...table.operations].map(([id, row]) => ({ operation: byId.get(id) as RawOperation, row }));
  const unknown = operations.filter(({ id }) => !table.operations.has(id));
  const byRule = assignByRule(document, unknown, known, table);
  return {
    assigned: [...known, ...byRule].map(withMemberNames),
    notices: byRule.map(({ operation: { id }, row }) => {
      const columns = Object.entries(row).map(([column, value]) => `${column}: ${value}`);
      return `${id} has no row in ${table.source.file}; by rule: { ${columns.join(", ")} }`;
    }),
  };
}

function withMemberNames({ operation, row }: Assigned): Assigned {
  return { operation, row: { ...row, resource: memberName(row.resource), method: memberName(row.method) } };
}

function goneRows(byId: ReadonlyMap<string, RawOperation>, table: SdkTable): Fault[] {
  return [...table.operations.keys()]
    .filter((id) => !byId.has(id))
    .map((id) => ({
      where: table.source.at(toPointer(["operations", id])),
      what: `Row ${id}: the description has no operation of this name${nearest(id, byId)}.`,
      mend: "remove the row, or correct its name if the operation was renamed.",
    }));
}

/** A hint for a renamed operation. */
function nearest(id: string, byId: ReadonlyMap<string, RawOperation>): string {
  const close = closeIds(id, byId.keys());
  return close.length === 0 ? "" : ` (there is ${listOfNames(close.slice(0, 3))})`;
}

function assignByRule(
  document: unknown,
  operations: readonly RawOperation[],
  known: readonly Assigned[],
  table: SdkTable,
): Assigned[] {
  const homes = operations.map((operation) => ({ operation, resource: resourceByRule(operation, table) }));
  const all = [...known.map(({ operation, row }) => ({ operation, resource: row.resource })), ...homes];
  const main = commonest((known.length > 0 ? known : all).map(({ operation }) => versionPrefix(operation.path)));
  const byRule = homes.map(({ operation, resource }) => {
    const prefix = versionPrefix(operation.path);
    // A second version of the API beside the first keeps its own classes, rather than clash with it method by method.
    const isTaken = all.some(
      (other) => other.resource === resource && versionPrefix(other.operation.path) === main && prefix !== main,
    );
    const home = isTaken && prefix !== "" ? versionedResource(resource, prefix) : resource;
    return { operation, row: { ...rowByRule(document, operation, resource), resource: home } };
  });
  return breakTies(byRule, known);
}

/**
 * Gives the whole operationId to methods that would share a name: `get_order_preview_v2` beside `fetch_order_v2`, where the rule
 * takes `preview` for a version. The one with the shortest operationId keeps the short name, unless a row has it.
 */
function breakTies(byRule: readonly Assigned[], known: readonly Assigned[]): Assigned[] {
  const nameOf = ({ row }: Assigned) => `${row.resource}.${row.method}`;
  const taken = new Set(known.map(nameOf));
  const shortest = new Map<string, number>();
  for (const one of byRule) {
    const length = one.operation.id.length;
    shortest.set(nameOf(one), Math.min(length, shortest.get(nameOf(one)) ?? length));
  }
  const keeps = (one: Assigned) => !taken.has(nameOf(one)) && one.operation.id.length === shortest.get(nameOf(one));
  const isShared = (one: Assigned) =>
    byRule.some((other) => other !== one && nameOf(other) === nameOf(one) && keeps(other));
  return byRule.map((one) => {
    if (keeps(one) && !isShared(one)) return one;
    const method = camelCase(one.operation.id) || one.row.method;
    return { ...one, row: { ...one.row, method } };
  });
}

function commonest(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
