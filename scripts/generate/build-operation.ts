import type { Operation } from "../../src/operation.js";
import { textAt } from "../lib/json.js";
import type { Fault } from "../lib/problem.js";
import type { Assigned } from "./assign-rows.js";
import { errorModels } from "./error-models.js";
import type { OperationModel, PathParameter, RequiredHeader } from "./model.js";
import { constantName, parameterName } from "./names.js";
import { answerType, bodyType, itemType, queryType } from "./operation-types.js";
import { unfollowedPages } from "./page-signs.js";
import { answers, isError, isSuccess, requestBody } from "./payloads.js";
import type { RawOperation } from "./raw-operations.js";
import type { OperationRow } from "./sdk-table.js";
import { ownServer } from "./server.js";
import { deref } from "./shapes.js";
import type { Source } from "./source.js";
import type { TypeTable } from "./type-table.js";

interface Context {
  readonly document: unknown;
  readonly source: Source;
  readonly types: TypeTable;
  readonly faults: Fault[];
}

/** One operation with every name and type decided. */
export function buildOperation(context: Context, { operation, row }: Assigned): OperationModel {
  // `fetch` refuses a GET with a body.
  const body = operation.http === "GET" ? undefined : requestBody(context.document, operation);
  const declared = answers(context.document, operation);
  const query = queryType(context, operation, row);
  const answer = answerType(context, operation, row, declared.filter(isSuccess));
  const unfollowed = unfollowedPages(context.document, operation, row.paging);
  const headers = requiredHeaders(operation);
  const server = ownServer(context.document, operation);
  const item = answer === undefined ? undefined : itemType(context, operation, row, answer);
  return {
    id: operation.id,
    descriptor: descriptor(context, operation, row, { body: body?.required === true, empty: answer === undefined }),
    constant: constantName(operation.id),
    resource: row.resource,
    method: row.method,
    pathParameters: pathParameters(operation),
    ...(query && { query }),
    ...(body && { body: { type: bodyType(context, operation, row, body), required: body.required } }),
    ...(server !== undefined && { ownServer: server }),
    ...(headers.length > 0 && { requiredHeaders: headers }),
    ...(answer !== undefined && { answer }),
    ...(item !== undefined && { item }),
    ...(unfollowed.length > 0 && { unfollowedPages: unfollowed }),
    errors: errorModels(context, operation, declared.filter(isError)),
    description: textAt(operation.node, "description") ?? textAt(operation.node, "summary") ?? "",
    isDeprecated: operation.node.deprecated === true,
    isLowConfidence: operation.node["x-sfc-confidence"] === "low",
  };
}

function descriptor(
  context: Context,
  operation: RawOperation,
  row: OperationRow,
  { body, empty }: { body: boolean; empty: boolean },
): Operation {
  const maxLimit = row.paging === undefined ? undefined : largestLimit(context.document, operation);
  return {
    name: `${row.resource}.${row.method}`,
    method: operation.http,
    path: operation.path,
    retry: row.retry,
    ...(row.paging && { paging: row.paging }),
    ...(maxLimit !== undefined && { maxLimit }),
    ...(body && { body: true as const }),
    ...(empty && { empty: true as const }),
    ...(row.repeat404 && { repeat404: row.repeat404 }),
  };
}

function largestLimit(document: unknown, operation: RawOperation): number | undefined {
  const limit = operation.parameters.find((parameter) => parameter.in === "query" && parameter.name === "limit");
  const { maximum } = deref(document, limit?.schema);
  return typeof maximum === "number" ? maximum : undefined;
}

/** Headers that the client sets by itself, and those that OpenAPI says are no parameters. */
const OWN_HEADERS = new Set(["accept", "authorization", "content-type", "idempotency-key"]);

function requiredHeaders({ parameters }: RawOperation): RequiredHeader[] {
  return parameters.flatMap((parameter): RequiredHeader[] => {
    const name = String(parameter.name);
    if (parameter.required !== true) return [];
    if (parameter.in === "cookie") return [{ header: "cookie", cookie: name }];
    return parameter.in === "header" && !OWN_HEADERS.has(name.toLowerCase()) ? [{ header: name }] : [];
  });
}

/** In the order in which the path names them. */
function pathParameters(operation: RawOperation): PathParameter[] {
  const wires = [...operation.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? "");
  const names = new Map<string, string>();
  for (const wire of wires) {
    const name = parameterName(wire);
    const isTaken = [...names.values()].includes(name);
    names.set(wire, isTaken ? `${name}${names.size + 1}` : name);
  }
  return [...names].map(([wire, name]) => ({ wire, name }));
}
