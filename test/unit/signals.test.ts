import { describe, expect, test, vi } from "vitest";
import { onAbort } from "../../src/wrappers/timeout.js";
import { countingSignal } from "../support/counting-signal.js";

describe("onAbort", () => {
  test("runs every function once, and leaves no listener when no function is left", () => {
    const { signal, abort, listeners } = countingSignal();
    const runs = [vi.fn(), vi.fn(), vi.fn()];
    const forgets = runs.map((run) => onAbort(signal, run));
    forgets[1]?.();
    abort();
    expect(runs.map(({ mock }) => mock.calls.length)).toEqual([1, 0, 1]);
    for (const forget of forgets) forget();
    expect(listeners()).toBe(0);
  });

  test("adds one listener to a signal for any number of functions, and removes it with the last", () => {
    const { signal, listeners, mostListeners } = countingSignal();
    const forgets = Array.from({ length: 100 }, () => onAbort(signal, () => undefined));
    expect(mostListeners()).toBe(1);
    for (const forget of forgets.slice(1)) forget();
    expect(listeners()).toBe(1);
    forgets[0]?.();
    expect(listeners()).toBe(0);
    forgets[0]?.();
    onAbort(signal, () => undefined);
    expect(listeners()).toBe(1);
  });

  test("lets a function remove another one while it runs", () => {
    const { signal, abort, listeners } = countingSignal();
    const second = vi.fn();
    const forgetFirst = onAbort(signal, () => {
      forgetFirst();
      forgetSecond();
    });
    const forgetSecond = onAbort(signal, second);
    abort();
    expect(listeners()).toBe(0);
  });

  test("does nothing without a signal", () => {
    expect(() => onAbort(undefined, () => undefined)()).not.toThrow();
  });
});
