import type { VirtualRuntime } from "./virtual-runtime.js";

/** Lets everything run that needs no clock: promises, streams, and what sockets have delivered. */
export async function turns(count = 4): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** How a promise ends, as a value. */
export function outcomeOf<T>(promise: PromiseLike<T>): Promise<Settled<T>> {
  return Promise.resolve(promise).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/**
 * Moves the clock whenever everything is idle, until the promise settles. Throws when nothing is left that could settle it: that is a
 * hang, found without waiting.
 */
export async function settle<T>(clock: VirtualRuntime, promise: PromiseLike<T>): Promise<Settled<T>> {
  let settled: Settled<T> | undefined;
  void outcomeOf(promise).then((outcome) => {
    settled = outcome;
  });
  for (;;) {
    await turns();
    if (settled) return settled;
    if (!clock.advanceToNext()) throw new Error("a hang: the promise is pending, and no timer is");
  }
}

/** The error that a promise ends with, the clock moving by itself. */
export async function failure(clock: VirtualRuntime, promise: PromiseLike<unknown>): Promise<unknown> {
  const settled = await settle(clock, promise);
  if ("error" in settled) return settled.error;
  throw new Error(`expected an error, got ${JSON.stringify(settled.value)}`);
}

/** The value that a promise ends with, the clock moving by itself. */
export async function success<T>(clock: VirtualRuntime, promise: PromiseLike<T>): Promise<T> {
  const settled = await settle(clock, promise);
  if ("error" in settled) throw settled.error;
  return settled.value;
}
