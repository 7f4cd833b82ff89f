import type { Operation } from "../operation.js";
import { execute, prepare } from "../wrappers/call.js";
import {
  type ApiError,
  DecodeError,
  type ErrorContext,
  markAmbiguous,
  SfcError,
  UsageError,
} from "../wrappers/errors.js";
import type { Fetch, Settings } from "../wrappers/options.js";
import { checkCursors, serializeBody } from "../wrappers/request.js";
import { interruptionError, type PreparedCall } from "../wrappers/send.js";
import { AbortReason, withinLimits } from "../wrappers/timeout.js";
import { keyHeader } from "./headers.js";
import { LightRequest } from "./light-request.js";
import { findOperation, unknownOperation } from "./operations.js";
import type { PathInit } from "./options.js";
import { changedFetchInit, makeRequest, type PathRequest, readMethod, readRequestBody, readUrl } from "./requests.js";
import { copyResponse } from "./responses.js";

/** One call by path. Middleware can send several requests in it. */
export interface PathCall {
  readonly settings: Settings;
  /** The path as the caller wrote it. */
  readonly path: string;
  readonly limits: PreparedCall["limits"];
  readonly idempotencyKey: string | undefined;
  readonly fetch: PathInit["fetch"];
  /** Options that are passed to `fetch` unchanged. */
  readonly fetchInit: Readonly<Record<string, unknown>>;
  /** Requests so far, by method and path. */
  readonly sent: Map<string, Sent>;
  /** HTTP requests sent. */
  attempts: number;
  /** The request that is being sent. */
  sending?: Promise<Response> | undefined;
  /** The status of the last response, and the error that a method of `SfcClient` would have thrown for it. */
  status?: number;
  error?: ApiError | undefined;
}

interface Sent {
  readonly operation: Operation;
  readonly idempotencyKey: string | undefined;
  readonly url: string;
  readonly body: string;
  mayHaveHappened: boolean;
}

/** Sends the request that openapi-fetch or middleware built, with the same checks and retries as the methods of `SfcClient`. */
export async function sendPathRequest(
  call: PathCall,
  input: PathRequest | string | URL,
  init?: RequestInit,
): Promise<Response> {
  call.sending = sendChecked(call, input, init);
  try {
    return await call.sending;
  } finally {
    call.sending = undefined;
  }
}

/**
 * Ends a call at its deadline, or when the caller aborts, even if openapi-fetch's middleware never settles. The timeout of an attempt does not apply, because
 * this middleware runs outside of the attempts.
 */
export async function endWithinLimits<T>(call: PathCall, operation: Operation, result: Promise<T>): Promise<T> {
  const limits = { ...call.limits, timeoutMs: Number.POSITIVE_INFINITY };
  // If `result` rejects after the call has ended, it must not be an unhandled rejection.
  result.catch(() => undefined);
  try {
    return await withinLimits(call.settings.runtime, limits, () => result);
  } catch (error) {
    if (!(error instanceof AbortReason)) throw error;
    // The same limit ends the current request, which then records whether it may have been processed.
    await call.sending;
    throw interruptionError(limits, error, describeSent(call, operation));
  }
}

/** What is known about a call that ends without a response from openapi-fetch. */
function describeSent({ attempts, sent }: PathCall, operation: Operation): ErrorContext {
  const all = [...sent.values()];
  const applied = all.find(({ operation: { retry }, mayHaveHappened }) => mayHaveHappened && retry !== "read");
  return { operation, attempts, ...applied, ambiguous: applied !== undefined };
}

/** Replaces the error of openapi-fetch's parser. openapi-fetch throws it when a successful response of an unknown path is not JSON, even after a write. */
export function replaceParserError(call: PathCall, operation: Operation, error: unknown): unknown {
  const { status } = call;
  return error instanceof SyntaxError && status && !call.error
    ? new DecodeError(`${status} with a body that is not JSON.`, status, describeSent(call, operation))
    : error;
}

async function sendChecked(
  call: PathCall,
  input: PathRequest | string | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  const request = input instanceof LightRequest ? input : asRequest(input, init);
  const url = readUrl(call.settings.baseUrl, request.url);
  const path = url.href.slice(call.settings.baseUrl.length).replace(/\?.*$/s, "");
  const method = readMethod(request.method);
  const known = findOperation(method, path);
  const operation = known ?? unknownOperation(method, path, call.path);
  const before = call.sent.get(operationKey(operation));
  try {
    const prepared = await prepareRequest(call, operation, request, url, known === undefined);
    const { final, error } = await execute(prepared);
    call.attempts += final.attempts;
    recordOutcome(call, operation, !error || final.unknown);
    call.status = final.response.status;
    call.error = error;
    return copyResponse(final, error, method);
  } catch (error) {
    if (!SfcError.is(error)) throw error;
    call.attempts += error.attempts;
    const isWrite = operation.retry !== "read";
    // The caller sees only this error, so it must state that an earlier request of the same call may have been processed.
    if (before?.mayHaveHappened && isWrite) throw markAmbiguous(error, operation);
    recordOutcome(call, operation, error.ambiguous);
    throw error;
  }
}

const operationKey = ({ method, name }: Operation) => `${method} ${name}`;

function recordOutcome(call: PathCall, operation: Operation, mayHaveHappened: boolean): void {
  const sent = call.sent.get(operationKey(operation));
  if (sent) sent.mayHaveHappened = mayHaveHappened;
}

/** Returns the arguments of `fetch` as a `Request`. Middleware may call it with a URL. */
function asRequest(input: Request | string | URL, init: RequestInit | undefined): Request {
  return init === undefined && typeof input === "object" && "headers" in input ? input : makeRequest(input, init);
}

async function prepareRequest(
  call: PathCall,
  operation: Operation,
  request: PathRequest,
  url: URL,
  keepBytes: boolean,
): Promise<PreparedCall> {
  const { body, contentType } = await readWithinLimits(call, operation, request);
  if (body === undefined) serializeBody(operation, undefined);
  else if (["GET", "HEAD"].includes(operation.method)) {
    throw new UsageError("body", `cannot be sent with ${operation.method}`, { operation });
  }
  checkCursors(operation, Object.fromEntries(url.searchParams));
  const { [keyHeader]: header, ...given } = Object.fromEntries(request.headers);
  const headers = contentType === undefined ? given : { "content-type": contentType, ...given };
  const sending = { url: url.href, body: String(body) };
  const idempotencyKey = chooseKey(call, operation, header, sending);
  const fetchInit = { ...call.fetchInit, ...changedFetchInit(request) };
  const settings = { ...call.settings, fetch: fetchWith(call, fetchInit) };
  if (Object.keys(fetchInit).length > 0) makeRequest(url.href, fetchInit);
  const limits = request.signal === call.limits.signal ? call.limits : { ...call.limits, stop: request.signal };
  const prepared = prepare(settings, operation, limits, {
    url: url.href,
    body,
    headers,
    idempotencyKey,
    // The response of an unknown path may be something other than text.
    keepBytes,
  });
  call.sent.set(operationKey(operation), {
    operation,
    ...sending,
    idempotencyKey: prepared.idempotencyKey,
    mayHaveHappened: true,
  });
  return prepared;
}

/** Reads the body of a request within the limits, because it may be a stream that never ends. */
async function readWithinLimits(
  { settings, limits }: PathCall,
  operation: Operation,
  request: PathRequest,
): ReturnType<typeof readRequestBody> {
  const isStream = typeof request.body === "object" && request.body !== null;
  if (!isStream) return readRequestBody(request);
  try {
    return await withinLimits(settings.runtime, limits, () => readRequestBody(request));
  } catch (error) {
    throw error instanceof AbortReason ? interruptionError(limits, error, { operation }) : error;
  }
}

/** Returns the idempotency key of a request: that of the call, even when middleware sends another request. Throws where a write could be applied twice. */
function chooseKey(
  { idempotencyKey: own, sent }: PathCall,
  operation: Operation,
  header: string | undefined,
  { url, body }: Pick<Sent, "url" | "body">,
): string | undefined {
  const before = sent.get(operationKey(operation));
  const refuse = (field: string, why: string) => new UsageError(field, why, { operation });
  if (own !== undefined && header !== undefined && header !== own) {
    throw refuse("options.idempotencyKey", "differs from the idempotency-key header; leave one of them out");
  }
  // Middleware may send a read, which has no key.
  if (operation.retry === "read") return header;
  if (!before?.mayHaveHappened) return header ?? own;
  if (operation.retry === "unsafe") {
    throw refuse("middleware", "cannot send this write again: the first request may have been processed");
  }
  if (operation.retry !== "keyed") return header ?? own;
  const isSame =
    before.url === url && before.body === body && (header ?? before.idempotencyKey) === before.idempotencyKey;
  if (isSame) return before.idempotencyKey;
  throw refuse(
    "options.idempotencyKey",
    "was used for the first request of this call; use another call for another request",
  );
}

/** Returns a `fetch` with the options of one call, based on the call's own function if it has one. */
function fetchWith({ settings, fetch: own }: PathCall, fetchInit: object): Fetch {
  return async (url, init) => {
    const whole = { ...fetchInit, ...init };
    const fetch = settings.fetch ?? globalThis.fetch;
    if (!own) return fetch(url, whole);
    // A `fetch` for methods, such as that of createNodeFetch(), expects a URL string and options. `toString` makes the request usable as a URL.
    const request = Object.defineProperty(makeRequest(url, whole), "toString", { value: () => url });
    return own(request, whole);
  };
}
