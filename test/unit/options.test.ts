import { afterEach, describe, expect, test, vi } from "vitest";
import { UsageError } from "../../src/wrappers/errors.js";
import type { CallOptions, ClientOptions, Runtime } from "../../src/wrappers/options.js";
import { readCallOptions, readClientOptions } from "../../src/wrappers/options.js";
import { virtualRuntime } from "../support/virtual-runtime.js";

const token = "sk_live_1";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a client's options", () => {
  test("have defaults", () => {
    expect(readClientOptions({ token })).toMatchObject({
      baseUrl: "https://api.sfcompute.com",
      timeoutMs: 60_000,
      deadlineMs: Number.POSITIVE_INFINITY,
      maxRetries: 2,
    });
  });

  test.each([
    ["timeoutMs", 0],
    ["timeoutMs", -1],
    ["timeoutMs", Number.NaN],
    ["timeoutMs", Number.POSITIVE_INFINITY],
    ["timeoutMs", "60"],
    ["deadlineMs", 0],
    ["deadlineMs", Number.NaN],
    ["maxRetries", -1],
    ["maxRetries", 1.5],
    ["maxRetries", "2"],
    ["fetch", {}],
    ["onEvent", "log"],
    ["baseUrl", "nowhere"],
    ["timeout", 1],
    ["retries", 1],
    ["constructor", 1],
    ["timeout", undefined],
  ])("are refused by name: %s = %j", (name, value) => {
    expect(() => readClientOptions({ token, [name]: value } as ClientOptions)).toThrow(`options.${name}: `);
  });

  test("let plain http leave this machine only when allowInsecure is true", () => {
    const insecure = { token, baseUrl: "http://gateway.test" };
    for (const allowInsecure of [undefined, false, "true" as unknown as boolean, 1 as unknown as boolean]) {
      expect(() => readClientOptions({ ...insecure, allowInsecure })).toThrow("options.");
    }
    expect(readClientOptions({ ...insecure, allowInsecure: true })).toMatchObject({ baseUrl: "http://gateway.test" });
  });

  test("take null for absent", () => {
    const nothing = Object.fromEntries(
      ["baseUrl", "fetch", "timeoutMs", "deadlineMs", "maxRetries", "maxResponseBytes", "onEvent", "runtime"].map(
        (name) => [name, null],
      ),
    );
    expect(readClientOptions({ token, ...nothing } as ClientOptions)).toMatchObject({
      baseUrl: "https://api.sfcompute.com",
      timeoutMs: 60_000,
      maxRetries: 2,
      fetch: undefined,
      onEvent: undefined,
    });
    const { runtime } = readClientOptions({ token, runtime: { random: undefined } as unknown as Partial<Runtime> });
    expect(runtime.random()).toBeLessThan(1);
  });

  test("allow a browser only with dangerouslyAllowBrowser", () => {
    vi.stubGlobal("window", { document: {} });
    expect(() => readClientOptions({ token })).toThrow(UsageError);
    expect(() => readClientOptions({ token, dangerouslyAllowBrowser: true })).not.toThrow();
  });
});

describe("a call's options", () => {
  const clock = virtualRuntime();
  const settings = readClientOptions({ token, timeoutMs: 10, deadlineMs: 20, maxRetries: 3, runtime: clock });

  test("fall back to the client's, and count the deadline from now", () => {
    expect(readCallOptions(settings)).toEqual({
      signal: undefined,
      timeoutMs: 10,
      deadlineAt: clock.monotonicMs() + 20,
      maxRetries: 3,
      maxResponseBytes: 67_108_864,
    });
    const { signal } = new AbortController();
    expect(readCallOptions(settings, { signal, timeoutMs: 1, deadlineMs: 2, maxRetries: 0 })).toEqual({
      signal,
      timeoutMs: 1,
      deadlineAt: clock.monotonicMs() + 2,
      maxRetries: 0,
      maxResponseBytes: 67_108_864,
    });
  });

  test("that are undefined are as if they were not there", () => {
    const absent = { signal: undefined, timeoutMs: undefined, deadlineMs: undefined, maxRetries: undefined };
    expect(readCallOptions(settings, absent)).toEqual(readCallOptions(settings));
  });

  test.each([
    ["idempotencykey", "a misspelt key that is ignored could buy twice"],
    ["timeout", 1],
    ["timeoutMs", 0],
    ["maxRetries", -1],
    ["signal", new AbortController()],
  ])("are refused by name: %s = %j", (name, value) => {
    expect(() => readCallOptions(settings, { [name]: value } as CallOptions)).toThrow(`options.${name}: `);
  });
});
