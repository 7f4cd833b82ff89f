import { SfcError } from "./errors.js";
import { emit, nextCall } from "./events.js";
import { type Exchange, type Exchangeable, eventBase, exchange } from "./exchange.js";

/** Sends one call, reads its final answer, and tells the listener how the call ended: once, whatever happens. */
export async function conclude<T>(call: Exchangeable, read: (answer: Exchange) => T): Promise<T> {
  const { settings, operation } = call;
  const { runtime, onEvent } = settings;
  const id = nextCall();
  const startedAt = runtime.monotonicMs();
  try {
    const answer = await exchange(call, id);
    const result = read(answer);
    const durationMs = runtime.monotonicMs() - startedAt;
    const { attempts, response } = answer;
    emit(onEvent, { type: "end", ...eventBase(id, operation, attempts), status: response.status, durationMs });
    return result;
  } catch (error) {
    if (SfcError.is(error)) {
      const { status } = error as { status?: number };
      const durationMs = runtime.monotonicMs() - startedAt;
      emit(onEvent, { type: "error", ...eventBase(id, operation, error.attempts), status, durationMs, error });
    }
    throw error;
  }
}
