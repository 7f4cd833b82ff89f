import type { Operation } from "../../src/operation.js";
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from "../lib/json.js";
import { deref, isOfType, listOperationNodes, type OperationNode, schemaName, toPointer } from "../lib/openapi.js";

export type HttpMethod = Operation["method"];

const CALLABLE: readonly string[] = ["GET", "PUT", "POST", "DELETE", "PATCH"];

/** Every operation that a client can call, in the order of the description. */
export function listOperations(document: unknown): { operations: RawOperation[]; notices: string[] } {
  const all = listOperationNodes(document).map((one) => readOperation(document, one));
  const others = all.filter(({ http }) => !CALLABLE.includes(http));
  return {
    operations: all.filter((one) => !others.includes(one)),
    notices: others.map(({ http, path }) => `${http} ${path} is left out: clients do not call ${http}`),
  };
}

/** One operation of the description, including the parts that it inherits from its path. */
export type RawOperation = ReturnType<typeof readOperation>;

function readOperation(document: unknown, { path, method, pathItem, node }: OperationNode) {
  return {
    /** The whole description, which contains the targets of references. */
    document,
    id: String(node.operationId),
    http: method.toUpperCase() as HttpMethod,
    path,
    pointer: toPointer(["paths", path, method]),
    node,
    /** The parameters of the path and of the operation, with each `$ref` resolved. */
    parameters: mergeParameters(document, arrayAt(pathItem, "parameters"), arrayAt(node, "parameters")),
    body: readBody(document, node),
    /** Every declared response, in the order of the description. */
    responses: Object.entries(objectAt(node, "responses")).map(([status, one]) => readResponse(document, status, one)),
  };
}

/** A parameter of an operation replaces that of its path with the same name and place. */
function mergeParameters(document: unknown, ...lists: readonly unknown[][]): JsonObject[] {
  const merged = new Map<string, JsonObject>();
  for (const item of lists.flat()) {
    const parameter = deref(document, item);
    merged.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  return [...merged.values()];
}

/** The header that makes a repeat return the first result. */
export function idempotencyKey({ parameters }: RawOperation): JsonObject | undefined {
  return parameters.find((one) => one.in === "header" && String(one.name).toLowerCase() === "idempotency-key");
}

export function queryParameter({ parameters }: RawOperation, name: string): JsonObject | undefined {
  return parameters.find((parameter) => parameter.in === "query" && parameter.name === name);
}

/** Headers that the client sets itself, and headers that are not parameters according to OpenAPI. */
const OWN_HEADERS = new Set(["accept", "authorization", "content-type", "idempotency-key"]);

export function isOwnHeader({ in: place, name }: JsonObject): boolean {
  return place === "header" && OWN_HEADERS.has(String(name).toLowerCase());
}

/** The parameters that a caller must pass in `options.headers`: headers and cookies. */
export function requiredHeaders({ parameters }: RawOperation): JsonObject[] {
  const isGiven = ({ in: place }: JsonObject) => place === "header" || place === "cookie";
  return parameters.filter((one) => one.required === true && isGiven(one) && !isOwnHeader(one));
}

/** A JSON body or response: the place of its schema, and its name if it has one. */
export interface Payload {
  readonly schema: unknown;
  readonly name: string | undefined;
  /** Steps below `operations["id"]` in the generated types, for a schema without a name. */
  readonly typePath: readonly (string | number)[];
  readonly example: unknown;
}

/** The JSON body that an operation takes. */
export type RequestBody = NonNullable<ReturnType<typeof readBody>>;

function readBody(document: unknown, node: JsonObject) {
  const body = deref(document, node.requestBody);
  const payload = jsonPayload(document, body.content, ["requestBody"]);
  return payload && { ...payload, required: body.required === true };
}

export type RawResponse = ReturnType<typeof readResponse>;

function readResponse(document: unknown, status: string, node: unknown) {
  const response = deref(document, node);
  const key = /^\d+$/.test(status) ? Number(status) : status;
  const payload = jsonPayload(document, response.content, ["responses", key]);
  /** The names of its declared headers. */
  const headers = Object.keys(objectAt(response, "headers"));
  return { status, description: textAt(response, "description") ?? "", headers, payload };
}

export function isSuccess(response: RawResponse): boolean {
  return /^2/.test(response.status);
}

/** The schema of the first success, from which the client reads lists. */
export function successSchema({ responses }: RawOperation): unknown {
  return responses.find(isSuccess)?.payload?.schema;
}

/** Whether a key of `responses` covers a status: `404`, `4XX` and `default` all cover 404. */
export function coversStatus(key: string, status: number): boolean {
  return key === "default" || (/^\dXX$/i.test(key) ? key[0] === String(status)[0] : key === String(status));
}

export function isError(response: RawResponse): boolean {
  return /^[45]/.test(response.status) || response.status === "default";
}

/** Whether every body of the operation and of its successful responses is JSON or empty. */
function speaksJson({ document, node }: RawOperation): boolean {
  const responses = Object.entries(objectAt(node, "responses")).filter(([status]) => /^2/.test(status));
  const carriers = [node.requestBody, ...responses.map(([, response]) => response)];
  return carriers.every((carrier) => {
    const types = Object.keys(objectAt(deref(document, carrier), "content"));
    return types.length === 0 || types.some(isJson);
  });
}

function isJson(mediaType: string): boolean {
  return /^application\/(.*\+)?json\b/i.test(mediaType);
}

function jsonPayload(document: unknown, content: unknown, typePath: Payload["typePath"]): Payload | undefined {
  if (!isObject(content)) return undefined;
  const type = Object.keys(content).find(isJson);
  if (type === undefined) return undefined;
  const media = objectAt(content, type);
  return {
    schema: media.schema,
    name: schemaName(media.schema),
    typePath: [...typePath, "content", type],
    example: exampleValue(document, media),
  };
}

/** The first example of a parameter or a body, or else of its schema. The description has the smallest example first. */
export function exampleValue(document: unknown, node: JsonObject): unknown {
  if (node.example !== undefined) return node.example;
  const [first] = isObject(node.examples) ? Object.values(node.examples) : [];
  if (first !== undefined) return deref(document, first).value;
  const schema = deref(document, node.schema);
  return schema.example ?? arrayAt(schema, "examples")[0];
}

/** The reason why no method can be generated for an operation, as text. `undefined` when one can. */
export function whyLeftOut(operation: RawOperation): string | undefined {
  const { document, http, parameters, body } = operation;
  if (!speaksJson(operation)) return "it accepts or returns something other than JSON, which generated methods do not";
  if (http === "GET" && body?.required) return "a GET cannot carry the body that it requires";
  if (http === "GET" && idempotencyKey(operation)?.required === true)
    return "it requires an Idempotency-Key, which the client gives to writes alone";
  const parameter = parameters.find((one) => one.required === true && whyUnsendable(document, one) !== undefined);
  if (parameter)
    return `it requires the ${parameter.in} parameter ${parameter.name}, ${whyUnsendable(document, parameter)}`;
  return undefined;
}

/**
 * The reason why the client cannot send a parameter, as text. The client sends a list as `name=a&name=b` (style `form`, exploded) and
 * everything else as `name=value`. The service would misread a parameter with another style, without an error.
 */
export function whyUnsendable(document: unknown, parameter: JsonObject): string | undefined {
  const { style, explode, content, schema } = parameter;
  if (parameter.in === "path") {
    return style === undefined || style === "simple" ? undefined : `which the client cannot write in style ${style}`;
  }
  if (parameter.in === "header" || parameter.in === "cookie") return undefined;
  if (parameter.in !== "query") return `which is not in the path, the query or a header`;
  if (String(parameter.name) in {}) return "whose name every JavaScript object has";
  if (isObject(content)) return `which the client cannot write as ${Object.keys(content)[0]}`;
  if (style !== undefined && style !== "form") return `which the client cannot write in style ${style}`;
  if (isOfType(document, schema, "object")) return "which is an object, and the client writes only values and lists";
  return isOfType(document, schema, "array") && explode === false
    ? "whose list the client cannot write without repeating the name (explode: false)"
    : undefined;
}
