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

/** The data of one call, its response, and details of its requests. */
export interface CallResult<T> {
  readonly data: T;
  /** The final response. Its body has been read already. */
  readonly response: Response;
  readonly requestId: string | undefined;
  /** The key that was sent with every attempt; `undefined` for operations without a key. */
  readonly idempotencyKey: string | undefined;
  /** HTTP requests sent, including the first. */
  readonly attempts: number;
}

/** A promise for the response data. `withResponse()` also resolves to the response, the request id and the number of requests. */
export interface Call<T> extends Promise<T> {
  withResponse(): Promise<CallResult<T>>;
}

/** Sends the requests of one client's resources. Holds the token, the retry budget and the idempotency keys that were used. */
export interface Caller {
  call<T>(operation: Operation, input: CallInput, options?: CallOptions | KeyedCallOptions): Call<T>;
  list<Item, Body = unknown>(operation: Operation, input: CallInput, options?: ListOptions): PageRequest<Item, Body>;
  /** A caller with other options. Options that you omit are inherited. The two share the retry budget and the memory of idempotency keys. */
  withOptions(options: ClientOptions): Caller;
}

/** Creates the caller that all resources of one client share. Throws `UsageError` for an invalid option. */
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
  options: KeyedCallOptions | null | undefined,
  stop?: AbortSignal,
): Promise<CallResult<T>> {
  const call = prepareMethod(settings, operation, input, options, stop);
  const { final, data, error, requestId } = await execute(call);
  if (error) throw error;
  const { response, attempts } = final;
  return { data: data as T, response, requestId, idempotencyKey: call.idempotencyKey, attempts };
}

function prepareMethod(
  settings: Settings,
  operation: Operation,
  input: CallInput,
  options: KeyedCallOptions | null | undefined,
  stop: AbortSignal | undefined,
): PreparedCall {
  try {
    return prepare(settings, operation, readCallOptions(settings, options, stop), {
      url: buildUrl(settings.baseUrl, operation, input),
      body: serializeBody(operation, input.body),
      headers: options?.headers,
      idempotencyKey: options?.idempotencyKey,
    });
  } catch (error) {
    if (SfcError.is(error)) throw error;
    // Not kept as `cause`: an error that a getter or a proxy throws may contain the token.
    throw new UsageError("call", "cannot be read: a getter or a proxy in its arguments failed", { operation });
  }
}

/** A promise for the data, with `withResponse()` for the whole result. */
function asCall<T>(result: Promise<CallResult<T>>): Call<T> {
  const data = result.then((whole) => whole.data);
  return Object.assign(data, {
    withResponse: () => {
      // The caller may use only `withResponse()`, which rejects as well. Without a handler, `data` would be an unhandled rejection.
      data.catch(() => undefined);
      return result;
    },
  });
}

/** The parts of a request. The URL and the body have been checked; the headers and the key have not. */
export interface RequestParts {
  readonly url: string;
  readonly body: HttpRequest["body"];
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly idempotencyKey: string | null | undefined;
  readonly keepBytes?: boolean;
}

/** Checks headers and the idempotency key, reserves the key, and builds the request. Throws `UsageError` before anything is sent. */
export function prepare(
  settings: Settings,
  operation: Operation,
  limits: CallLimits,
  { url, body, headers: given, idempotencyKey: givenKey, keepBytes }: RequestParts,
): PreparedCall {
  const idempotencyKey = resolveIdempotencyKey(operation, givenKey, settings.runtime);
  const headers: Record<string, string> = { ...settings.headers };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (given) Object.assign(headers, checkHeaders(given));
  if (idempotencyKey !== undefined) headers["idempotency-key"] = idempotencyKey;
  // An empty key was refused above.
  const releaseKey = givenKey
    ? settings.keys.claim(givenKey, operation, fingerprintRequest(operation, url, body))
    : undefined;
  const request = { url, method: operation.method, headers, body, keepBytes };
  return { id: nextCallNumber(), settings, operation, limits, idempotencyKey, releaseKey, request };
}

/** The final response of a call, and its parsed content. */
export interface ExecutedCall extends ParsedResponse {
  readonly final: FinalResponse;
  readonly requestId: string | undefined;
}

/**
 * Runs a prepared call: sends it, parses its final response, and emits one event when it ends. An error response is returned as `error`; every other
 * failure is thrown.
 */
export async function execute(call: PreparedCall): Promise<ExecutedCall> {
  const startedAt = call.settings.runtime.monotonicMs();
  try {
    const final = await sendUntilFinal(call);
    const { data, error } = parseResponse(call, final);
    if (error) {
      // The service knows this key from another request, so this request has not used it.
      if (error.type === "idempotency_error") call.releaseKey?.();
      emitError(call, error, startedAt);
    } else {
      const durationMs = call.settings.runtime.monotonicMs() - startedAt;
      emit(call, { type: "success", attempt: final.attempts, status: final.response.status, durationMs });
    }
    return { final, data, error, requestId: readRequestId(final) };
  } catch (error) {
    if (SfcError.is(error)) emitError(call, error, startedAt);
    throw error;
  }
}

function emitError(call: PreparedCall, error: SfcError & { status?: number }, startedAt: number): void {
  const durationMs = call.settings.runtime.monotonicMs() - startedAt;
  emit(call, { type: "error", attempt: error.attempts, status: error.status, durationMs, error });
}
