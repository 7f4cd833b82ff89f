import type { Operation } from "../operation.js";
import { SfcError } from "./errors.js";
import { nextCall, tell } from "./events.js";
import { fingerprintOf, keyFor } from "./idempotency.js";
import type { CallOptions, ClientOptions, KeyedCallOptions, ListOptions } from "./options.js";
import { readCallOptions, readClientOptions, type Settings } from "./options.js";
import { PageRequest } from "./pagination.js";
import { type CallInput, extraHeaders, type HttpRequest, jsonOf, urlOf } from "./request.js";
import { readAnswer, requestIdOf } from "./response.js";
import { type Exchange, type Exchangeable, exchange } from "./send.js";

export type { CallOptions, KeyedCallOptions, ListOptions } from "./options.js";
export type { Page, PageRequest } from "./pagination.js";
export type { CallInput } from "./request.js";

/** The result of one call with what belongs to it. */
export interface CallResult<T> {
  readonly data: T;
  /** The final answer. Its body has been read already. */
  readonly response: Response;
  readonly requestId: string | undefined;
  /** The key that every attempt carried, where the operation has one. */
  readonly idempotencyKey: string | undefined;
  /** Requests made, the first one included. */
  readonly attempts: number;
}

/** A call under way: await it for the data, or ask for the answer's headers and the number of attempts as well. */
export interface Call<T> extends Promise<T> {
  withResponse(): Promise<CallResult<T>>;
}

/** What resource classes call. One per client; it holds the token, the retry budget and the keys that were used. */
export interface Caller {
  call<T>(operation: Operation, input: CallInput, options?: CallOptions | KeyedCallOptions): Call<T>;
  list<Item, Body = unknown>(operation: Operation, input: CallInput, options?: ListOptions): PageRequest<Item, Body>;
}

/** Makes the caller that all resources of one client share. Throws `UsageError` for an option that cannot be used. */
export function createCaller(options: ClientOptions = {}): Caller {
  const settings = readClientOptions(options);
  return {
    call: <T>(operation: Operation, input: CallInput, callOptions?: KeyedCallOptions) =>
      asCall(perform<T>(settings, operation, input, callOptions)),
    list: <Item, Body>(operation: Operation, input: CallInput, listOptions?: ListOptions) =>
      new PageRequest<Item, Body>(operation, input.query ?? {}, listOptions?.lookAhead === true, (query, stop) =>
        perform<Body>(settings, operation, { ...input, query }, listOptions, stop),
      ),
  };
}

/** Sends one logical call and reads its answer. */
function perform<T>(
  settings: Settings,
  operation: Operation,
  input: CallInput,
  options?: KeyedCallOptions,
  stop?: AbortSignal,
): Promise<CallResult<T>> {
  return conclude(
    () => prepare(settings, operation, input, options ?? {}, stop),
    (call, answer) => {
      const data = readAnswer(call, answer) as T;
      const { response, attempts } = answer;
      const { idempotencyKey } = call;
      return { value: { data, response, requestId: requestIdOf(answer), idempotencyKey, attempts } };
    },
  );
}

/** Checks everything about a call before anything is sent. */
function prepare(
  settings: Settings,
  operation: Operation,
  input: CallInput,
  options: KeyedCallOptions,
  stop: AbortSignal | undefined,
): Exchangeable {
  const limits = readCallOptions(settings, options, stop);
  const url = urlOf(settings.baseUrl, operation, input);
  const body = jsonOf(operation, input.body);
  const { headers, idempotencyKey } = options;
  return prepareCall(settings, operation, limits, { url, body, headers, idempotencyKey });
}

/** One request, two ways to look at it: the data, or all of the result. */
function asCall<T>(result: Promise<CallResult<T>>): Call<T> {
  const data = result.then((whole) => whole.data);
  return Object.assign(data, {
    withResponse: () => {
      // The failure now reaches the caller through `result`; on `data` nobody would ever handle it.
      data.catch(() => undefined);
      return result;
    },
  });
}

/** What the caller wants to send: an address and a body that were checked already, headers and a key that were not. */
export interface RequestParts {
  readonly url: string;
  readonly body: HttpRequest["body"];
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly idempotencyKey: string | null | undefined;
  readonly keep?: HttpRequest["keep"];
}

/** The rules for headers and keys, for methods and paths alike. Throws `UsageError`; nothing is sent before. */
export function prepareCall(
  settings: Settings,
  operation: Operation,
  limits: Exchangeable["limits"],
  { url, body, headers: given, idempotencyKey: givenKey, keep }: RequestParts,
): Exchangeable {
  const idempotencyKey = keyFor(operation, givenKey, settings.runtime);
  const headers = {
    accept: "application/json",
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(given && extraHeaders(given)),
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
  };
  const claimed = givenKey ?? undefined;
  const text = body === undefined ? undefined : String(body);
  if (claimed !== undefined) settings.keys.claim(claimed, operation, fingerprintOf(operation, url, text));
  const request = { url, method: operation.method, headers, body, keep };
  return { id: nextCall(), settings, operation, limits, idempotencyKey, claimed, request };
}

/** What was made of a call's final answer. */
export interface Conclusion<T> {
  readonly value: T;
  /** What went wrong, where the caller gets it as part of the value instead of as an exception. */
  readonly error?: SfcError | undefined;
}

/**
 * Sends one call, reads its final answer, and tells the listener how the call ended: once, whatever happens. A call that cannot be
 * prepared is none, and not told.
 */
export async function conclude<T>(
  prepare: () => Exchangeable | Promise<Exchangeable>,
  read: (call: Exchangeable, answer: Exchange) => Conclusion<T>,
): Promise<T> {
  const prepared = prepare();
  const call = "id" in prepared ? prepared : await prepared;
  const { runtime } = call.settings;
  const startedAt = runtime.monotonicMs();
  const tellError = (error: SfcError & { status?: number; type?: string }) => {
    // The service knows the key from another request, so that it is not this body that the key stands for.
    if (error.type === "idempotency_error" && call.claimed !== undefined) call.settings.keys.release(call.claimed);
    const durationMs = runtime.monotonicMs() - startedAt;
    tell(call, { type: "error", attempt: error.attempts, status: error.status, durationMs, error });
  };
  try {
    const answer = await exchange(call);
    const { value, error } = read(call, answer);
    const { attempts: attempt, response } = answer;
    if (error) tellError(error);
    else {
      const durationMs = runtime.monotonicMs() - startedAt;
      tell(call, { type: "success", attempt, status: response.status, durationMs });
    }
    return value;
  } catch (error) {
    if (SfcError.is(error)) tellError(error);
    throw error;
  }
}
