/** Where time and chance come from. Tests put their own in; nothing else in the package asks the system. */
export interface Runtime {
  /** Milliseconds of a clock that never jumps back; for durations and deadlines. */
  monotonicMs(): number;
  /** Milliseconds since 1970; only for reading a date in `Retry-After`. */
  dateMs(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** A number in [0, 1), for jitter. */
  random(): number;
  /** A fresh idempotency key. */
  randomUUID(): string;
}

// Each global is looked up when it is used: loading the module touches nothing, and a test's fake clock counts.
export const systemRuntime: Runtime = {
  monotonicMs: () => performance.now(),
  dateMs: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  random: () => Math.random(),
  randomUUID: () => crypto.randomUUID(),
};
