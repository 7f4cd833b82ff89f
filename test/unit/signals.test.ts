import { describe, expect, test, vi } from "vitest";
import { onAbort } from "../../src/wrappers/timeout.js";
import { countingSignal } from "../support/counting-signal.js";

describe("onAbort", () => {
  test("runs everything that waits, once, and leaves no listener when nothing waits any more", () => {
    const { signal, abort, listeners } = countingSignal();
    const runs = [vi.fn(), vi.fn(), vi.fn()];
    const forgets = runs.map((run) => onAbort(signal, run));
    forgets[1]?.();
    abort();
    expect(runs.map(({ mock }) => mock.calls.length)).toEqual([1, 0, 1]);
    for (const forget of forgets) forget();
    expect(listeners()).toBe(0);
  });

  test("puts one listener on a signal, however many wait, and takes it off after the last", () => {
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

  test("lets one that waits end another while it runs", () => {
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

  test("is nothing without a signal", () => {
    expect(() => onAbort(undefined, () => undefined)()).not.toThrow();
  });
});
