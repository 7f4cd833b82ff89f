import { type Fault, refuse } from "../lib/problem.js";
import { type Assigned, assignRows } from "./assign-rows.js";
import { buildOperation } from "./build-operation.js";
import { buildResources, resourceNames } from "./build-resources.js";
import { checkRows } from "./check-rows.js";
import { withLookups } from "./lookups.js";
import type { Model, OperationModel } from "./model.js";
import { constantName } from "./names.js";
import { answers, isError, requestBody } from "./payloads.js";
import { listOperations, type RawOperation } from "./raw-operations.js";
import type { SdkTable } from "./sdk-table.js";
import { whyLeftOut, whyUnsendable } from "./sendable.js";
import { defaultServer } from "./server.js";
import type { Source } from "./source.js";
import { reachableSchemas, TypeTable } from "./type-table.js";

/** Decides every name and type of the client. Stops, telling of all faults of a kind, when one cannot be decided. */
export function buildModel(document: unknown, source: Source, table: SdkTable): Model {
  const listed = listOperations(document);
  const { assigned: all, notices } = assignRows(document, listed.operations, table);
  const reasons = new Map(all.map((one) => [one, whyLeftOut(document, one.operation)]));
  const assigned = all.filter((one) => reasons.get(one) === undefined);
  refuse(duplicateNames(assigned, source));
  refuse(duplicateClasses(assigned, table));
  refuse(duplicateConstants(assigned, source));
  refuse(checkRows(document, assigned, source, table));

  const classNames = new Set(resourceNames(assigned).map(({ className }) => className));
  const types = new TypeTable(document, table.source.file, table.types, classNames);
  const errorSchemas = new Set(errorSchemaNames(document, assigned));
  const reachable = reachableSchemas(document);
  for (const schema of reachable) types.addSchema(schema, errorSchemas.has(schema));

  const faults: Fault[] = [];
  const operations = withLookups(assigned.map((one) => buildOperation({ document, source, types, faults }, one)));
  refuse(faults);
  refuse(types.faults);
  const server = defaultServer(document);
  return {
    operations,
    resources: buildResources(document, operations, table),
    types: types.aliases,
    ...(server !== undefined && { server }),
    notices: [
      ...(server === undefined ? ["the description names no https: server: clients must be given their baseUrl"] : []),
      ...listed.notices,
      ...notices,
      ...all.flatMap((one) => leftOut(one.operation, reasons.get(one))),
      ...operations.flatMap(unfollowed),
      ...assigned.flatMap(({ operation }) => unsentParts(document, operation)),
      ...operations.flatMap(requiredHeaders),
      ...operations.flatMap(({ id, ownServer: own }) =>
        own === undefined ? [] : [`${id} has an address of its own, ${own}; the client sends it to its base URL`],
      ),
      ...unusedTypeRows(document, table),
    ],
  };
}

function duplicateNames(assigned: readonly Assigned[], source: Source): Fault[] {
  return duplicates(assigned, ({ row }) => `${row.resource}.${row.method}`).map(({ key, first, second }) => ({
    where: source.at(second.operation.pointer),
    what: `Operations ${first.operation.id} and ${second.operation.id} both get the name ${key}.`,
    mend: `give one of them another resource or method in its row of openapi/sdk.yaml.`,
  }));
}

function duplicateConstants(assigned: readonly Assigned[], source: Source): Fault[] {
  return duplicates(assigned, ({ operation }) => constantName(operation.id)).map(({ key, first, second }) => ({
    where: source.at(second.operation.pointer),
    what: `operationIds ${first.operation.id} and ${second.operation.id} both become the constant ${key}.`,
    mend: "rename one operationId, in the description or in openapi/overlay.yaml.",
  }));
}

function duplicateClasses(assigned: readonly Assigned[], table: SdkTable): Fault[] {
  return duplicates(resourceNames(assigned), ({ className }) => className).map(({ key, first, second }) => ({
    where: table.source.file,
    what: `Resources ${first.field} and ${second.field} both become the class ${key}.`,
    mend: "give one of them another name in its rows of openapi/sdk.yaml.",
  }));
}

function duplicates<T>(items: readonly T[], keyOf: (item: T) => string): { key: string; first: T; second: T }[] {
  const seen = new Map<string, T>();
  return items.flatMap((item) => {
    const key = keyOf(item);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, item);
    return first === undefined ? [] : [{ key, first, second: item }];
  });
}

function errorSchemaNames(document: unknown, assigned: readonly Assigned[]): string[] {
  return assigned.flatMap(({ operation }) =>
    answers(document, operation)
      .filter(isError)
      .flatMap((answer) => answer.payload?.name ?? []),
  );
}

function leftOut({ id }: RawOperation, reason: string | undefined): string[] {
  return reason === undefined ? [] : [`${id} is left out: ${reason}`];
}

function unfollowed({ id, unfollowedPages }: OperationModel): string[] {
  if (unfollowedPages === undefined) return [];
  return [
    `${id} is generated without iteration: it ${unfollowedPages.join(" and ")}, which the client does not follow by itself`,
  ];
}

function requiredHeaders({ id, requiredHeaders = [] }: OperationModel): string[] {
  return requiredHeaders.map(({ header, cookie }) => {
    const what = cookie === undefined ? `header ${header}` : `cookie ${cookie}`;
    return `${id} requires the ${what}: callers give it in options.headers`;
  });
}

/** What callers of a method may leave out anyway, and must, because the client cannot send it. */
function unsentParts(document: unknown, operation: RawOperation): string[] {
  const { id, http, parameters } = operation;
  const unsent = parameters.flatMap((parameter) => {
    const reason = whyUnsendable(document, parameter);
    return reason === undefined
      ? []
      : [`${id} is generated without the ${parameter.in} parameter ${parameter.name}, ${reason}`];
  });
  const hasBody = http === "GET" && requestBody(document, operation) !== undefined;
  return hasBody ? [...unsent, `${id} is generated without its body, which a GET cannot carry`] : unsent;
}

function unusedTypeRows(document: unknown, table: SdkTable): string[] {
  const reachable = new Set(reachableSchemas(document));
  return [...table.types.keys()]
    .filter((schema) => !reachable.has(schema))
    .map((schema) => `${table.source.file}: row ${schema} under types: names a schema that no operation reaches`);
}
