import type { Operation } from "../../src/operation.js";
import type { Assigned } from "./assign-rows.js";
import { isObject, textAt } from "./json.js";
import type { ErrorModel, OperationModel, PathParameter } from "./model.js";
import { constantName, parameterName } from "./names.js";
import { type Answer, answers, isError, isSuccess, type Payload, requestBody } from "./payloads.js";
import type { Fault } from "./problem.js";
import type { RawOperation } from "./raw-operations.js";
import type { OperationRow } from "./sdk-table.js";
import { deref, property, schemaName } from "./shapes.js";
import type { Source } from "./source.js";
import { operationTypeName } from "./type-names.js";
import type { TypeTable } from "./type-table.js";

interface Context {
  readonly document: unknown;
  readonly source: Source;
  readonly types: TypeTable;
  readonly faults: Fault[];
}

/** One operation with every name and type decided. */
export function buildOperation(context: Context, { operation, row }: Assigned): OperationModel {
  const body = requestBody(context.document, operation);
  const declared = answers(context.document, operation);
  const query = queryType(context, operation, row);
  const answer = answerType(context, operation, row, declared.filter(isSuccess));
  const item = answer === undefined ? undefined : itemType(context, operation, row, answer);
  return {
    descriptor: descriptor(context, operation, row, { body: body?.required === true, empty: answer === undefined }),
    constant: constantName(operation.id),
    resource: row.resource,
    method: methodName(row.method),
    pathParameters: pathParameters(operation),
    ...(query && { query }),
    ...(body && { body: { type: bodyType(context, operation, row, body), required: body.required } }),
    ...(answer !== undefined && { answer }),
    ...(item !== undefined && { item }),
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
    id: operation.id,
    name: `${row.resource}.${methodName(row.method)}`,
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

/** A method by the name of something that every object has would break the object. */
function methodName(method: string): string {
  return method in Object.prototype || method === "then" || method === "toJSON" ? `${method}_` : method;
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

function queryType(context: Context, operation: RawOperation, row: OperationRow): OperationModel["query"] {
  const parameters = operation.parameters.filter((parameter) => parameter.in === "query");
  if (parameters.length === 0) return undefined;
  const name = operationTypeName(row.resource, row.method, "Query");
  const expression = `NonNullable<operations[${JSON.stringify(operation.id)}]["parameters"]["query"]>`;
  const doc = `What \`${row.resource}.${row.method}\` may be asked for.`;
  return {
    type: context.types.addOperationType(name, expression, doc),
    required: parameters.some((parameter) => parameter.required === true),
  };
}

function bodyType(context: Context, operation: RawOperation, row: OperationRow, body: Payload): string {
  if (body.name !== undefined) return context.types.schema(body.name);
  const path = body.typePath.map((step) => `[${JSON.stringify(step)}]`);
  const [first = "", ...rest] = path;
  const expression = `NonNullable<operations[${JSON.stringify(operation.id)}]${first}>${rest.join("")}`;
  const doc = `What \`${row.resource}.${row.method}\` sends.`;
  return context.types.addOperationType(operationTypeName(row.resource, row.method, "Body"), expression, doc);
}

/** One type for all successful answers; `undefined` when none has a body. */
function answerType(
  context: Context,
  operation: RawOperation,
  row: OperationRow,
  successes: readonly Answer[],
): string | undefined {
  const withBody = successes.filter((success) => success.payload !== undefined);
  const named = withBody.flatMap((success) => success.payload?.name ?? []);
  const [only] = named;
  if (withBody.length === 0) return undefined;
  if (only !== undefined && new Set(named).size === 1 && named.length === successes.length) {
    return context.types.schema(only);
  }
  const types = successes.map(({ payload }) => {
    if (payload === undefined) return "undefined";
    const path = payload.typePath.map((step) => `[${JSON.stringify(step)}]`).join("");
    return `operations[${JSON.stringify(operation.id)}]${path}`;
  });
  const doc = `What \`${row.resource}.${row.method}\` answers.`;
  const name = operationTypeName(row.resource, row.method, "Result");
  return context.types.addOperationType(name, [...new Set(types)].join(" | "), doc);
}

function itemType(context: Context, operation: RawOperation, row: OperationRow, answer: string): string | undefined {
  if (row.paging === undefined || row.paging === "seqnum") return undefined;
  const success = answers(context.document, operation).find(isSuccess);
  const data = deref(context.document, property(context.document, success?.payload?.schema, "data"));
  const named = schemaName(data.items);
  if (named !== undefined) return context.types.schema(named);
  const doc = `One row of what \`${row.resource}.${row.method}\` lists.`;
  const name = operationTypeName(row.resource, row.method, "Item");
  return context.types.addOperationType(name, `${answer}["data"][number]`, doc);
}

/** The client tells errors apart by `error.type`: an error shape without it is not one that it can serve. */
function errorModels(context: Context, operation: RawOperation, errors: readonly Answer[]): ErrorModel[] {
  return errors.map(({ status, description, payload }) => {
    const type = payload && errorType(context.document, payload.schema);
    if (payload !== undefined && type === undefined) {
      const schema = payload.name ?? "the inline schema";
      const fault = {
        where: context.source.at(`${operation.pointer}/responses/${status}`),
        what: `Answer ${status} of ${operation.id} has schema ${schema}, which has no \`error.type\`.`,
        mend: "give the error schema an `error` object with a `type`, in the description or in openapi/overlay.yaml.",
      };
      if (!context.faults.some((other) => other.what === fault.what)) context.faults.push(fault);
    }
    return { status, meaning: description, types: typeValues(type) };
  });
}

function errorType(document: unknown, schema: unknown): unknown {
  const type = property(document, property(document, schema, "error"), "type");
  return type === undefined ? undefined : deref(document, type);
}

function typeValues(type: unknown): string[] {
  if (!isObject(type)) return [];
  const values = "const" in type ? [type.const] : Array.isArray(type.enum) ? type.enum : [];
  return values.filter((value) => typeof value === "string");
}
