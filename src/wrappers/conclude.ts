import { SfcError } from "./errors.js";
import { tell } from "./events.js";
import { type Exchange, type Exchangeable, exchange } from "./exchange.js";

/** What was made of a call's final answer. */
export interface Conclusion<T> {
  readonly value: T;
  /** What went wrong, where the caller gets it as part of the value instead of as an exception. */
  readonly error?: SfcError | undefined;
}

/** Sends one call, reads its final answer, and tells the listener how the call ended: once, whatever happens. */
export async function conclude<T>(call: Exchangeable, read: (answer: Exchange) => Conclusion<T>): Promise<T> {
  const { runtime } = call.settings;
  const startedAt = runtime.monotonicMs();
  const tellError = (error: SfcError & { status?: number }) => {
    const durationMs = runtime.monotonicMs() - startedAt;
    tell(call, { type: "error", attempt: error.attempts, status: error.status, durationMs, error });
  };
  try {
    const answer = await exchange(call);
    const { value, error } = read(answer);
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
