import { arrayAt, textAt } from "../lib/json.js";
import { type Fault, refuse } from "../lib/problem.js";
import type { Source } from "../lib/source.js";
import { freeTypeName, kebabCase, pascalCase } from "./names.js";
import { buildOperation, defaultServer, type OperationModel } from "./operation-model.js";
import { isError, listOperations, whyLeftOut, whyUnsendable } from "./operations.js";
import { reachableSchemas } from "./references.js";
import { type Assigned, assignRows, checkRow, fullName } from "./rows.js";
import type { SdkTable } from "./sdk-table.js";
import { TypeTable } from "./types.js";

/** All data for the printers, with every name decided. */
export type Model = ReturnType<typeof buildModel>;
export type ResourceModel = Model["resources"][number];

/** Decides every name and type of the client. When that is not possible, throws an error that lists all faults of the same kind. */
export function buildModel(document: unknown, source: Source, table: SdkTable) {
  const listed = listOperations(document);
  const { assigned: all, notices } = assignRows(listed.operations, table);
  const leftOut = all
    .map(({ operation }) => ({ id: operation.id, reason: whyLeftOut(operation) }))
    .filter(({ reason }) => reason);
  const assigned = all.filter(({ operation }) => whyLeftOut(operation) === undefined);
  refuse(duplicateNames(assigned, source));
  const resources = listResources(assigned);
  refuse(duplicateClasses(resources, table));
  refuse(assigned.flatMap((one) => [...checkRow(one, source, table)]));

  const classNames = new Set(resources.map(({ className }) => className));
  const types = new TypeTable(document, table, classNames);
  const errors = assigned.flatMap(({ operation }) => operation.responses.filter(isError));
  const errorSchemas = new Set(errors.map(({ payload }) => payload?.name));
  const reachable = new Set(reachableSchemas(document));
  for (const schema of reachable) types.addSchema(schema, errorSchemas.has(schema));

  const context = { source, types, methods: new Set(assigned.map(fullName)) };
  const operations = assigned.map((one) => buildOperation(context, one));
  refuse(types.faults);
  const server = defaultServer(document);
  return {
    operations,
    resources: resources.map((names) => ({
      ...names,
      description: resourceDescription(document, names.field, table),
      operations: operations.filter(({ resource }) => resource === names.field),
    })),
    types: types.aliases,
    /** The default base URL; `undefined` when the description has no server to which a token may be sent. */
    server,
    notices: [
      ...(server === undefined ? ["the description names no https: server: clients must be given their baseUrl"] : []),
      ...listed.notices,
      ...notices,
      ...leftOut.map(({ id, reason }) => `${id} is left out: ${reason}`),
      ...operations.flatMap(remarks),
      ...unusedTypeRows(reachable, table),
    ],
  };
}

function duplicateNames(assigned: readonly Assigned[], source: Source): Fault[] {
  return duplicates(assigned, fullName).map(({ key, first, second }) => ({
    where: source.at(second.operation.pointer),
    what: `Operations ${first.operation.id} and ${second.operation.id} both get the name ${key}.`,
    fix: `give one of them another resource or method in its row of openapi/sdk.yaml.`,
  }));
}

/** Faults of resources that have the same class, or different classes in the same file. */
function duplicateClasses(resources: readonly ResourceNames[], table: SdkTable): Fault[] {
  const classes = duplicates(resources, ({ className }) => className);
  const files = duplicates(resources, ({ file }) => file).filter(
    ({ first, second }) => first.className !== second.className,
  );
  const shared = [
    ...classes.map((one) => ({ ...one, name: `the class ${one.key}` })),
    ...files.map((one) => ({ ...one, name: `the file ${one.key}.ts` })),
  ];
  return shared.map(({ name, first, second }) => ({
    where: table.source.file,
    what: `Resources ${first.field} and ${second.field} both become ${name}.`,
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

/** Notices about differences between a method and the description. Parameters that the client cannot send are optional here, and are omitted. */
function remarks({ id, raw, unfollowedPages, requiredHeaders, ownServer }: OperationModel): string[] {
  const unsent = raw.parameters.flatMap((parameter) => {
    const reason = whyUnsendable(raw.document, parameter);
    return reason === undefined ? [] : [`the ${parameter.in} parameter ${parameter.name}, ${reason}`];
  });
  if (raw.http === "GET" && raw.body !== undefined) unsent.push("its body, which a GET cannot carry");
  if (unfollowedPages !== undefined) {
    unsent.push(`iteration: it ${unfollowedPages.join(" and ")}, which the client does not follow by itself`);
  }
  return [
    ...unsent.map((what) => `${id} is generated without ${what}`),
    ...requiredHeaders.map(
      ({ in: place, name }) => `${id} requires the ${place} ${name}: callers give it in options.headers`,
    ),
    ...(ownServer ? [`${id} has an address of its own, ${ownServer}; the client sends it to its base URL`] : []),
  ];
}

function unusedTypeRows(reachable: ReadonlySet<string>, table: SdkTable): string[] {
  return [...table.types.keys()]
    .filter((schema) => !reachable.has(schema))
    .map((schema) => `${table.source.file}: row ${schema} under types: names a schema that no operation reaches`);
}

type ResourceNames = ReturnType<typeof listResources>[number];

/** The names of each resource, in the order of first use. */
function listResources(assigned: readonly Assigned[]) {
  return [...new Set(assigned.map(({ row }) => row.resource))].map((field) => {
    const pascal = pascalCase(field);
    return {
      /** The field of the client, such as `instanceSkus`. */
      field,
      className: freeTypeName(pascal) === pascal ? pascal : `${pascal}Resource`,
      /** The file name without its extension, such as `instance-skus`. */
      file: field === "index" ? "index-resource" : kebabCase(field),
    };
  });
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
