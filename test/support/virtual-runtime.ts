import type { Runtime } from "../../src/wrappers/options.js";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that moves only when a test advances it. */
export interface VirtualRuntime extends Runtime {
  /** The number of timers that have neither fired nor been cleared. */
  pendingTimers(): number;
  /** Advances the clock, and fires each due timer at its own time. */
  advance(ms: number): void;
  /** Advances the clock to the next timer and fires it. Returns `false` when no timer is left. */
  advanceToNext(): boolean;
}

export interface VirtualRuntimeOptions {
  /** The implementation of `random()`. @default always 0.5 */
  random?: () => number;
  /** The date at which the clock starts. @default 2026-01-05T00:00:00Z */
  startsAt?: number;
}

export function virtualRuntime({
  random = () => 0.5,
  startsAt = Date.UTC(2026, 0, 5),
}: VirtualRuntimeOptions = {}): VirtualRuntime {
  // The clock does not start at 0, so that a time that is used as a duration causes a failure.
  const origin = 1_000_000;
  const timers = new Set<Timer>();
  let now = origin;
  let keys = 0;

  const next = () => [...timers].reduce<Timer | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);
  const fire = (timer: Timer) => {
    timers.delete(timer);
    now = Math.max(now, timer.at);
    timer.run();
  };

  const runtime: Runtime = {
    monotonicMs: () => now,
    dateMs: () => startsAt + (now - origin),
    setTimeout: (run, ms) => {
      if (!(ms >= 0 && ms < 2 ** 31)) throw new RangeError(`a timer of ${ms} ms would fire at once`);
      const timer = { at: now + ms, run };
      timers.add(timer);
      return timer;
    },
    clearTimeout: (timer) => void timers.delete(timer as Timer),
    random,
    randomUUID: () => `key-${++keys}`,
  };
  const controls: Omit<VirtualRuntime, keyof Runtime> = {
    pendingTimers: () => timers.size,
    advance: (ms) => {
      const until = now + ms;
      for (let timer = next(); timer && timer.at <= until; timer = next()) fire(timer);
      now = until;
    },
    advanceToNext: () => {
      const timer = next();
      if (timer) fire(timer);
      return timer !== undefined;
    },
  };
  // This member is not enumerable, because the option `runtime` refuses unknown members.
  const hidden = Object.entries(controls).map(([name, value]) => [name, { value }]);
  return Object.defineProperties(runtime, Object.fromEntries(hidden)) as VirtualRuntime;
}
