import createClient, { type Client } from "openapi-fetch";
import { operationList } from "./generated/operation-list.js";
import type { paths } from "./generated/schema.js";
import type { Operation } from "./operation.js";
import type { ClientOptions } from "./options.js";
import { readAnswer } from "./wrappers/answers.js";
import { conclude } from "./wrappers/conclude.js";
import { ApiError, UsageError } from "./wrappers/errors.js";
import type { Exchange, Exchangeable } from "./wrappers/exchange.js";
import { fillPath, queryString, redactHeaders } from "./wrappers/http.js";
import { LightRequest } from "./wrappers/light-request.js";
import { prepareCall } from "./wrappers/prepare.js";
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
  return createClient<paths, "application/json">({
    baseUrl: settings.baseUrl,
    Request: LightRequest as unknown as typeof Request,
    pathSerializer: fillPath,
    querySerializer: queryString,
    fetch: (request) => sendPathCall(settings, find, request),
  });
}

async function sendPathCall(settings: Settings, find: OperationFinder, request: Request): Promise<Response> {
  if (!request.url.startsWith(`${settings.baseUrl}/`)) {
    throw new UsageError("baseUrl", "is the client's; the token does not go anywhere else");
  }
  const known = find(request);
  const operation = known ?? unknownOperation(settings.baseUrl, request);
  return conclude(
    () => prepare(settings, operation, request),
    (call, answer) => {
      // What an unknown path answers with is unknown too: only its failures are looked at.
      const error = known || !answer.response.ok ? refusalOf(call, answer) : undefined;
      return { value: asResponse(answer, error), error };
    },
  );
}

/** The answer for openapi-fetch to decode: its body has been read within the time limit, so it is a copy. */
function asResponse(answer: Exchange, error: ApiError | undefined): Response {
  const { response, text } = answer;
  const { ok, status, statusText } = response;
  const headers = ok ? response.headers : redactHeaders(answer);
  // A deletion whose repeat finds nothing has done what it was to do.
  if (!ok && !error) return new Response(null, { status: 204 });
  // A browser hides a redirect behind a status of 0, which no answer can be made with.
  if (error && status < 200) throw error;
  const hasBody = text && ![204, 205, 304].includes(status);
  return new Response(hasBody ? text : null, { status, statusText, headers });
}

async function prepare(settings: Settings, operation: Operation, request: Request): Promise<Exchangeable> {
  const { url, signal } = request;
  const body = (await request.text()) || undefined;
  const { "idempotency-key": idempotencyKey, ...headers } = Object.fromEntries(request.headers);
  const limits = readCallOptions(settings, { signal });
  return prepareCall(settings, operation, limits, { url, body, headers, idempotencyKey });
}

/** The error that a method would throw for this answer. Throws `DecodeError` for a success that cannot be read: openapi-fetch would quote it, or miss it. */
function refusalOf(call: Exchangeable, answer: Exchange): ApiError | undefined {
  try {
    readAnswer(call, answer);
    return undefined;
  } catch (error) {
    if (ApiError.is(error)) return error;
    throw error;
  }
}

type OperationFinder = (request: Request) => Operation | undefined;

/** Finds what is known of a request by its method and path; literal segments win over parameters. */
function operationFinder(baseUrl: string): OperationFinder {
  const candidates = operationList
    .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
    .sort((a, b) => a.operation.path.split("{").length - b.operation.path.split("{").length);
  return ({ method, url }) => {
    const path = pathOf(baseUrl, url);
    return candidates.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation;
  };
}

function pathOf(baseUrl: string, url: string): string {
  return url.slice(baseUrl.length).split("?")[0] ?? "";
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, "[^/]+")}$`);
}

/** A path that the description does not know, treated with the caution that its method asks for. */
function unknownOperation(baseUrl: string, { method, url }: Request): Operation {
  const path = pathOf(baseUrl, url);
  // A PATCH may add, as a POST may: only a reviewed row of sdk.yaml knows better.
  const retry = method === "GET" ? "read" : method === "POST" || method === "PATCH" ? "unsafe" : "absolute";
  return { name: path, method: method as Operation["method"], path, retry };
}
