import type { Operation } from "../operation.js";
import { AbortError, ConnectionError, type ErrorContext, type SfcError, TimeoutError, UsageError } from "./errors.js";
import { emit } from "./events.js";
import type { ReleaseKey } from "./idempotency.js";
import { sendThroughMiddleware } from "./middleware.js";
import type { CallLimits, Fetch, Settings } from "./options.js";
import type { HttpRequest } from "./request.js";
import { type CompleteResponse, errorContext, readBody, readRequestId, redactToken } from "./response.js";
import {
  type AttemptResult,
  isRetryable,
  isSuccess,
  processedBy,
  retryDelayMs,
  systemError,
  wasNeverSent,
} from "./retry.js";
import {
  AbortReason,
  type InterruptibleFetch,
  type Interruption,
  interruptibleFetch,
  type Limits,
  sleep,
  withinLimits,
} from "./timeout.js";

/** The response that a call ended with, whatever its status. */
export interface FinalResponse extends CompleteResponse {
  /** HTTP requests sent. */
  readonly attempts: number;
  /** Whether an earlier request may have been processed, and this is the response to the last one. */
  readonly earlierUnknown: boolean;
  /** Whether this or an earlier attempt may have been processed. */
  readonly unknown: boolean;
  /** A retry was allowed, but the client's retry budget was used up. */
  readonly budgetUsedUp: boolean;
}

/** One logical call, ready to be sent. */
export interface PreparedCall {
  /** Identifies the call in its events. */
  readonly id: number;
  readonly settings: Settings;
  readonly operation: Operation;
  readonly request: HttpRequest;
  readonly limits: CallLimits;
  readonly idempotencyKey: string | undefined;
  /** Releases the caller's own key in `settings.keys`; `undefined` without such a key. */
  readonly releaseKey: ReleaseKey | undefined;
}

/**
 * Sends attempts until a response is final. Without a final response it throws `ConnectionError`, `TimeoutError`, `AbortError` or `UsageError`, with
 * `ambiguous` set when the write may have been applied.
 */
export async function sendUntilFinal(call: PreparedCall): Promise<FinalResponse> {
  const { settings, limits } = call;
  let attempts = 0;
  let retries = 0;
  let earlierUnknown = false;
  let mayHaveReachedService = false;
  let freshToken: string | undefined;
  let hasRefreshedToken = false;
  let outcome: AttemptResult | undefined;
  for (let attempt = 1; ; attempt++) {
    outcome = await sendAttempt(call, attempt, freshToken, outcome);
    const { received, failure, processed } = outcome;
    const status = received?.response.status;
    attempts += outcome.requests;
    mayHaveReachedService ||= outcome.requests > 0 && (received !== undefined || processed === "unknown");
    earlierUnknown ||= outcome.earlierUnknown === true;
    freshToken = undefined;
    if (status === 401 && outcome.isFromService && !hasRefreshedToken) {
      hasRefreshedToken = true;
      freshToken = await refreshToken(call, outcome.token);
      if (freshToken !== undefined) {
        // A request that was refused with 401 was not processed, so repeating it is safe for every retry class.
        emit(call, { type: "retry", attempt, status, delayMs: 0 });
        continue;
      }
    }
    if (processed === "yes") settings.budget.refund(call.operation);
    const delayMs = nextDelayMs(call, outcome, retries);
    const budgetUsedUp = delayMs !== undefined && !settings.budget.take(call.operation);
    if (delayMs === undefined || budgetUsedUp) {
      const unknown = earlierUnknown || processed === "unknown";
      if (!mayHaveReachedService) call.releaseKey?.();
      if (received) {
        // Members are copied by name, because a spread would take longer than the rest of this function.
        const { response, text, bytes, redact } = received;
        earlierUnknown &&= outcome.isFromService === true;
        return { response, text, bytes, redact, attempts, earlierUnknown, unknown, budgetUsedUp };
      }
      throw finalError(call, failure, { ...errorContext(call, attempts, unknown), budgetUsedUp }, outcome.lastRequest);
    }
    retries++;
    earlierUnknown ||= processed === "unknown";
    emit(call, { type: "retry", attempt, status, delayMs });
    // An abort ends the wait early. The next attempt then fails before it sends anything.
    await sleep(settings.runtime, limits, delayMs).catch(() => undefined);
  }
}

/** Calls the token function once more, and returns its token if it is a different one. If the function fails, the call ends with the 401. */
async function refreshToken(
  { settings, limits }: PreparedCall,
  refused: string | undefined,
): Promise<string | undefined> {
  const token = await withinLimits(settings.runtime, limits, async () => settings.token()).catch(() => undefined);
  return token === refused ? undefined : token;
}

/** One request of an attempt, and what is known about it so far. */
interface SentRequest {
  readonly request: HttpRequest;
  received?: CompleteResponse;
  /** `undefined` while it is not known. */
  processed?: AttemptResult["processed"];
}

/** Sends one attempt. A failure is part of the result and not thrown. */
async function sendAttempt(
  call: PreparedCall,
  attempt: number,
  freshToken: string | undefined,
  before: AttemptResult | undefined,
): Promise<AttemptResult> {
  const { settings, limits } = call;
  const sent: SentRequest[] = [];
  let token = before?.token;

  const dispatch = async (request: HttpRequest, interruption: Interruption): Promise<CompleteResponse> => {
    const startedAt = settings.runtime.monotonicMs();
    const current = freshToken ?? settings.token();
    // Awaited only when it is a promise, because every `await` costs a microtask.
    token = typeof current === "string" ? current : await current;
    // A limit may have been reached while the token was fetched. Then the attempt has ended.
    interruption.throwIfAborted();
    emit(call, { type: "request", attempt });
    // The listener may have aborted the call.
    interruption.throwIfAborted();
    const record: SentRequest = { request };
    sent.push(record);
    try {
      const received = await send(
        settings.fetch ?? globalThis.fetch,
        request,
        token,
        interruption,
        limits.maxResponseBytes,
      );
      const { status } = received.response;
      record.received = received;
      record.processed = processedBy(status);
      // With a `fetch` that ignores its signal, the body can be complete only after the call has ended.
      if (settings.onEvent && !interruption.reason) {
        const durationMs = settings.runtime.monotonicMs() - startedAt;
        emit(call, { type: "response", attempt, status, durationMs, requestId: readRequestId(received) });
      }
      return received;
    } catch (failure) {
      record.processed = wasNeverSent(failure) ? "no" : "unknown";
      throw failure;
    }
  };

  const run = (interruption: Interruption): Promise<CompleteResponse> =>
    settings.middleware.length === 0
      ? dispatch(call.request, interruption)
      : sendThroughMiddleware({
          call,
          attempt,
          signal: interruption.signal,
          earlier: before?.lastRequest,
          dispatch: (request) => dispatch(request, interruption),
          visibleError: (failure) =>
            finalError(call, failure, errorContext(call, sent.length, isUnknown(sent, failure)), sent.at(-1)?.request),
          redact: (text) => redactToken(text, token ?? settings.knownToken ?? ""),
        });

  const result = (processed: AttemptResult["processed"], received?: CompleteResponse, failure?: unknown) => ({
    received,
    failure,
    isFromService: sent.at(-1)?.received === received,
    processed,
    requests: sent.length,
    earlierUnknown: sent.slice(0, -1).some((one) => one.processed === "unknown"),
    lastRequest: sent.at(-1)?.request ?? before?.lastRequest,
    token,
  });
  try {
    const received = await withinLimits(settings.runtime, limits, run);
    return result(processedByAttempt(sent, received), received);
  } catch (failure) {
    return result(isUnknown(sent, failure) ? "unknown" : "no", undefined, failure);
  }
}

/** Whether a failed attempt may have been processed. `failure` is what ended the requests whose result is not known. */
function isUnknown(sent: readonly SentRequest[], failure: unknown): boolean {
  const open = sent.filter(({ processed }) => processed === undefined);
  // With several open requests it is not known which of them the transport had not begun to send.
  const wasOpenSent = open.length > 1 || !(failure instanceof AbortReason && failure.notSent);
  return sent.some(({ processed }) => (processed ?? (wasOpenSent ? "unknown" : "no")) !== "no");
}

/** Whether the requests of an attempt were processed. The attempt ended with a response, which middleware may have created. */
function processedByAttempt(sent: readonly SentRequest[], received: CompleteResponse): AttemptResult["processed"] {
  if (sent.every(({ processed }) => processed === "no")) return "no";
  return isSuccess(received.response.status) && sent.some(({ processed }) => processed === "yes") ? "yes" : "unknown";
}

/** Milliseconds until the next attempt; `undefined` when there must not be another one. */
function nextDelayMs(
  { settings: { runtime }, operation, limits }: PreparedCall,
  outcome: AttemptResult,
  retries: number,
): number | undefined {
  if (retries >= limits.maxRetries || !isRetryable(operation, outcome)) return undefined;
  return retryDelayMs(retries, outcome, limits.deadlineAt - runtime.monotonicMs(), runtime);
}

/**
 * The error for a failure without a complete response. It names the host of the request but no other part of its URL. It also names the host that could not
 * be reached if that is a different one, such as a proxy.
 */
function finalError(
  { limits, request }: PreparedCall,
  failure: unknown,
  context: ErrorContext,
  { url } = request,
): SfcError {
  if (!(failure instanceof AbortReason)) {
    const { name = "unknown error", peer = "", ...details } = systemError(failure);
    const { host } = new URL(url);
    const place = host.startsWith(peer) ? host : `${peer} for ${host}`;
    const reason = details.code ? `${details.code} ${place}` : place;
    return new ConnectionError(`no complete response was received (${reason}).`, {
      ...context,
      // Only name and code are kept: the error of a `fetch` may quote the request, and the token in it, in its message.
      cause: Object.assign(new Error(details.code ?? name), details),
    });
  }
  return interruptionError(limits, failure, context);
}

/** The error for a call that the client ended. */
export function interruptionError(limits: Limits, reason: AbortReason, context: ErrorContext): SfcError {
  const { why, message, field, cause } = reason;
  if (why === "aborted") {
    return timedOut(limits.signal) || timedOut(limits.stop)
      ? new TimeoutError("no complete response was received before the caller's signal timed out.", "signal", context)
      : new AbortError("aborted by the caller's signal.", context);
  }
  if (why === "usage") return new UsageError(field, message, { ...context, cause });
  const within = why === "timeoutMs" ? `${limits.timeoutMs} ms` : "the call's deadline";
  return new TimeoutError(`no complete response was received within ${within}.`, why, context);
}

/** Whether the signal's reason is that of `AbortSignal.timeout()`. A reason can be any value, even an object whose members throw. */
function timedOut(signal: AbortSignal | undefined): boolean {
  return systemError(signal?.reason).name === "TimeoutError";
}

/** Sends one request. Redirects are not followed, because the runtime would drop the token, or send the body to another server. */
export async function send(
  fetch: Fetch & { readonly [interruptibleFetch]?: InterruptibleFetch },
  { url, method, headers, body, keepBytes, isCrossOrigin }: HttpRequest,
  token: string,
  interruption: Interruption,
  maxBytes: number,
): Promise<CompleteResponse> {
  const init: RequestInit = {
    method,
    headers: isCrossOrigin ? headers : { ...headers, authorization: `Bearer ${token}` },
    redirect: "manual",
  };
  // Set only when there is a body, because not every runtime treats `undefined` like a missing member.
  if (body !== undefined) init.body = body;
  const own = fetch[interruptibleFetch];
  const isOwn = own?.fetch === fetch;
  if (!isOwn) init.signal = interruption.signal;
  const response = await (isOwn ? own.send(url, init, interruption) : fetch(url, init));
  if (interruption.reason !== undefined) {
    // A `fetch` that ignores its signal returned its response after the call had ended. Canceling the body frees the connection.
    await response.body?.cancel();
    throw interruption.reason;
  }
  const redact = (text: string) => redactToken(text, token);
  const isOver = () => interruption.reason !== undefined;
  try {
    return await readBody(response, { maxBytes, isOver, keepBytes, redact });
  } catch (failure) {
    // There is a response, so the request was sent, even if the error looks like a connection that could not be established.
    throw wasNeverSent(failure) ? new Error("the body of the response cannot be read") : failure;
  }
}
