import { SfcError } from "./errors.js";
import { tell } from "./events.js";
import { type Exchange, type Exchangeable, exchange } from "./exchange.js";

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
