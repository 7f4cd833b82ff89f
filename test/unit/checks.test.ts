import { createContext, runInContext } from "node:vm";
import { describe, expect, test } from "vitest";
import {
  aCount,
  aDuration,
  aFlag,
  aFunction,
  aPositiveCount,
  aSignal,
  aSize,
  aText,
  type Check,
  checkedElsewhere,
  checkOptions,
  checkValue,
  isPlainObject,
  oneOf,
  readOptions,
} from "../../src/wrappers/checks.js";
import { UsageError } from "../../src/wrappers/errors.js";

const beyondExact = 2 ** 53;
const noop = () => undefined;
const checks: [string, Check, unknown[], unknown[], string][] = [
  ["aFunction", aFunction, [() => 1], [{}, "f"], "must be a function"],
  [
    "aDuration",
    aDuration,
    [0.5, 1e12],
    [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1"],
    "must be a positive number of milliseconds",
  ],
  ["aCount", aCount, [0, 1], [-1, 0.5, "1"], "must be 0 or a positive integer"],
  ["aSize", aSize, [1], [0, -1, 0.5, beyondExact, "1"], "must be a positive integer of bytes"],
  ["aPositiveCount", aPositiveCount, [1], [0, -1, 0.5, beyondExact, "1"], "must be a positive integer"],
  ["aFlag", aFlag, [true, false], [0, "true"], "must be true or false"],
  ["aText", aText, ["a"], ["", 1], "must be a non-empty string"],
  [
    "aSignal",
    aSignal,
    [new AbortController().signal, { aborted: false, addEventListener: noop, removeEventListener: noop }],
    [new AbortController(), 1, new EventTarget(), { aborted: false, addEventListener: noop }],
    "must be an AbortSignal",
  ],
  ["oneOf", oneOf("buy", "sell"), ["buy", "sell"], ["", "BUY", 1], 'must be "buy" or "sell"'],
];

describe("the check", () => {
  test.each(checks)("%s accepts and refuses values, and states what they must be", (_, check, valid, invalid, must) => {
    for (const value of valid) expect(() => checkValue(value, check, "options.x")).not.toThrow();
    for (const value of [...invalid, undefined]) {
      if (check !== aSignal || value !== undefined) {
        expect(() => checkValue(value, check, "options.x")).toThrow(new UsageError("options.x", must));
      }
    }
  });
});

describe("isPlainObject", () => {
  test("is true for objects without a class, also from another realm", () => {
    const foreign: unknown = runInContext("({ a: 1 })", createContext({}));
    for (const value of [{}, { a: 1 }, Object.create(null), foreign]) expect(isPlainObject(value)).toBe(true);
  });

  test.each([undefined, null, 1, "a", [], new Map(), new Date(), () => undefined, new URL("https://api.test")])(
    "is false for %o",
    (value) => {
      expect(isPlainObject(value)).toBe(false);
    },
  );
});

describe("checkOptions", () => {
  const known = { a: aCount, b: checkedElsewhere };

  test("refuses anything but a plain object, unknown names and invalid values, and names the path of each", () => {
    expect(() => checkOptions([], known)).toThrow(new UsageError("options", "must be a plain object"));
    expect(() => checkOptions({ c: undefined }, known)).toThrow(
      new UsageError("options.c", "is unknown; use one of a, b"),
    );
    expect(() => checkOptions({ toString: 1 }, known)).toThrow("options.toString: is unknown");
    expect(() => checkOptions({ a: -1 }, known, "options.pace")).toThrow(
      new UsageError("options.pace.a", "must be 0 or a positive integer"),
    );
  });

  test("treats null and undefined as absent", () => {
    expect(() => checkOptions({ a: null, b: undefined }, known)).not.toThrow();
  });
});

describe("readOptions", () => {
  const known = { a: aCount, b: checkedElsewhere };

  test("copies the values that are given, in the order of the checks", () => {
    for (const absent of [undefined, null, {}, { a: null, b: undefined }]) {
      expect(readOptions(absent as { a?: unknown; b?: unknown }, known)).toEqual({});
    }
    const given = { b: false, a: 0 };
    const read = readOptions<{ a?: unknown; b?: unknown }>(given, known);
    expect(Object.entries(read)).toEqual([
      ["a", 0],
      ["b", false],
    ]);
    expect(read).not.toBe(given);
  });

  test("checks them under their path", () => {
    expect(() => readOptions<{ a?: unknown; b?: unknown }>({ a: -1 }, known)).toThrow("options.a: ");
    expect(() => readOptions<{ a?: unknown; b?: unknown }>({ a: -1 }, known, "pace")).toThrow("pace.a: ");
  });
});
