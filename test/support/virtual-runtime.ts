import type { Runtime } from "../../src/wrappers/options.js";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that moves only when a test moves it. */
export interface VirtualRuntime extends Runtime {
  /** Timers that have neither fired nor been cleared. */
  pendingTimers(): number;
  /** Moves the clock, and fires what is due on the way, each at its own moment. */
  advance(ms: number): void;
  /** Moves the clock to the next timer and fires it. `false`: no timer is left, so nothing will ever happen by itself. */
  advanceToNext(): boolean;
}

export interface VirtualRuntimeOptions {
  /** What `random()` gives. @default always 0.5 */
  random?: () => number;
  /** The date at which the clock starts. @default 2026-01-05T00:00:00Z */
  startsAt?: number;
}

export function virtualRuntime({
  random = () => 0.5,
  startsAt = Date.UTC(2026, 0, 5),
}: VirtualRuntimeOptions = {}): VirtualRuntime {
  // Not 0, so that a moment that is taken for a duration shows.
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
  // Not enumerable: the option `runtime` refuses members that it does not know.
  const hidden = Object.entries(controls).map(([name, value]) => [name, { value }]);
  return Object.defineProperties(runtime, Object.fromEntries(hidden)) as VirtualRuntime;
}
