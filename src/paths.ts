import createClient, { type Client } from "openapi-fetch";
import { keyHeader, readHeaders } from "./paths/headers.js";
import { LightRequest } from "./paths/light-request.js";
import { findOperation, unknownOperation } from "./paths/operations.js";
import {
  type PathClientOptions,
  type PathSettings,
  pickCallOptions,
  pickFetchInit,
  readPathClientOptions,
  readPathInit,
} from "./paths/options.js";
import { followSignal, methods, NativeRequest, type PathRequest, readMethod } from "./paths/requests.js";
import { ensureError, type PathResult } from "./paths/responses.js";
import { endWithinLimits, type PathCall, replaceParserError, sendPathRequest } from "./paths/send.js";
import { serializersFor } from "./paths/serialize.js";
import type { paths } from "./paths/types.js";
import { UsageError } from "./wrappers/errors.js";
import { resolveIdempotencyKey } from "./wrappers/idempotency.js";
import { readCallOptions } from "./wrappers/options.js";

export { type Middleware, wrapAsPathBasedClient } from "openapi-fetch";
export type { PathClientOptions } from "./paths/options.js";
export type { operations, paths } from "./paths/types.js";
export type { ClientOptions } from "./wrappers/options.js";

/** openapi-fetch's client, typed by path. */
export type PathClient = Client<paths, "application/json">;

/** The client without types; the arguments are checked here. */
interface UntypedClient {
  request(method: string, path: string, init: object): Promise<PathResult>;
}

/**
 * openapi-fetch's own client, typed by path, over the same keys, retries, time limits and token rules as `SfcClient`. It behaves
 * like openapi-fetch: an error status is returned as `error`; invalid arguments, and calls without a usable response, throw. Each call
 * takes `idempotencyKey`, `timeoutMs`, `deadlineMs` and `maxRetries` beside openapi-fetch's own options.
 */
export function createPathClient(options: PathClientOptions = {}): PathClient {
  const client = readPathClientOptions(options);
  const { baseUrl } = client.settings;
  const core = createClient<paths, "application/json">({ baseUrl, headers: client.headers });
  let usesMiddleware = false;
  const request = async (method: string, path: string, init?: object) =>
    callPath(core as UntypedClient, client, usesMiddleware, readMethod(method), path, init);
  const use: PathClient["use"] = (...middleware) => {
    usesMiddleware = true;
    core.use(...middleware);
  };
  const byMethod = [...methods, "TRACE"].map((method) => [
    method,
    (path: string, init?: object) => request(method, path, init),
  ]);
  return { ...core, ...Object.fromEntries(byMethod), request, use };
}

/** Checks one call and runs it: openapi-fetch builds its request and parses its response, and the client's rules apply to sending it. */
async function callPath(
  core: UntypedClient,
  client: PathSettings,
  usesMiddleware: boolean,
  method: string,
  path: string,
  given: object | undefined,
): Promise<PathResult> {
  const init = readPathInit(given);
  const { settings } = client;
  const { params = {}, baseUrl, parseAs, middleware } = init;
  if (typeof path !== "string") throw new UsageError("path", "must be a string");
  const written = path.replace(/[?#].*$/s, "");
  const known = findOperation(method, written);
  const operation = known ?? unknownOperation(method, written, written);
  if (path.includes("?") && params.query) {
    throw new UsageError("options.params.query", "cannot be combined with a query in the path", { operation });
  }
  const headers = readHeaders("headers", init.headers);
  const header = readHeaders("params.header", params.header);
  const fetchInit = { ...client.fetchInit, ...pickFetchInit(init) };
  const call: PathCall = {
    settings,
    path: written,
    limits: readCallOptions(settings, pickCallOptions(init)),
    idempotencyKey: readKey(init.idempotencyKey, header[keyHeader], headers[keyHeader]),
    fetch: init.fetch,
    fetchInit,
    sent: new Map(),
    attempts: 0,
  };
  // Throws when a read is given an idempotency key.
  if (operation.retry === "read") resolveIdempotencyKey(operation, call.idempotencyKey, settings.runtime);
  const hasMiddleware = usesMiddleware || (middleware ?? []).length > 0;
  const followed = hasMiddleware ? followSignal(call.limits.signal) : undefined;
  try {
    const result = core.request(method, path, {
      ...fetchInit,
      ...(init.body !== undefined && { body: init.body }),
      ...(baseUrl !== undefined && { baseUrl }),
      ...(parseAs !== undefined && { parseAs }),
      ...(middleware !== undefined && { middleware }),
      ...serializersFor(known, operation, client.serializers, init),
      signal: followed?.signal ?? call.limits.signal,
      headers,
      // Without any values, openapi-fetch would leave the parameters in the path unreplaced.
      params: { ...params, header, path: params.path ?? {} },
      Request: hasMiddleware ? NativeRequest : LightRequest,
      fetch: (input: PathRequest | string | URL, init?: RequestInit) => sendPathRequest(call, input, init),
    });
    return ensureError(await (hasMiddleware ? endWithinLimits(call, operation, result) : result), call.error);
  } catch (error) {
    throw replaceParserError(call, operation, error);
  } finally {
    followed?.release();
  }
}

/** Reads the idempotency key of a call, which may be given in three places. */
function readKey(option: string | undefined, ...inHeaders: unknown[]): string | undefined {
  const texts = inHeaders.filter((one) => (one ?? undefined) !== undefined).map(String);
  const [key, ...others] = option === undefined ? texts : [option, ...texts];
  if (others.every((one) => one === key)) return key;
  throw new UsageError("options.idempotencyKey", "was given twice with different values");
}
