import { SfcError } from "./errors.js";
import { emit, nextCall } from "./events.js";
import { type Exchange, type Exchangeable, eventBase, exchange } from "./exchange.js";

/** What was made of a call's final answer. */
export interface Conclusion<T> {
  readonly value: T;
  /** What went wrong, where the caller gets it as part of the value instead of as an exception. */
  readonly error?: SfcError | undefined;
}

/** Sends one call, reads its final answer, and tells the listener how the call ended: once, whatever happens. */
export async function conclude<T>(call: Exchangeable, read: (answer: Exchange) => Conclusion<T>): Promise<T> {
  const id = nextCall();
  const startedAt = call.settings.runtime.monotonicMs();
  try {
    const answer = await exchange(call, id);
    const { value, error } = read(answer);
    if (error) tellError(call, id, startedAt, error);
    else tellSuccess(call, id, startedAt, answer);
    return value;
  } catch (error) {
    if (SfcError.is(error)) tellError(call, id, startedAt, error);
    throw error;
  }
}

function tellSuccess(
  { settings, operation }: Exchangeable,
  id: number,
  startedAt: number,
  { response, attempts }: Exchange,
): void {
  const durationMs = settings.runtime.monotonicMs() - startedAt;
  const { status } = response;
  emit(settings.onEvent, { type: "success", ...eventBase(id, operation, attempts), status, durationMs });
}

function tellError({ settings, operation }: Exchangeable, id: number, startedAt: number, error: SfcError): void {
  const durationMs = settings.runtime.monotonicMs() - startedAt;
  const { status } = error as { status?: number };
  emit(settings.onEvent, { type: "error", ...eventBase(id, operation, error.attempts), status, durationMs, error });
}
