import type { Operation } from "../operation.js";
import { BadToken } from "./auth.js";
import { Interrupted, type Limits, sleep, withinLimits } from "./deadline.js";
import { AbortError, ConnectionError, type ErrorContext, type SfcError, TimeoutError, UsageError } from "./errors.js";
import { type EventBase, emit, nextCall } from "./events.js";
import { type Answer, type HttpRequest, send } from "./http.js";
import { delayBefore, mayRetry, type Outcome, processedBy, systemError, wasNeverSent } from "./retry.js";
import type { Settings } from "./settings.js";

/** The answer that a call ended with, whatever its status. */
export interface Exchange extends Answer {
  /** Requests made. */
  readonly attempts: number;
  /** An attempt before the last one may have taken effect. */
  readonly earlierUnknown: boolean;
}

/** One logical call as the wrappers see it. */
export interface Exchangeable {
  readonly settings: Settings;
  readonly operation: Operation;
  readonly request: HttpRequest;
  readonly limits: Limits & { readonly maxRetries: number };
  readonly idempotencyKey: string | undefined;
}

/**
 * Sends until an answer comes that is final. Throws `ConnectionError`, `TimeoutError` or `AbortError` when none does, saying
 * whether the write may have taken effect all the same.
 */
export async function exchange(call: Exchangeable, id: number = nextCall()): Promise<Exchange> {
  const { settings, operation, limits } = call;
  let attempts = 0;
  let earlierUnknown = false;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(call, eventBase(id, operation, attempt));
    if (outcome.sent) attempts++;
    const delayMs = nextDelay(call, outcome, attempt);
    if (delayMs === undefined) {
      if ("answer" in outcome) return { ...outcome.answer, attempts, earlierUnknown };
      throw finalError(call, outcome, attempts, earlierUnknown);
    }
    earlierUnknown ||= operation.retry !== "read" && outcome.processed === "unknown";
    emit(settings.onEvent, {
      type: "retry",
      ...eventBase(id, operation, attempt),
      status: "answer" in outcome ? outcome.answer.response.status : undefined,
      delayMs,
    });
    const failure = await sleep(settings.runtime, limits.signal, delayMs).catch((reason: unknown) => reason);
    if (failure) throw finalError(call, { failure, processed: "no" }, attempts, earlierUnknown);
  }
}

/** Sends one attempt. However it ends, that is an outcome and not an exception. */
async function attemptOnce({ settings, request, limits }: Exchangeable, base: EventBase): Promise<Outcome> {
  const { runtime, onEvent } = settings;
  const startedAt = runtime.monotonicMs();
  let sent = false;
  try {
    if (limits.signal?.aborted) throw new Interrupted("aborted");
    if (startedAt >= limits.deadlineAt) throw new Interrupted("deadlineMs");
    const answer = await withinLimits(runtime, limits, async (signal) => {
      const token = settings.token();
      const bearer = typeof token === "string" ? token : await token;
      // A limit may have been reached while the token was fetched; what is over must not be sent.
      signal.throwIfAborted();
      emit(onEvent, { type: "request", ...base });
      // The listener may have aborted the call.
      signal.throwIfAborted();
      sent = true;
      return send(settings.fetch ?? globalThis.fetch, request, bearer, signal);
    });
    const { status, headers } = answer.response;
    const durationMs = runtime.monotonicMs() - startedAt;
    emit(onEvent, { type: "response", ...base, status, durationMs, requestId: requestIdOf(headers) });
    return { answer, sent, processed: processedBy(status) };
  } catch (failure) {
    return { failure, sent, processed: sent && !wasNeverSent(failure) ? "unknown" : "no" };
  }
}

/** How long to wait for the next attempt, or `undefined` when this outcome is final. */
function nextDelay(
  { settings, operation, limits }: Exchangeable,
  outcome: Outcome,
  attempt: number,
): number | undefined {
  const { runtime, budget } = settings;
  if (outcome.processed === "yes") budget.refund();
  if (attempt > limits.maxRetries || !mayRetry(operation, outcome) || endedHere(outcome)) return undefined;
  const delayMs = delayBefore(attempt - 1, outcome, limits.deadlineAt - runtime.monotonicMs(), runtime);
  return delayMs !== undefined && budget.take() ? delayMs : undefined;
}

/** A caller who aborts, a deadline that has passed and a token that is unfit are not passing faults. */
function endedHere(outcome: Outcome): boolean {
  if (!("failure" in outcome)) return false;
  const { failure } = outcome;
  return failure instanceof BadToken || (failure instanceof Interrupted && failure.why !== "timeoutMs");
}

function finalError(
  { operation, limits, idempotencyKey }: Exchangeable,
  { failure, processed }: { failure: unknown; processed: "no" | "unknown" },
  attempts: number,
  earlierUnknown: boolean,
): SfcError {
  const ambiguous = operation.retry !== "read" && (earlierUnknown || processed === "unknown");
  const context: ErrorContext = { operation, attempts, idempotencyKey, ambiguous };
  if (failure instanceof BadToken) return new UsageError("options.token", failure.why, context);
  if (!(failure instanceof Interrupted)) {
    const { code } = systemError(failure);
    return new ConnectionError(`no complete answer came${code ? ` (${code})` : ""}.`, {
      ...context,
      cause: safeCause(failure),
    });
  }
  if (failure.why === "aborted") return new AbortError("aborted by the caller's signal.", context);
  const within = failure.why === "timeoutMs" ? `${limits.timeoutMs} ms` : "the call's deadline";
  return new TimeoutError(`no complete answer came within ${within}.`, failure.why, context);
}

/** What went wrong underneath, in the system's words only: a `fetch` may put the request, and in it the token, into its errors. */
function safeCause(failure: unknown): Error {
  const { name = "not an error", ...words } = systemError(failure);
  return Object.assign(new Error(name), words);
}

/** The id that the service, or a gateway before it, gave the request. No header is documented; these are the usual ones. */
export function requestIdOf(headers: Headers): string | undefined {
  return headers.get("x-request-id") ?? headers.get("request-id") ?? undefined;
}

export function eventBase(call: number, { name, method, path }: Operation, attempt: number): EventBase {
  return { call, operation: name, method, path, attempt };
}
