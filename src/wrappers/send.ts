import type { Operation } from "../operation.js";
import { AbortError, ConnectionError, type ErrorContext, type SfcError, TimeoutError, UsageError } from "./errors.js";
import { emit } from "./events.js";
import type { CallLimits, Fetch, Settings } from "./options.js";
import type { HttpRequest } from "./request.js";
import { type CompleteResponse, errorContext, readRequestId, readText, redactBody, redactToken } from "./response.js";
import { type AttemptResult, isRetryable, processedBy, retryDelayMs, systemError, wasNeverSent } from "./retry.js";
import { AbortReason, type Limits, sleep, withinLimits } from "./timeout.js";

/** The response that a call ended with, whatever its status. */
export interface FinalResponse extends CompleteResponse {
  /** Requests made. */
  readonly attempts: number;
  /** An attempt before the last one may have been processed. */
  readonly earlierUnknown: boolean;
  /** This or an earlier attempt may have been processed. */
  readonly unknown: boolean;
  /** A retry was due, and the client's retry budget was used up. */
  readonly budgetUsedUp: boolean;
}

/** One logical call, ready to be sent. */
export interface PreparedCall {
  /** The same in all its events. */
  readonly id: number;
  readonly settings: Settings;
  readonly operation: Operation;
  readonly request: HttpRequest;
  readonly limits: CallLimits;
  readonly idempotencyKey: string | undefined;
  /** The caller's own key, which `settings.keys` holds for this call. */
  readonly claimedKey: string | undefined;
}

/**
 * Sends until a response is final. Throws `ConnectionError`, `TimeoutError` or `AbortError` without one, with `ambiguous` set when the write may have
 * been applied all the same.
 */
export async function sendUntilFinal(call: PreparedCall): Promise<FinalResponse> {
  const { settings, limits } = call;
  let attempts = 0;
  let retries = 0;
  let earlierUnknown = false;
  let mayHaveLeft = false;
  let freshToken: string | undefined;
  let askedAgain = false;
  for (let attempt = 1; ; attempt++) {
    const outcome = await sendAttempt(call, attempt, freshToken);
    const { received, failure, processed } = outcome;
    const status = received?.response.status;
    if (outcome.sent) attempts++;
    mayHaveLeft ||= received !== undefined || processed === "unknown";
    freshToken = undefined;
    if (status === 401 && settings.tokenMayChange && !askedAgain) {
      askedAgain = true;
      freshToken = await differentToken(call, outcome.token);
      if (freshToken !== undefined) {
        // A request that got 401 was not processed, so a repeat is safe for every class.
        emit(call, { type: "retry", attempt, status, delayMs: 0 });
        continue;
      }
    }
    const next = nextDelay(call, outcome, retries);
    if (typeof next !== "number") {
      const unknown = earlierUnknown || processed === "unknown";
      const budgetUsedUp = next === "budget used up";
      if (call.claimedKey !== undefined && !mayHaveLeft) settings.keys.release(call.claimedKey);
      if (received) return { ...received, attempts, earlierUnknown, unknown, budgetUsedUp };
      throw finalError(failure, limits, { ...errorContext(call, attempts, unknown), budgetUsedUp });
    }
    retries++;
    earlierUnknown ||= processed === "unknown";
    emit(call, { type: "retry", attempt, status, delayMs: next });
    // An abort ends the wait early; the next attempt then ends before it is sent.
    await sleep(settings.runtime, limits, next).catch(() => undefined);
  }
}

/** Calls the token function once more; returns its token if it differs. If that fails, the 401 is the better error. */
async function differentToken(
  { settings, limits }: PreparedCall,
  refused: string | undefined,
): Promise<string | undefined> {
  try {
    const token = await withinLimits(settings.runtime, limits, async () => settings.token());
    return token === refused ? undefined : token;
  } catch {
    return undefined;
  }
}

/** Sends one attempt. A failure is part of the result and not thrown. */
async function sendAttempt(
  call: PreparedCall,
  attempt: number,
  freshToken: string | undefined,
): Promise<AttemptResult> {
  const { settings, request, limits } = call;
  const { runtime } = settings;
  const startedAt = runtime.monotonicMs();
  let sent = false;
  let used: string | undefined;
  try {
    const received = await withinLimits(runtime, limits, (signal) => {
      const sendWith = (token: string) => {
        used = token;
        // A limit may have been reached while the token was fetched: the attempt is over then.
        signal.throwIfAborted();
        emit(call, { type: "request", attempt });
        // The listener may have aborted the call.
        signal.throwIfAborted();
        sent = true;
        return send(settings.fetch ?? globalThis.fetch, request, token, signal, limits.maxResponseBytes);
      };
      const token = freshToken ?? settings.token();
      return typeof token === "string" ? sendWith(token) : token.then(sendWith);
    });
    const { status } = received.response;
    if (settings.onEvent) {
      const durationMs = runtime.monotonicMs() - startedAt;
      emit(call, { type: "response", attempt, status, durationMs, requestId: readRequestId(received) });
    }
    return { received, sent, token: used, processed: processedBy(status) };
  } catch (failure) {
    return { failure, sent, processed: sent && !wasNeverSent(failure) ? "unknown" : "no" };
  }
}

/** Milliseconds until the next attempt, or why there is none. */
function nextDelay(
  { settings: { runtime, budget }, operation, limits }: PreparedCall,
  outcome: AttemptResult,
  retries: number,
): number | "final" | "budget used up" {
  if (outcome.processed === "yes") budget.refund(operation);
  if (retries >= limits.maxRetries || !isRetryable(operation, outcome)) return "final";
  const delayMs = retryDelayMs(retries, outcome, limits.deadlineAt - runtime.monotonicMs(), runtime);
  if (delayMs === undefined) return "final";
  return budget.take(operation) ? delayMs : "budget used up";
}

function finalError(failure: unknown, { timeoutMs, signal, stop }: Limits, context: ErrorContext): SfcError {
  if (!(failure instanceof AbortReason)) {
    const { name = "not an error", ...details } = systemError(failure);
    return new ConnectionError(`no complete response was received${details.code ? ` (${details.code})` : ""}.`, {
      ...context,
      // In the system's words only: a `fetch` may put the request, and in it the token, into its errors.
      cause: Object.assign(new Error(name), details),
    });
  }
  const { why, message } = failure;
  if (why === "aborted") {
    return timedOut(signal) || timedOut(stop)
      ? new TimeoutError("no complete response was received before the caller's signal timed out.", "signal", context)
      : new AbortError("aborted by the caller's signal.", context);
  }
  if (why === "token") return new UsageError("options.token", message, context);
  const within = why === "timeoutMs" ? `${timeoutMs} ms` : "the call's deadline";
  return new TimeoutError(`no complete response was received within ${within}.`, why, context);
}

/** Whether the signal ended as `AbortSignal.timeout()` does. */
function timedOut(signal: AbortSignal | undefined): boolean {
  return signal?.reason instanceof Error && signal.reason.name === "TimeoutError";
}

/** Sends once. A redirect is not followed: the runtime would drop the token, or send the body somewhere else. */
export async function send(
  fetch: Fetch,
  { url, method, headers, body, keep }: HttpRequest,
  token: string,
  signal: AbortSignal,
  maxBytes: number,
): Promise<CompleteResponse> {
  const init: RequestInit = {
    method,
    headers: { ...headers, authorization: `Bearer ${token}` },
    redirect: "manual",
    signal,
  };
  // Left out rather than undefined: not every runtime treats the two alike.
  if (body !== undefined) init.body = body;
  const response = await fetch(url, init);
  if (signal.aborted) {
    // A `fetch` that ignores its signal responds late, after the call has ended. The body is canceled, so that its connection is free.
    await response.body?.cancel();
    signal.throwIfAborted();
  }
  const redact = (text: string) => redactToken(text, token);
  const text = await readText(response, maxBytes, signal, keep);
  return { response, text: response.ok || !text ? text : redactBody(text, redact), redact };
}
