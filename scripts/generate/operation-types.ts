import type { OperationModel } from "./model.js";
import { type Answer, answers, isSuccess, type Payload } from "./payloads.js";
import type { RawOperation } from "./raw-operations.js";
import type { OperationRow } from "./sdk-table.js";
import { whyUnsendable } from "./sendable.js";
import { deref, property, schemaName } from "./shapes.js";
import { operationTypeName } from "./type-names.js";
import type { TypeTable } from "./type-table.js";

interface Context {
  readonly document: unknown;
  readonly types: TypeTable;
}

/** The type of the query parameters; absent when there are none. */
export function queryType(context: Context, operation: RawOperation, row: OperationRow): OperationModel["query"] {
  const parameters = operation.parameters.filter(
    (parameter) => parameter.in === "query" && whyUnsendable(context.document, parameter) === undefined,
  );
  if (parameters.length === 0) return undefined;
  const name = operationTypeName(row.resource, row.method, "Query");
  const expression = `NonNullable<operations[${JSON.stringify(operation.id)}]["parameters"]["query"]>`;
  const doc = `What \`${row.resource}.${row.method}\` may be asked for.`;
  return {
    type: context.types.addOperationType(name, expression, doc),
    required: parameters.some((parameter) => parameter.required === true),
  };
}

/** The type of the JSON body. */
export function bodyType(context: Context, operation: RawOperation, row: OperationRow, body: Payload): string {
  if (body.name !== undefined) return context.types.schema(body.name);
  const path = body.typePath.map((step) => `[${JSON.stringify(step)}]`);
  const [first = "", ...rest] = path;
  const expression = `NonNullable<operations[${JSON.stringify(operation.id)}]${first}>${rest.join("")}`;
  const doc = `What \`${row.resource}.${row.method}\` sends.`;
  return context.types.addOperationType(operationTypeName(row.resource, row.method, "Body"), expression, doc);
}

/** One type for all successful answers; `undefined` when none has a body. */
export function answerType(
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

/** The type of one row, for lists that are walked page by page. */
export function itemType(
  context: Context,
  operation: RawOperation,
  row: OperationRow,
  answer: string,
): string | undefined {
  if (row.paging === undefined || row.paging === "seqnum") return undefined;
  const success = answers(context.document, operation).find(isSuccess);
  const data = deref(context.document, property(context.document, success?.payload?.schema, "data"));
  const named = schemaName(data.items);
  if (named !== undefined) return context.types.schema(named);
  const doc = `One row of what \`${row.resource}.${row.method}\` lists.`;
  const name = operationTypeName(row.resource, row.method, "Item");
  return context.types.addOperationType(name, `NonNullable<${answer}["data"]>[number]`, doc);
}
