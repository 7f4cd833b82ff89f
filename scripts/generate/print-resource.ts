import { comment, harmless } from "../lib/text.js";
import { methodComment } from "./docs.js";
import type { ResourceModel } from "./model.js";
import type { OperationModel } from "./operation-model.js";
import type { Input } from "./types.js";

/** Prints `resources/<name>.ts`: one class with one method per operation, each of one statement. */
export function printResource(resource: ResourceModel): string {
  const methods = resource.operations.map(printMethod).join("\n");
  return `${printImports(resource)}
${comment([harmless(resource.description)])}export class ${resource.className} {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

${methods}}
`;
}

function printImports(resource: ResourceModel): string {
  const pages = resource.operations.map(isPaged);
  const constants = resource.operations.map(({ constant }) => constant);
  const types = resource.operations.flatMap(({ query, body, response, item }) =>
    [query?.type, body?.type, response, item].filter((type) => type !== undefined),
  );
  return [
    importLine("import type", ["Caller", ...(pages.includes(false) ? ["Call"] : [])], "../../wrappers/call.js"),
    importLine("import type", resource.operations.map(optionsType), "../../wrappers/options.js"),
    importLine("import type", pages.includes(true) ? ["PageRequest"] : [], "../../wrappers/pagination.js"),
    importLine("import", constants, "../operations.js"),
    importLine("import type", types, "../types.js"),
  ].join("");
}

function importLine(keyword: string, names: readonly string[], from: string): string {
  const unique = [...new Set(names)].sort();
  return unique.length === 0 ? "" : `${keyword} { ${unique.join(", ")} } from "${from}";\n`;
}

function printMethod(operation: OperationModel): string {
  const { method, constant } = operation;
  const call = isPaged(operation) ? "list" : "call";
  return `${methodComment(operation, "  ")}  ${method}(${parameters(operation)}): ${responseType(operation)} {
    return this.#caller.${call}(${constant}, ${input(operation)}, options);
  }
`;
}

/** Whether the list is read page by page. Only such lists have a type for their rows. */
function isPaged({ item }: OperationModel): boolean {
  return item !== undefined;
}

/** Path parameters, then body, then query, then options. Optional parameters come last. */
function parameters(operation: OperationModel): string {
  const { pathParameters, body, query } = operation;
  const needsLater = query?.required === true || operation.requiredHeaders.length > 0;
  return [
    ...pathParameters.map(({ name }) => `${name}: string`),
    ...(body ? [bodyParameter(body, needsLater)] : []),
    ...(query ? [`query: ${query.type}${query.required ? "" : " = {}"}`] : []),
    optionsParameter(operation),
  ].join(", ");
}

function bodyParameter(body: Input, needsLater: boolean): string {
  if (body.required) return `body: ${body.type}`;
  return needsLater ? `body: ${body.type} | undefined` : `body?: ${body.type}`;
}

/** The type makes a required header mandatory, because the service refuses a call without it. */
function optionsParameter(operation: OperationModel): string {
  const type = optionsType(operation);
  const names = new Set(operation.requiredHeaders.map(({ in: place, name }) => (place === "cookie" ? place : name)));
  if (names.size === 0) return `options?: ${type}`;
  const headers = [...names].map((name) => `readonly ${JSON.stringify(name)}: string`);
  return `options: ${type} & { readonly headers: { ${headers.join("; ")} } }`;
}

function optionsType(operation: OperationModel): string {
  if (isPaged(operation)) return "ListOptions";
  return operation.descriptor.retry === "keyed" ? "KeyedCallOptions" : "CallOptions";
}

function responseType(operation: OperationModel): string {
  const response = operation.response ?? "void";
  return isPaged(operation) ? `PageRequest<${operation.item}, ${response}>` : `Call<${response}>`;
}

function input({ pathParameters, body, query }: OperationModel): string {
  const path = pathParameters.map(({ wire, name }) => (wire === name ? name : `${JSON.stringify(wire)}: ${name}`));
  const parts = [
    ...(pathParameters.length > 0 ? [`path: { ${path.join(", ")} }`] : []),
    ...(body ? ["body"] : []),
    ...(query ? ["query"] : []),
  ];
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}
