import { arrayAt, textAt } from "../lib/json.js";
import { type Fault, refuse } from "../lib/problem.js";
import type { Source } from "../lib/source.js";
import { constantName, freeTypeName, kebabCase, pascalCase } from "./names.js";
import { buildOperation, defaultServer, type OperationModel, withLookups } from "./operation-model.js";
import { isError, listOperations, type RawOperation, whyLeftOut, whyUnsendable } from "./operations.js";
import { reachableSchemas } from "./references.js";
import { type Assigned, assignRows, checkRows } from "./rows.js";
import type { SdkTable } from "./sdk-table.js";
import { type TypeAlias, TypeTable } from "./types.js";

/** All that the printers need, with every name decided. */
export interface Model {
  readonly operations: readonly OperationModel[];
  readonly resources: readonly ResourceModel[];
  readonly types: readonly TypeAlias[];
  /** The default base URL; absent when the description names none that a token may be sent to. */
  readonly server?: string;
  readonly notices: readonly string[];
}

export interface ResourceModel {
  /** Field of the client: `instanceSkus`. */
  readonly field: string;
  readonly className: string;
  /** File without its ending: `instance-skus`. */
  readonly file: string;
  readonly description: string;
  readonly operations: readonly OperationModel[];
}

/** Decides every name and type of the client. When one cannot be decided, throws an error that lists all faults of that kind. */
export function buildModel(document: unknown, source: Source, table: SdkTable): Model {
  const listed = listOperations(document);
  const { assigned: all, notices } = assignRows(listed.operations, table);
  const reasons = new Map(all.map((one) => [one, whyLeftOut(one.operation)]));
  const assigned = all.filter((one) => reasons.get(one) === undefined);
  refuse(duplicateNames(assigned, source));
  refuse(duplicateClasses(assigned, table));
  refuse(duplicateConstants(assigned, source));
  refuse(checkRows(assigned, source, table));

  const classNames = new Set(listResourceNames(assigned).map(({ className }) => className));
  const types = new TypeTable(document, table.source.file, table.types, classNames);
  const errorSchemas = new Set(errorSchemaNames(assigned));
  const reachable = new Set(reachableSchemas(document));
  for (const schema of reachable) types.addSchema(schema, errorSchemas.has(schema));

  const faults: Fault[] = [];
  const operations = withLookups(assigned.map((one) => buildOperation({ source, types, faults }, one)));
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
      ...assigned.flatMap(({ operation }) => unsentParts(operation)),
      ...operations.flatMap(requiredHeaders),
      ...operations.flatMap(({ id, ownServer: own }) =>
        own === undefined ? [] : [`${id} has an address of its own, ${own}; the client sends it to its base URL`],
      ),
      ...unusedTypeRows(reachable, table),
    ],
  };
}

function duplicateNames(assigned: readonly Assigned[], source: Source): Fault[] {
  return duplicates(assigned, ({ row }) => `${row.resource}.${row.method}`).map(({ key, first, second }) => ({
    where: source.at(second.operation.pointer),
    what: `Operations ${first.operation.id} and ${second.operation.id} both get the name ${key}.`,
    fix: `give one of them another resource or method in its row of openapi/sdk.yaml.`,
  }));
}

function duplicateConstants(assigned: readonly Assigned[], source: Source): Fault[] {
  return duplicates(assigned, ({ operation }) => constantName(operation.id)).map(({ key, first, second }) => ({
    where: source.at(second.operation.pointer),
    what: `operationIds ${first.operation.id} and ${second.operation.id} both become the constant ${key}.`,
    fix: "rename one operationId, in the description or in openapi/overlay.yaml.",
  }));
}

function duplicateClasses(assigned: readonly Assigned[], table: SdkTable): Fault[] {
  return duplicates(listResourceNames(assigned), ({ className }) => className).map(({ key, first, second }) => ({
    where: table.source.file,
    what: `Resources ${first.field} and ${second.field} both become the class ${key}.`,
    fix: "give one of them another name in its rows of openapi/sdk.yaml.",
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

function errorSchemaNames(assigned: readonly Assigned[]): string[] {
  return assigned.flatMap(({ operation }) =>
    operation.responses.filter(isError).flatMap(({ payload }) => payload?.name ?? []),
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
function unsentParts({ document, id, http, parameters, body }: RawOperation): string[] {
  const unsent = parameters.flatMap((parameter) => {
    const reason = whyUnsendable(document, parameter);
    return reason === undefined
      ? []
      : [`${id} is generated without the ${parameter.in} parameter ${parameter.name}, ${reason}`];
  });
  const hasBody = http === "GET" && body !== undefined;
  return hasBody ? [...unsent, `${id} is generated without its body, which a GET cannot carry`] : unsent;
}

function unusedTypeRows(reachable: ReadonlySet<string>, table: SdkTable): string[] {
  return [...table.types.keys()]
    .filter((schema) => !reachable.has(schema))
    .map((schema) => `${table.source.file}: row ${schema} under types: names a schema that no operation reaches`);
}

type ResourceNames = Pick<ResourceModel, "field" | "className" | "file">;

/** The names of each resource, in the order of first use. */
function listResourceNames(assigned: readonly Assigned[]): ResourceNames[] {
  return [...new Set(assigned.map(({ row }) => row.resource))].map(resourceNames);
}

function buildResources(document: unknown, operations: readonly OperationModel[], table: SdkTable): ResourceModel[] {
  const fields = [...new Set(operations.map(({ resource }) => resource))];
  return fields.map((field) => ({
    ...resourceNames(field),
    description: resourceDescription(document, field, table),
    operations: operations.filter(({ resource }) => resource === field),
  }));
}

function resourceNames(field: string): ResourceNames {
  const pascal = pascalCase(field);
  const free = freeTypeName(pascal);
  return {
    field,
    className: free === pascal ? pascal : `${pascal}Resource`,
    file: field === "index" ? "index-resource" : kebabCase(field),
  };
}

function resourceDescription(document: unknown, field: string, table: SdkTable): string {
  const row = table.resources.get(field);
  if (row?.description !== undefined) return row.description;
  const tag = arrayAt(document, "tags").find((candidate) => {
    const name = textAt(candidate, "name") ?? "";
    return row === undefined ? pascalCase(name) === pascalCase(field) : row.tags.includes(name);
  });
  return textAt(tag, "description") ?? `Operations of \`${field}\`.`;
}
