import { isPlainObject } from "./checks.js";
import { type SfcError, UsageError } from "./errors.js";
import { checkHeaders, type HttpRequest, transportHeaders } from "./request.js";
import { type CompleteResponse, readBody, toResponse } from "./response.js";
import type { PreparedCall } from "./send.js";
import { AbortReason } from "./timeout.js";

/** One attempt as middleware sees it. The token is added after the last middleware, and only for the client's own origin. */
export interface MiddlewareRequest {
  readonly url: string;
  readonly method: string;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** Aborts when the attempt's timeout, the call's deadline or the caller ends the attempt. */
  readonly signal: AbortSignal;
  /** The method that was called, for example `"orders.create"`. */
  readonly operation: string;
  /** 1 for the first attempt of a call. */
  readonly attempt: number;
}

/**
 * Sends the request through the remaining middleware. The body of its response has already been received: reading it here leaves it readable for the caller.
 * Rejects with an `SfcError` when no complete response is received, and with an internal error when the request is refused or the attempt is over.
 */
export type Next = (request: MiddlewareRequest) => Promise<Response>;

/**
 * Wraps one attempt, inside the retry loop. It may pass another request to `next`, such as `{ ...request, headers }`, or return its own `Response`. The
 * members `method`, `operation`, `attempt` and `signal` and the idempotency key cannot be changed. A write must have the same URL and body in each attempt.
 * If it throws before it calls `next`, the call fails with a `UsageError`; if it throws afterwards, the result of the request is used.
 */
export type Middleware = (request: MiddlewareRequest, next: Next) => Promise<Response>;

/** One attempt that goes through middleware. */
export interface MiddlewareAttempt {
  readonly call: PreparedCall;
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** The last request of earlier attempts. */
  readonly earlier: HttpRequest | undefined;
  readonly dispatch: (request: HttpRequest) => Promise<CompleteResponse>;
  /** Turns a failure of `dispatch` into the `SfcError` that middleware receives. */
  readonly visibleError: (failure: unknown) => SfcError;
  readonly redact: (text: string) => string;
}

/** Runs one attempt through the middleware. Rejects with an `AbortReason` for a forbidden change, otherwise with the failure of the request. */
export async function sendThroughMiddleware(attempt: MiddlewareAttempt): Promise<CompleteResponse> {
  const { call, signal } = attempt;
  const { settings, request, operation } = call;
  const received = new Map<Response, CompleteResponse>();
  const inFlight = new Set<Promise<unknown>>();
  let isOver = false;
  let previous = attempt.earlier;
  /** How the last request of this attempt ended. */
  let last: { readonly complete?: CompleteResponse; readonly failure?: unknown } | undefined;
  let misuse: AbortReason | undefined;

  const refuse = (why: string, field = "options.middleware") => {
    misuse ??= new AbortReason("usage", why, field);
    return misuse;
  };

  const send = async (given: MiddlewareRequest): Promise<Response> => {
    const changed = { ...request, url: given.url, headers: given.headers, body: copyBytes(given.body) };
    const isRepeat = previous !== undefined && operation.retry !== "read";
    if (isRepeat && operation.retry === "unsafe" && previous !== attempt.earlier) {
      throw refuse("called next twice for a write that may be applied twice");
    }
    if (isRepeat && (previous?.url !== changed.url || !hasSameBody(previous, changed))) {
      throw refuse("changed the URL or the body of a write since its previous attempt");
    }
    previous = changed;
    const sent = attempt.dispatch({ ...changed, isCrossOrigin: !hasOrigin(changed.url, settings.baseUrl) });
    inFlight.add(sent);
    try {
      const complete = await sent;
      last = { complete };
      const response = toResponse(complete);
      received.set(response, complete);
      return response;
    } catch (failure) {
      last = { failure };
      throw attempt.visibleError(failure);
    } finally {
      inFlight.delete(sent);
    }
  };

  /** Lets an outer middleware read a body that an inner one has read. */
  const readable = (response: Response): Response => {
    const complete = response.bodyUsed ? received.get(response) : undefined;
    if (complete === undefined) return response;
    const copy = toResponse(complete);
    received.set(copy, complete);
    return copy;
  };

  const run = async (index: number, given: MiddlewareRequest): Promise<Response> => {
    const middleware = settings.middleware[index];
    if (middleware === undefined) return send(given);
    const field = `options.middleware[${index}]`;
    const pass = async (passed: MiddlewareRequest): Promise<Response> => {
      if (isOver || signal.aborted) throw new AbortReason("usage", "called next after the attempt had ended", field);
      const changed = readRequest(given, passed);
      if (typeof changed === "string") throw refuse(changed, field);
      return readable(await run(index + 1, changed));
    };
    const next = (passed: MiddlewareRequest): Promise<Response> => {
      const passing = pass(passed);
      // Its result counts for the call in any case. If the middleware does not await it, its rejection would end the process.
      passing.catch(() => undefined);
      return passing;
    };
    let response: Response;
    try {
      // A copy, because the request that is passed to `next` is compared with the original.
      response = await middleware({ ...given, headers: { ...given.headers } }, next);
    } catch (error) {
      throw last === undefined ? makeAbortReason(error, field, attempt.redact) : error;
    }
    if (!isResponse(response)) throw refuse("must return a Response", field);
    return response;
  };

  const first = {
    method: request.method,
    headers: { ...request.headers },
    url: request.url,
    body: copyBytes(request.body),
  };
  const outcome = await run(0, { ...first, signal, operation: operation.name, attempt: attempt.attempt }).then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  );
  // Waits for requests that middleware did not await: they may still be applied.
  while (inFlight.size > 0) await Promise.allSettled(inFlight);
  isOver = true;
  if (misuse !== undefined) throw misuse;
  const failed = last !== undefined && last.complete === undefined;
  if ("error" in outcome) {
    if (last?.complete !== undefined) return last.complete;
    throw failed ? last?.failure : outcome.error;
  }
  // Middleware cannot turn a write without a complete response into a success.
  if (failed && operation.retry !== "read") throw last?.failure;
  return received.get(outcome.response) ?? readOwnResponse(outcome.response, attempt);
}

/** Copies bytes, because middleware may modify them, and one attempt must not change the next. */
function copyBytes(body: MiddlewareRequest["body"]): HttpRequest["body"] {
  return body instanceof Uint8Array ? new Uint8Array(body) : body;
}

/** Checks the request that middleware passed to `next`. Returns the request, or why it is refused. */
function readRequest(before: MiddlewareRequest, passed: MiddlewareRequest): MiddlewareRequest | string {
  if (!isPlainObject(passed)) return "must pass a request to next";
  const unknown = Object.keys(passed).find((name) => !Object.hasOwn(before, name));
  if (unknown !== undefined) return `passed a request with an unknown member "${unknown}"`;
  const fixed = (["method", "operation", "attempt", "signal"] as const).find((name) => passed[name] !== before[name]);
  if (fixed !== undefined) return `must not change the request's ${fixed}`;
  const { url, body } = passed;
  if (!isHttpUrl(url)) return "passed a url that is not an http: or https: URL without credentials";
  const isBody = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  if (!isBody || (body !== undefined && before.method === "GET")) return "passed an invalid body";
  try {
    const { "idempotency-key": key, ...headers } = checkHeaders(passed.headers, transportHeaders, "headers");
    const ownKey = before.headers["idempotency-key"];
    if (key !== ownKey) return "must not change the idempotency-key header";
    return { ...passed, headers: key === undefined ? headers : { ...headers, "idempotency-key": key } };
  } catch (error) {
    // Any other error may quote a header.
    return `passed invalid headers: ${UsageError.is(error) ? error.message : "they cannot be read"}`;
  }
}

function isHttpUrl(text: unknown): text is string {
  try {
    const { protocol, username, password } = new URL(text as string);
    return typeof text === "string" && /^https?:$/.test(protocol) && `${username}${password}` === "";
  } catch {
    return false;
  }
}

function hasOrigin(url: string, baseUrl: string): boolean {
  return new URL(url).origin === new URL(baseUrl).origin;
}

function hasSameBody({ body: a }: HttpRequest, { body: b }: HttpRequest): boolean {
  if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether a value is a `Response`. It may come from another realm or a polyfill. */
function isResponse(value: unknown): value is Response {
  const { status, headers, text } = Object(value) as Partial<Response>;
  return typeof status === "number" && typeof headers?.get === "function" && typeof text === "function";
}

/** Reads a response that middleware created itself. */
async function readOwnResponse(response: Response, attempt: MiddlewareAttempt): Promise<CompleteResponse> {
  const { call, signal, redact } = attempt;
  try {
    return await readBody(response, {
      maxBytes: call.limits.maxResponseBytes,
      isOver: () => signal.aborted,
      redact,
      keepBytes: call.request.keepBytes,
    });
  } catch {
    throw new AbortReason(
      "usage",
      "returned a Response whose body cannot be read, or was read before",
      "options.middleware",
    );
  }
}

/** The reason that ends the call when middleware throws before it calls `next`. */
function makeAbortReason(error: unknown, field: string, redact: (text: string) => string): AbortReason {
  let cause: Error;
  try {
    if (error instanceof AbortReason) return error;
    cause = redactError(error, redact);
  } catch {
    cause = new Error("an error that cannot be read");
  }
  return new AbortReason("usage", "failed before it called next", field, cause);
}

/** A copy with the message and the stack of the error: other members may contain the token. */
function redactError(error: unknown, redact: (text: string) => string): Error {
  const { name, message, stack } = error instanceof Error ? error : new Error("not an Error");
  const copy = new Error(redact(String(message)));
  return Object.assign(copy, { name: redact(String(name)), stack: redact(String(stack)) });
}
