import type { ResourceModel } from "../generate/model.js";
import type { ErrorModel, OperationModel } from "../generate/operation-model.js";
import { printCurl } from "./curl.js";
import { cell, code, details, fence, prose, table } from "./markdown.js";
import { type Api, type RawBody, type RawCall, type RawResponse, rawCall } from "./read-api.js";
import { printSample } from "./sample.js";
import { fieldRow, schemaTables } from "./schema-table.js";

/** Finds the page of a class or type in the SDK reference. Returns `undefined` for a name without a page. */
export type FindType = (name: string) => string | undefined;

/** The page of one resource, with a program and a command for each operation. */
export function printApiPage(api: Api, { field, className, description, operations }: ResourceModel, find: FindType) {
  const rows = operations.map(({ method, descriptor, ...operation }) => [
    `[${code(descriptor.name)}](#${anchor(method)})`,
    code(`${descriptor.method} ${descriptor.path}`),
    cell(rawCall(api, { ...operation, method, descriptor }).summary),
  ]);
  const page = find(className);
  return [
    `# ${field}`,
    prose(description),
    ...(page ? [`In the SDK reference: [${code(className)}](${page}).`] : []),
    table(["method", "request", "purpose"], rows),
    ...operations.map((operation) => printOperation(api, operation, find)),
    "",
  ].join("\n\n");
}

/** The first page of this part of the site. */
export function printApiIndex({ model }: Api): string {
  const rows = model.resources.map(({ field, file, description, operations }) => [
    `[${code(field)}](${file}.md)`,
    String(operations.length),
    cell(description),
  ]);
  return [
    "# Overview",
    `All ${model.operations.length} operations of the API, by resource. Each has a program in TypeScript, the same call as a \`curl\` command, its parameters and body, its errors, and what the client repeats. The pages are generated from the API description.`,
    table(["resource", "operations", "purpose"], rows),
    "",
  ].join("\n\n");
}

function printOperation(api: Api, operation: OperationModel, find: FindType): string {
  const raw = rawCall(api, operation);
  const { descriptor, method } = operation;
  const server = api.model.server ?? "https://api.example.com";
  return [
    `## ${descriptor.name} {#${anchor(method)}}`,
    code(`${descriptor.method} ${descriptor.path}`),
    prose(operation.description),
    ...printNotes(operation),
    [
      "::: code-group",
      fence("ts [TypeScript]", printSample(operation)),
      fence("sh [curl]", printCurl(operation, server)),
      ":::",
    ].join("\n\n"),
    ...printParameters(api, raw),
    ...printRequest(api, raw, operation, find),
    ...printSuccess(api, raw, operation, find),
    ...printErrors(operation),
  ].join("\n\n");
}

/** How the client handles the operation. */
function printNotes({ descriptor, isLowConfidence, isDeprecated }: OperationModel): string[] {
  return [
    `**Retries:** ${repeats[descriptor.retry]} (retry class ${code(descriptor.retry)}). See [keys and retries](../keys-and-retries.md#what-is-repeated).`,
    ...(isLowConfidence
      ? ["Less certain than other operations: the vendor does not publish this one, so its shape may be wrong."]
      : []),
    ...(isDeprecated ? ["**Deprecated** by the API."] : []),
  ];
}

const repeats = {
  read: "always, because it changes nothing",
  keyed: "always, with the same idempotency key",
  absolute: "always, because a repeat sets the same values",
  unsafe: "only when the request was certainly not processed",
};

function printParameters({ document }: Api, { parameters }: RawCall): string[] {
  if (parameters.length === 0) return [];
  const rows = parameters.map(({ description, in: place, ...parameter }) => {
    const [name = "", ...rest] = fieldRow(document, parameter, description);
    return [name, place, ...rest];
  });
  return ["**Parameters**", table(["name", "in", "type", "description"], rows)];
}

function printRequest({ document }: Api, { body }: RawCall, { body: model }: OperationModel, find: FindType): string[] {
  if (body === undefined) return [];
  return [`**Body**${typeLink(model?.type, find, ": ")}`, ...schemaTables(document, body.schema)];
}

function printSuccess(
  { document }: Api,
  { responses }: RawCall,
  { response: type }: OperationModel,
  find: FindType,
): string[] {
  return responses
    .filter(({ status }) => status.startsWith("2"))
    .flatMap((response) => [
      `**Response ${response.status}**${typeLink(type, find, ": ")}`,
      prose(response.description),
      ...printPayload(document, response),
    ]);
}

function printPayload(document: Api["document"], { body }: RawResponse): string[] {
  if (body === undefined) return [];
  const fields = schemaTables(document, body.schema);
  return [
    ...(fields.length > 0 ? [details("Fields of the response", ...fields)] : []),
    ...(body.example === undefined ? [] : [details("Example of a response", exampleBlock(body))]),
  ];
}

function exampleBlock({ example }: RawBody): string {
  return fence("json", JSON.stringify(example, null, 2));
}

function printErrors({ errors }: OperationModel): string[] {
  if (errors.length === 0) return [];
  const row = ({ status, types, meaning }: ErrorModel) => [status, types.map(code).join(", "), cell(meaning)];
  return ["**Errors**", table(["status", "`error.type`", "meaning"], errors.map(row))];
}

function typeLink(type: string | undefined, find: FindType, before: string): string {
  if (type === undefined) return "";
  const page = find(type);
  return before + (page ? `[${code(type)}](${page})` : code(type));
}

function anchor(method: string): string {
  return method.toLowerCase();
}
