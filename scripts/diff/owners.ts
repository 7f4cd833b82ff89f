import { answers, isError, isSuccess, requestBody } from "../generate/payloads.js";
import { reachableSchemas } from "../generate/type-table.js";
import { isObject, objectAt } from "../lib/json.js";
import type { Side, SideOperation } from "./side.js";

/** Something that has members: a named schema, or the query, body or answer that only one operation has. */
export interface Owner {
  /** The same on both sides, unless it was renamed: `schema Tags`, `query list_orders`. */
  readonly key: string;
  /** The exported type, when there is one. */
  readonly type?: string;
  readonly schema: unknown;
  readonly use: Use;
  /** The operation, for what belongs to one alone. */
  readonly operation?: string;
}

/** The methods that send it, receive it, or fail with it. */
export interface Use {
  readonly request: readonly string[];
  readonly answer: readonly string[];
  readonly error: readonly string[];
}

export function ownersOf(side: Side): Owner[] {
  return [...schemaOwners(side), ...side.operations.flatMap((operation) => operationOwners(side, operation))];
}

function schemaOwners({ document, model, operations }: Side): Owner[] {
  const uses = operations.map((operation) => ({ name: operation.name, reach: reachOf(document, operation) }));
  const schemas = objectAt(objectAt(document, "components"), "schemas");
  return reachableSchemas(document).map((name) => {
    const expression = `components["schemas"][${JSON.stringify(name)}]`;
    const type = model.types.find((alias) => alias.expression === expression)?.name;
    const methods = (role: keyof Use) => uses.filter(({ reach }) => reach[role].has(name)).map((use) => use.name);
    return {
      key: `schema ${name}`,
      ...(type !== undefined && { type }),
      schema: schemas[name],
      use: { request: methods("request"), answer: methods("answer"), error: methods("error") },
    };
  });
}

function reachOf(document: unknown, { raw }: SideOperation): Record<keyof Use, Set<string>> {
  const reach = (nodes: readonly unknown[]) => new Set(reachableSchemas(document, { nodes }));
  const declared = answers(document, raw);
  const schemas = (accept: typeof isError) => declared.filter(accept).map(({ payload }) => payload?.schema);
  return {
    request: reach([...raw.parameters, raw.node.requestBody]),
    answer: reach(schemas(isSuccess)),
    error: reach(schemas(isError)),
  };
}

function operationOwners({ document }: Side, operation: SideOperation): Owner[] {
  const { id, name, model, raw } = operation;
  const owner = (role: string, schema: unknown, direction: keyof Use, type?: string): Owner => ({
    key: `${role} ${id}`,
    schema,
    use: { request: [], answer: [], error: [], [direction]: [name] },
    operation: name,
    ...(type !== undefined && { type }),
  });
  const body = requestBody(document, raw);
  const answer = answers(document, raw).find(isSuccess)?.payload;
  return [
    owner("query", querySchema(operation), "request", model.query?.type),
    ...(body && body.name === undefined ? [owner("body", body.schema, "request", model.body?.type)] : []),
    ...(answer && answer.name === undefined ? [owner("answer", answer.schema, "answer", model.answer)] : []),
  ];
}

/** The query parameters as the object in which a user gives them. */
function querySchema({ raw }: SideOperation): unknown {
  const parameters = raw.parameters.filter((parameter) => parameter.in === "query");
  const entries = parameters.map(({ name, schema, description, deprecated }) => {
    const node = isObject(schema) ? schema : {};
    return [
      String(name),
      { ...node, ...(description !== undefined && { description }), ...(deprecated === true && { deprecated }) },
    ];
  });
  return {
    type: "object",
    required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
    properties: Object.fromEntries(entries),
  };
}
