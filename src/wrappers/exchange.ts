import type { Operation } from "../operation.js";
import { Interrupted, type Limits, sleep, withinLimits } from "./deadline.js";
import { AbortError, ConnectionError, type ErrorContext, type SfcError, TimeoutError, UsageError } from "./errors.js";
import { tell } from "./events.js";
import { type Answer, type HttpRequest, send } from "./http.js";
import { delayBefore, mayRetry, type Outcome, processedBy, systemError, wasNeverSent } from "./retry.js";
import type { Settings } from "./settings.js";

/** The answer that a call ended with, whatever its status. */
export interface Exchange extends Answer {
  /** Requests made. */
  readonly attempts: number;
  /** An attempt before the last one may have taken effect. */
  readonly earlierUnknown: boolean;
  /** This or an earlier attempt may have taken effect. */
  readonly unknown: boolean;
}

/** One logical call as the wrappers see it. */
export interface Exchangeable {
  /** The same in all its events. */
  readonly id: number;
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
export async function exchange(call: Exchangeable): Promise<Exchange> {
  const { settings, limits } = call;
  let attempts = 0;
  let earlierUnknown = false;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(call, attempt);
    const { answer, failure, processed } = outcome;
    if (outcome.sent) attempts++;
    const delayMs = nextDelay(call, outcome, attempt);
    if (delayMs === undefined) {
      const unknown = earlierUnknown || processed === "unknown";
      if (answer) return { response: answer.response, text: answer.text, attempts, earlierUnknown, unknown };
      throw finalError(failure, limits, contextOf(call, attempts, unknown));
    }
    earlierUnknown ||= processed === "unknown";
    tell(call, { type: "retry", attempt, status: answer?.response.status, delayMs });
    // An abort ends the wait early, and the next attempt before it is sent.
    await sleep(settings.runtime, limits, delayMs).catch(() => undefined);
  }
}

/** Sends one attempt. However it ends, that is an outcome and not an exception. */
async function attemptOnce(call: Exchangeable, attempt: number): Promise<Outcome> {
  const { settings, request, limits } = call;
  const { runtime } = settings;
  const startedAt = runtime.monotonicMs();
  let sent = false;
  try {
    const answer = await withinLimits(runtime, limits, (signal) => {
      const sendWith = (token: string) => {
        // A limit may have been reached while the token was fetched; what is over must not be sent.
        signal.throwIfAborted();
        tell(call, { type: "request", attempt });
        // The listener may have aborted the call.
        signal.throwIfAborted();
        sent = true;
        return send(settings.fetch ?? globalThis.fetch, request, token, signal);
      };
      const token = settings.token();
      return typeof token === "string" ? sendWith(token) : token.then(sendWith);
    });
    const { status, headers } = answer.response;
    if (settings.onEvent) {
      const durationMs = runtime.monotonicMs() - startedAt;
      tell(call, { type: "response", attempt, status, durationMs, requestId: requestIdOf(headers) });
    }
    return { answer, sent, processed: processedBy(status) };
  } catch (failure) {
    return { failure, sent, processed: sent && !wasNeverSent(failure) ? "unknown" : "no" };
  }
}

/** How long to wait for the next attempt, or `undefined` when this outcome is final. */
function nextDelay(
  { settings: { runtime, budget }, operation, limits }: Exchangeable,
  outcome: Outcome,
  attempt: number,
): number | undefined {
  if (outcome.processed === "yes") budget.refund();
  if (attempt > limits.maxRetries || !mayRetry(operation, outcome)) return undefined;
  const delayMs = delayBefore(attempt - 1, outcome, limits.deadlineAt - runtime.monotonicMs(), runtime);
  return delayMs !== undefined && budget.take() ? delayMs : undefined;
}

/** What an error tells of its call. `unknown`: an attempt may have taken effect. */
export function contextOf(
  { operation, idempotencyKey }: Pick<Exchangeable, "operation" | "idempotencyKey">,
  attempts: number,
  unknown: boolean,
): ErrorContext {
  return { operation, attempts, idempotencyKey, ambiguous: unknown && operation.retry !== "read" };
}

function finalError(failure: unknown, { timeoutMs }: Limits, context: ErrorContext): SfcError {
  if (!(failure instanceof Interrupted)) {
    const { name = "not an error", ...words } = systemError(failure);
    return new ConnectionError(`no complete answer came${words.code ? ` (${words.code})` : ""}.`, {
      ...context,
      // In the system's words only: a `fetch` may put the request, and in it the token, into its errors.
      cause: Object.assign(new Error(name), words),
    });
  }
  const { why, words } = failure;
  if (why === "aborted") return new AbortError("aborted by the caller's signal.", context);
  if (why === "token") return new UsageError("options.token", words, context);
  const within = why === "timeoutMs" ? `${timeoutMs} ms` : "the call's deadline";
  return new TimeoutError(`no complete answer came within ${within}.`, why, context);
}

/** The id that the service, or a gateway before it, gave the request. No header is documented; these are the usual ones. */
export function requestIdOf(headers: Headers): string | undefined {
  return headers.get("x-request-id") ?? headers.get("request-id") ?? undefined;
}
