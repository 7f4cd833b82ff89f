import type { VirtualRuntime } from "./virtual-runtime.js";

/** Runs everything that does not depend on the clock: promises, streams, and data that has arrived at sockets. */
export async function turns(count = 4): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** Returns the result or the error of a promise as a value. */
export function outcomeOf<T>(promise: PromiseLike<T>): Promise<Settled<T>> {
  return Promise.resolve(promise).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/**
 * Advances the clock whenever everything is idle, until the promise settles. Throws when nothing is left that could settle it, so that a
 * hang is detected without waiting.
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

/** The error with which a promise rejects, while the clock moves automatically. */
export async function failure(clock: VirtualRuntime, promise: PromiseLike<unknown>): Promise<unknown> {
  const settled = await settle(clock, promise);
  if ("error" in settled) return settled.error;
  throw new Error(`expected an error, got ${JSON.stringify(settled.value)}`);
}

/** The value to which a promise resolves, while the clock moves automatically. */
export async function success<T>(clock: VirtualRuntime, promise: PromiseLike<T>): Promise<T> {
  const settled = await settle(clock, promise);
  if ("error" in settled) throw settled.error;
  return settled.value;
}
