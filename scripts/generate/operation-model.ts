import type { Operation } from "../../src/operation.js";
import { arrayAt, objectAt, textAt } from "../lib/json.js";
import { deref, listValues, property, propertyNames } from "../lib/openapi.js";
import type { Source } from "../lib/source.js";
import { constantName, parameterName } from "./names.js";
import {
  exampleValue,
  isError,
  type Payload,
  queryParameter,
  type RawOperation,
  type RequestBody,
  requiredHeaders,
} from "./operations.js";
import { type Assigned, fullName } from "./rows.js";
import { unfollowedPages } from "./rules.js";
import { bodyType, itemType, queryType, responseType, type TypeTable } from "./types.js";

/** Everything that is printed about an operation, and about the method that it becomes. */
export type OperationModel = ReturnType<typeof buildOperation>;

export type CallExample = NonNullable<ReturnType<typeof exampleCall>>;

interface Context {
  readonly source: Source;
  readonly types: TypeTable;
  /** The full names of all methods. */
  readonly methods: ReadonlySet<string>;
}

/** One operation with every name and type decided. */
export function buildOperation(context: Context, one: Assigned) {
  const { types } = context;
  const { operation, row } = one;
  const { id, http, node, path } = operation;
  // `fetch` refuses a GET with a body.
  const body = http === "GET" ? undefined : operation.body;
  const query = queryType(types, one);
  const response = responseType(types, one);
  const headers = requiredHeaders(operation);
  const maxLimit = row.paging && largestLimit(operation);
  const lookup = findLookup(one, context.methods);
  const descriptor: Operation = {
    name: fullName(one),
    method: http,
    path,
    retry: row.retry,
    ...(row.paging && { paging: row.paging }),
    ...(maxLimit && { maxLimit }),
    ...(body?.required && { body: true }),
    ...(response === undefined && { empty: true }),
    ...(row.repeat404 && { repeat404: row.repeat404 }),
    ...(lookup && { lookup }),
  };
  return {
    /** The operation in the description. */
    raw: operation,
    /** Its operationId. */
    id,
    descriptor,
    /** The name of the exported descriptor. */
    constant: constantName(id),
    resource: row.resource,
    method: row.method,
    /** The path parameters in the order of the path. */
    pathParameters: listPathParameters(operation),
    query,
    body: body && { type: bodyType(types, one, body), required: body.required },
    /** The URL of its own server, when that differs from the client's. */
    ownServer: ownServer(operation),
    /** The required header and cookie parameters. */
    requiredHeaders: headers,
    /** The type of the response; `undefined` when success has no body. */
    response,
    /** The type of one row, for lists that are read page by page. */
    item: response && itemType(types, one, response),
    /** The signs of paging that the client does not support; `undefined` for other operations. */
    unfollowedPages: unfollowedPages(operation, row.paging),
    errors: errorModels(context, operation),
    /** Example values of the description for a call; `undefined` when a required value is missing. */
    example: headers.length === 0 ? exampleCall(operation, body) : undefined,
    description: textAt(node, "description") ?? textAt(node, "summary") ?? "",
    isDeprecated: node.deprecated === true,
    isLowConfidence: node["x-sfc-confidence"] === "low",
  };
}

function largestLimit(operation: RawOperation): number | undefined {
  const { maximum } = deref(operation.document, queryParameter(operation, "limit")?.schema);
  return typeof maximum === "number" ? maximum : undefined;
}

function exampleCall(operation: RawOperation, body: RequestBody | undefined) {
  const { document, parameters } = operation;
  const path = listPathParameters(operation).map(({ wire }) => {
    const parameter = parameters.find((one) => one.in === "path" && one.name === wire);
    return parameter && exampleValue(document, parameter);
  });
  const asked = parameters.filter((one) => one.in === "query" && one.required === true);
  const query = Object.fromEntries(asked.map((one) => [one.name, exampleValue(document, one)]));
  const needed = [...path, ...Object.values(query), ...(body?.required ? [body.example] : [])];
  if (needed.includes(undefined)) return undefined;
  return { path, query, ...(body?.example !== undefined && { body: body.example }) };
}

/** The parameters of the path; `name` is the argument of the method. */
function listPathParameters(operation: RawOperation): { wire: string; name: string }[] {
  const names = new Map<string, string>();
  for (const [, wire = ""] of operation.path.matchAll(/\{([^}]+)\}/g)) {
    const name = parameterName(wire);
    const isTaken = [...names.values()].includes(name);
    names.set(wire, isTaken ? `${name}${names.size + 1}` : name);
  }
  return [...names].map(([wire, name]) => ({ wire, name }));
}

/** A declared error response. */
export type ErrorModel = ReturnType<typeof errorModels>[number];

/**
 * The client distinguishes errors by `error.type`, so an error schema without it is refused. Problem details (RFC 7807) are an
 * exception: gateways return them in addition to the service's own errors, and the client handles them by their status.
 */
function errorModels({ source, types: { faults } }: Context, operation: RawOperation) {
  const { document, id, pointer, responses } = operation;
  return responses.filter(isError).map(({ status, description, payload }) => {
    const type = payload && property(document, property(document, payload.schema, "error"), "type");
    if (payload !== undefined && type === undefined && !isProblemDetails(document, payload)) {
      const schema = payload.name ?? "the inline schema";
      faults.push({
        where: source.at(`${pointer}/responses/${status}`),
        what: `Response ${status} of ${id} has schema ${schema}, which has no \`error.type\`.`,
        fix: "give the error schema an `error` object with a `type`, in the description or in openapi/overlay.yaml.",
      });
    }
    /** The `error.type` values that its schema allows. */
    const types = listValues(deref(document, type)).filter((value) => typeof value === "string");
    return { status, meaning: description, types };
  });
}

function isProblemDetails(document: unknown, { schema, typePath }: Payload): boolean {
  if (typePath.at(-1) === "application/problem+json") return true;
  const names = propertyNames(document, schema);
  return names.includes("title") && (names.includes("status") || names.includes("detail"));
}

/**
 * The method that shows whether a write without a key was applied: the one that reads the resource of the write, or else the list
 * that would contain the created resource.
 */
function findLookup({ operation, row }: Assigned, methods: ReadonlySet<string>): string | undefined {
  if (row.retry !== "unsafe" && row.retry !== "absolute") return undefined;
  const reads = operation.path.includes("{") ? ["get", "list"] : ["list"];
  return reads.map((read) => `${row.resource}.${read}`).find((name) => methods.has(name));
}

/**
 * The default base URL of a client: the first server of the description to which a token may be sent, with the
 * defaults of its variables. Without such a server it returns `undefined`, and the option `baseUrl` is required.
 */
export function defaultServer(document: unknown): string | undefined {
  return arrayAt(document, "servers").map(urlForToken).find(Boolean);
}

/** The URL of an operation's own server. `undefined` when it has the same server as all operations. */
function ownServer(operation: RawOperation): string | undefined {
  const [own, ...others] = ownServers(operation);
  const shared = [defaultServer(operation.document), ""];
  if (own === undefined || [own, ...others].some((one) => shared.includes(urlForToken(one)))) return undefined;
  return textAt(own, "url");
}

/** The servers of an operation or its path, which replace those of the description. */
export function ownServers({ document, path, node }: RawOperation): unknown[] {
  const ofPath = deref(document, objectAt(document, "paths")[path]);
  return [node, ofPath].map((place) => arrayAt(place, "servers")).find((servers) => servers.length > 0) ?? [];
}

/** The URL of a server with the values of its variables, without a trailing slash. */
export function serverUrl(server: unknown): string {
  const variables = objectAt(server, "variables");
  const url = (textAt(server, "url") ?? "").replace(/\{([^}]+)\}/g, (_, name: string) => {
    const variable = objectAt(variables, name);
    return String(variable.default ?? arrayAt(variable, "enum")[0] ?? "");
  });
  return url.replace(/\/+$/, "");
}

/** The same URL. Empty for a URL relative to the description, and `undefined` when no token may be sent to it. */
function urlForToken(server: unknown): string | undefined {
  const url = serverUrl(server);
  if (url === "") return "";
  if (!URL.canParse(url)) return undefined;
  const { protocol, username, search, hash, href } = new URL(url);
  const isPlain = username === "" && search === "" && hash === "";
  return protocol === "https:" && isPlain ? href.replace(/\/+$/, "") : undefined;
}
