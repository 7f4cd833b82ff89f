import type { Operation } from "../operation.js";
import type { CallOptions, ClientOptions, KeyedCallOptions, ListOptions } from "../options.js";
import { readAnswer } from "./answers.js";
import { conclude } from "./conclude.js";
import { type Exchangeable, requestIdOf } from "./exchange.js";
import { type CallInput, jsonOf, urlOf } from "./http.js";
import { PageRequest } from "./pagination.js";
import { prepareCall } from "./prepare.js";
import { readCallOptions, readClientOptions, type Settings } from "./settings.js";

export type { CallOptions, KeyedCallOptions, ListOptions } from "../options.js";
export type { CallInput } from "./http.js";
export type { Page } from "./page.js";
export type { PageRequest } from "./pagination.js";

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
