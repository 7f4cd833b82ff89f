import type { Fault } from "../lib/problem.js";
import type { Assigned } from "./assign-rows.js";
import { listOfNames } from "./docs.js";
import { missingMembers, missingParameters, pageSigns } from "./page-signs.js";
import { answers, coversStatus, isSuccess } from "./payloads.js";
import { toPointer } from "./pointer.js";
import { declaresIdempotencyKey, type RawOperation } from "./raw-operations.js";
import type { SdkTable } from "./sdk-table.js";
import { isArraySchema, property } from "./shapes.js";
import type { Source } from "./source.js";

/** What a wrong row would cost is paid by the user's money, so each claim is held against the description. */
export function checkRows(document: unknown, assigned: readonly Assigned[], source: Source, table: SdkTable): Fault[] {
  return assigned.flatMap((one) => [
    ...rowFaults(one, table),
    ...wholeFaults(document, one, table),
    ...listFaults(document, one, source),
  ]);
}

function rowFaults({ operation, row }: Assigned, table: SdkTable): Fault[] {
  const where = table.source.at(toPointer(["operations", operation.id]));
  const faults: Fault[] = [];
  const add = (what: string, mend: string) => faults.push({ where, what: `Row ${operation.id}: ${what}`, mend });
  const isKeyed = declaresIdempotencyKey(operation);
  if (row.retry === "keyed" && !isKeyed) {
    add(
      "retry is keyed, but the operation declares no Idempotency-Key header.",
      "correct the class, or the description if it lost the header.",
    );
  }
  if (row.retry !== "keyed" && isKeyed && operation.http !== "GET") {
    add(`retry is ${row.retry}, but the operation declares an Idempotency-Key header.`, "make it keyed.");
  }
  if (row.repeat404 !== undefined && (operation.http !== "DELETE" || !declares404(operation))) {
    add("repeat404 is only for DELETE operations that declare 404.", "remove the column.");
  }
  for (const parameter of missingParameters(row.paging, operation)) {
    add(`paging is ${row.paging}, but the operation takes no ${parameter}.`, "correct the column.");
  }
  return faults;
}

/** Also by a range or by `default`: moving errors there changes nothing about them. */
export function declares404(operation: RawOperation): boolean {
  return Object.keys(operation.node.responses ?? {}).some((status) => coversStatus(status, 404));
}

/** The client would take the first part of such a list for all of it, and no response could show the mistake. */
function wholeFaults(document: unknown, { operation, row }: Assigned, table: SdkTable): Fault[] {
  const { certain } = pageSigns(document, operation);
  if (row.paging !== "whole" || certain.length === 0) return [];
  return [
    {
      where: table.source.at(toPointer(["operations", operation.id])),
      what: `Row ${operation.id}: paging is whole, but the operation ${certain.join(" and ")}: the list comes in pages.`,
      mend: "remove the paging column; callers then read the list page by page, and its docstring says so.",
    },
  ];
}

/** The client reads `data` of every list and `has_more` of every page; a description without them cannot be served. */
function listFaults(document: unknown, { operation, row }: Assigned, source: Source): Fault[] {
  if (row.paging === undefined) return [];
  const schema = answers(document, operation).find(isSuccess)?.payload?.schema;
  const isList = isArraySchema(document, property(document, schema, "data"));
  const missing = missingMembers(document, row.paging, operation);
  const lacking = isList ? listOfNames(missing) : "list `data`";
  if (lacking === "") return [];
  return [
    {
      where: source.at(`${operation.pointer}/responses`),
      what: `The answer of ${operation.id} has no ${lacking}, which a list with paging ${row.paging} must have.`,
      mend: "correct the description, or the paging column of the row in openapi/sdk.yaml.",
    },
  ];
}
