import createClient, { type Client } from "openapi-fetch";
import * as operations from "./generated/operations.js";
import type { paths } from "./generated/schema.js";
import type { Operation } from "./operation.js";
import type { ClientOptions } from "./options.js";
import { exchange } from "./wrappers/exchange.js";
import { fillPath, queryString } from "./wrappers/http.js";
import { fingerprintOf, keyFor } from "./wrappers/idempotency.js";
import { LightRequest } from "./wrappers/light-request.js";
import { readCallOptions, readClientOptions, type Settings } from "./wrappers/settings.js";

export type { paths } from "./generated/schema.js";
export type { ClientOptions } from "./options.js";

/** openapi-fetch's client, typed by path. */
export type PathClient = Client<paths, "application/json">;

/**
 * openapi-fetch's own client, typed by path, over the same keys, retries, time limits and token rules as `SfcClient`. It keeps
 * openapi-fetch's manners: a status that is not a success comes back as `error` (look at `response.ok`), and only a call without a
 * complete answer throws.
 */
export function createPathClient(options: ClientOptions = {}): PathClient {
  const settings = readClientOptions(options);
  const find = operationFinder(settings.baseUrl);
  return createClient<paths>({
    baseUrl: settings.baseUrl,
    Request: LightRequest as unknown as typeof Request,
    pathSerializer: fillPath,
    querySerializer: queryString,
    fetch: (request) => sendPathCall(settings, find, request),
  });
}

async function sendPathCall(settings: Settings, find: OperationFinder, request: Request): Promise<Response> {
  const { url, signal } = request;
  const operation = find(request);
  const body = (await request.text()) || undefined;
  const { "idempotency-key": given, ...headers } = Object.fromEntries(request.headers);
  const idempotencyKey = keyFor(operation, given, settings.runtime);
  if (given !== undefined)
    settings.keys.claim(given, operation, fingerprintOf(operation, url, JSON.parse(body ?? "null")));
  const { response, text } = await exchange({
    settings,
    operation,
    idempotencyKey,
    limits: readCallOptions(settings, { signal }),
    request: {
      url,
      method: operation.method,
      headers: { accept: "application/json", ...headers, ...(idempotencyKey && { "idempotency-key": idempotencyKey }) },
      body,
    },
  });
  const { status, statusText } = response;
  // The body has been read within the time limit; what openapi-fetch decodes is a copy of it.
  return new Response(text === "" ? null : text, { status, statusText, headers: response.headers });
}

type OperationFinder = (request: Request) => Operation;

/** Finds what is known of a request by its method and path; literal segments win over parameters. */
function operationFinder(baseUrl: string): OperationFinder {
  const candidates = Object.values<Operation>(operations)
    .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
    .sort((a, b) => a.operation.path.split("{").length - b.operation.path.split("{").length);
  return ({ method, url }) => {
    const path = url.slice(baseUrl.length).split("?")[0] ?? "";
    const found = candidates.find(({ operation, pattern }) => operation.method === method && pattern.test(path));
    return found?.operation ?? unknownOperation(method as Operation["method"], path);
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+")}$`);
}

/** A path that the description does not know, treated with the caution that its method asks for. */
function unknownOperation(method: Operation["method"], path: string): Operation {
  const retry = method === "GET" ? "read" : method === "POST" ? "unsafe" : "absolute";
  return { id: path, name: path, method, path, retry };
}
