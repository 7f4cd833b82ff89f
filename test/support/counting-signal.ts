/** A signal that counts its listeners. */
export interface CountingSignal {
  readonly signal: AbortSignal;
  listeners(): number;
  /** The largest number of listeners at the same time. */
  mostListeners(): number;
  abort(): void;
}

export function countingSignal(): CountingSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const listening = new Set<unknown>();
  let most = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: unknown, options?: unknown) => {
    if (type === "abort") listening.add(listener);
    most = Math.max(most, listening.size);
    add(type, listener as EventListener, options as AddEventListenerOptions);
  };
  signal.removeEventListener = (type: string, listener: unknown, options?: unknown) => {
    if (type === "abort") listening.delete(listener);
    remove(type, listener as EventListener, options as EventListenerOptions);
  };
  return {
    signal,
    listeners: () => listening.size,
    mostListeners: () => most,
    abort: () => controller.abort(new Error("the caller's own reason")),
  };
}
