/**
 * A transport that ends a request because of its signal, and knows that not a byte of it was sent, calls what it finds under this name on the signal's
 * reason. The code that aborts learns in this way, before `abort()` returns, that the request cannot have been processed.
 */
export const notSent: unique symbol = /* @__PURE__ */ Symbol.for("sfc-preview-sdk.notSent");

interface Waiting {
  readonly runs: Set<() => void>;
  readonly listener: () => void;
}

/** Who waits for which signal. One listener stands for all of them: at eleven Node warns of a leak, and many calls may share one signal. */
const waiting = /* @__PURE__ */ new WeakMap<AbortSignal, Waiting>();

/** Runs `run` when the signal aborts, until the function that it returns is called. Leaves no listener behind. */
export function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (signal === undefined) return nothing;
  const { runs, listener } = waiting.get(signal) ?? beginWaiting(signal);
  if (runs.size === 0) signal.addEventListener("abort", listener);
  runs.add(run);
  return () => {
    if (runs.delete(run) && runs.size === 0) signal.removeEventListener("abort", listener);
  };
}

const nothing = () => undefined;

function beginWaiting(signal: AbortSignal): Waiting {
  const runs = new Set<() => void>();
  const listener = () => {
    // A copy: what runs takes itself off the list.
    for (const run of [...runs]) run();
  };
  waiting.set(signal, { runs, listener });
  return { runs, listener };
}
