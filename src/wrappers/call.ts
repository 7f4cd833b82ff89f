import type { Operation } from "../operation.js";
import { SfcError, UsageError } from "./errors.js";
import { emit, nextCallNumber } from "./events.js";
import { fingerprintRequest, resolveIdempotencyKey } from "./idempotency.js";
import type { CallLimits, CallOptions, ClientOptions, KeyedCallOptions, ListOptions } from "./options.js";
import { readCallOptions, readClientOptions, type Settings } from "./options.js";
import { PageRequest } from "./pagination.js";
import { buildUrl, type CallInput, checkHeaders, type HttpRequest, serializeBody } from "./request.js";
import { type ParsedResponse, parseResponse, readRequestId } from "./response.js";
import { type FinalResponse, type PreparedCall, sendUntilFinal } from "./send.js";

export type { CallOptions, KeyedCallOptions, ListOptions } from "./options.js";
export type { Page, PageRequest } from "./pagination.js";
export type { CallInput } from "./request.js";

/** The result of one call with what belongs to it. */
export interface CallResult<T> {
  readonly data: T;
  /** The final response. Its body has been read already. */
  readonly response: Response;
  readonly requestId: string | undefined;
  /** The key that every attempt carried, where the operation has one. */
  readonly idempotencyKey: string | undefined;
  /** Requests made, the first one included. */
  readonly attempts: number;
}

/** A call under way: await it for the data, or ask for the response's headers and the number of attempts as well. */
export interface Call<T> extends Promise<T> {
  withResponse(): Promise<CallResult<T>>;
}

/** What resource classes call. One per client; it holds the token, the retry budget and the keys that were used. */
export interface Caller {
  call<T>(operation: Operation, input: CallInput, options?: CallOptions | KeyedCallOptions): Call<T>;
  list<Item, Body = unknown>(operation: Operation, input: CallInput, options?: ListOptions): PageRequest<Item, Body>;
  /** A caller with other options. Options that are missing are this caller's. It shares the retry budget and the memory of idempotency keys. */
  withOptions(options: ClientOptions): Caller;
}

/** Makes the caller that all resources of one client share. Throws `UsageError` for an option that cannot be used. */
export function createCaller(options: ClientOptions = {}): Caller {
  return callerWith(readClientOptions(options));
}

function callerWith(settings: Settings): Caller {
  return {
    call: <T>(operation: Operation, input: CallInput, callOptions?: KeyedCallOptions) =>
      asCall(callMethod<T>(settings, operation, input, callOptions)),
    list: <Item, Body>(operation: Operation, input: CallInput, listOptions?: ListOptions) =>
      new PageRequest<Item, Body>(operation, input.query ?? {}, listOptions?.lookAhead === true, (query, stop) =>
        callMethod<Body>(settings, operation, { ...input, query }, listOptions, stop),
      ),
    withOptions: (options: ClientOptions) => callerWith(readClientOptions(options, settings)),
  };
}

/** One call of a method: prepares it, runs it, and returns its result or throws its error. */
async function callMethod<T>(
  settings: Settings,
  operation: Operation,
  input: CallInput,
  options?: KeyedCallOptions | null,
  stop?: AbortSignal,
): Promise<CallResult<T>> {
  const call = prepareMethod(settings, operation, input, options ?? {}, stop);
  const { data, error, response, requestId, attempts } = await execute(call);
  if (error) throw error;
  return { data: data as T, response, requestId, idempotencyKey: call.idempotencyKey, attempts };
}

function prepareMethod(
  settings: Settings,
  operation: Operation,
  input: CallInput,
  options: KeyedCallOptions,
  stop: AbortSignal | undefined,
): PreparedCall {
  try {
    return prepare(settings, operation, readCallOptions(settings, options, stop), {
      url: buildUrl(settings.baseUrl, operation, input),
      body: serializeBody(operation, input.body),
      headers: options.headers,
      idempotencyKey: options.idempotencyKey,
    });
  } catch (error) {
    if (SfcError.is(error)) throw error;
    // Not kept as `cause`: what a getter or a proxy throws may contain the token.
    throw new UsageError("call", "cannot be read: a getter or a proxy in its arguments failed", { operation });
  }
}

/** One request with two views: the data, or the whole result. */
function asCall<T>(result: Promise<CallResult<T>>): Call<T> {
  const data = result.then((whole) => whole.data);
  return Object.assign(data, {
    withResponse: () => {
      // The caller gets a failure through `result`; on `data` it would be an unhandled rejection.
      data.catch(() => undefined);
      return result;
    },
  });
}

/** What the caller sends: a URL and a body that were checked already, headers and a key that were not. */
export interface RequestParts {
  readonly url: string;
  readonly body: HttpRequest["body"];
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly idempotencyKey: string | null | undefined;
  readonly keepBytes?: boolean;
}

/** Checks what methods and paths have in common: headers and the key. Throws `UsageError`; nothing is sent before. */
export function prepare(
  settings: Settings,
  operation: Operation,
  limits: CallLimits,
  { url, body, headers: given, idempotencyKey: givenKey, keepBytes }: RequestParts,
): PreparedCall {
  const idempotencyKey = resolveIdempotencyKey(operation, givenKey, settings.runtime);
  const headers = {
    accept: "application/json",
    ...settings.headers,
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(given && checkHeaders(given)),
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
  };
  const claimedKey = givenKey ?? undefined;
  const text = body === undefined ? undefined : String(body);
  if (claimedKey !== undefined) settings.keys.claim(claimedKey, operation, fingerprintRequest(operation, url, text));
  const request = { url, method: operation.method, headers, body, keepBytes };
  return { id: nextCallNumber(), settings, operation, limits, idempotencyKey, claimedKey, request };
}

/** How a call ended, when a complete response came. */
export interface ExecutedCall extends FinalResponse, ParsedResponse {
  readonly requestId: string | undefined;
}

/**
 * Runs a prepared call: sends it, parses its final response, and emits the event of its end, once. A response that is an error comes back as `error`;
 * every other failure is thrown.
 */
export async function execute(call: PreparedCall): Promise<ExecutedCall> {
  const startedAt = call.settings.runtime.monotonicMs();
  try {
    const final = await sendUntilFinal(call);
    const parsed = parseResponse(call, final);
    if (parsed.error) emitFailure(call, parsed.error, startedAt);
    else {
      const durationMs = call.settings.runtime.monotonicMs() - startedAt;
      emit(call, { type: "success", attempt: final.attempts, status: final.response.status, durationMs });
    }
    return { ...final, ...parsed, requestId: readRequestId(final) };
  } catch (error) {
    if (SfcError.is(error)) emitFailure(call, error, startedAt);
    throw error;
  }
}

function emitFailure(
  call: PreparedCall,
  error: SfcError & { status?: number; type?: string },
  startedAt: number,
): void {
  const { runtime, keys } = call.settings;
  // The service knows the key from another request, so that it is not this body that the key stands for.
  if (error.type === "idempotency_error" && call.claimedKey !== undefined) keys.release(call.claimedKey);
  const durationMs = runtime.monotonicMs() - startedAt;
  emit(call, { type: "error", attempt: error.attempts, status: error.status, durationMs, error });
}
