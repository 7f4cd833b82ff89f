import { afterEach, describe, expect, test, vi } from "vitest";
import { SfcClient } from "../../src/client.js";
import { createNodeFetch } from "../../src/node.js";
import { createPathClient } from "../../src/paths.js";
import { waitForOrder } from "../../src/workflows.js";
import { UsageError } from "../../src/wrappers/errors.js";
import type { CallOptions, ClientOptions, Runtime } from "../../src/wrappers/options.js";
import { readCallOptions, readClientOptions, systemRuntime } from "../../src/wrappers/options.js";
import { virtualRuntime } from "../support/virtual-runtime.js";

const token = "sk_live_1";

afterEach(() => {
  vi.unstubAllEnvs();
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

  test("allow plain http to other machines only when allowInsecure is true", () => {
    const insecure = { token, baseUrl: "http://gateway.test" };
    for (const allowInsecure of [undefined, false, "true" as unknown as boolean, 1 as unknown as boolean]) {
      expect(() => readClientOptions({ ...insecure, allowInsecure })).toThrow("options.");
    }
    expect(readClientOptions({ ...insecure, allowInsecure: true })).toMatchObject({ baseUrl: "http://gateway.test" });
  });

  test.each(["allowInsecure", "dangerouslyAllowBrowser"])("refuse a %s that is not a boolean", (name) => {
    for (const value of ["true", "false", 1, {}]) {
      expect(() => readClientOptions({ token, [name]: value } as ClientOptions)).toThrow(
        `options.${name}: must be true or false`,
      );
    }
    for (const value of [true, false, null]) readClientOptions({ token, [name]: value } as ClientOptions);
  });

  test("treat null as absent", () => {
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

  test("allow use in a browser only with dangerouslyAllowBrowser", () => {
    vi.stubGlobal("window", { document: {} });
    expect(() => readClientOptions({ token })).toThrow(
      new UsageError(
        "options.dangerouslyAllowBrowser",
        "must be true in a web page, where every visitor can read the token",
      ),
    );
    expect(() => readClientOptions({ token, dangerouslyAllowBrowser: true })).not.toThrow();
    vi.stubGlobal("window", {});
    expect(() => readClientOptions({ token })).not.toThrow();
  });

  test("need no environment: browsers have none, and Deno may refuse it", () => {
    vi.stubGlobal("process", undefined);
    expect(readClientOptions({ token }).baseUrl).toBe("https://api.sfcompute.com");
    expect(() => readClientOptions({})).toThrow("options.token: is missing");
  });

  test("keep the token for redaction, unless it comes from a function", () => {
    expect(readClientOptions({ token }).knownToken).toBe(token);
    expect(readClientOptions({ token: () => token }).knownToken).toBeUndefined();
  });

  test.each([undefined, {}, { userAgent: "Node.js/22" }])(
    "send the name of the SDK to the service when navigator is %j",
    (it) => {
      vi.stubGlobal("navigator", it);
      expect(readClientOptions({ token }).headers).toEqual({
        accept: "application/json",
        "user-agent": expect.stringContaining("sfc-preview-sdk/"),
      });
    },
  );
});

describe("the message about an option", () => {
  const messageOf = (options: object) => {
    try {
      readClientOptions(options as ClientOptions);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };

  test.each([
    [{ timeoutMs: 0 }, "options.timeoutMs: must be a positive number of milliseconds"],
    [{ deadlineMs: -1 }, "options.deadlineMs: must be a positive number of milliseconds"],
    [{ maxRetries: 0.5 }, "options.maxRetries: must be 0 or a positive integer"],
    [{ maxResponseBytes: 0 }, "options.maxResponseBytes: must be a positive integer of bytes"],
    [{ fetch: 1 }, "options.fetch: must be a function"],
    [{ onEvent: 1 }, "options.onEvent: must be a function"],
    [{ middleware: [1] }, "options.middleware: must be a list of functions"],
    [{ middleware: {} }, "options.middleware: must be a list of functions"],
    [{ token: "" }, "options.token: must be a non-empty string of printable ASCII characters without spaces"],
    [
      { token: null },
      "options.token: is missing; pass a token, or set one of SF_API_KEY, SF_BEARER_TOKEN, SFC_BEARER_AUTH",
    ],
    [
      { baseUrl: "nowhere" },
      "options.baseUrl: must be an https: URL, or an http: URL of this machine (see allowInsecure), without credentials, query and fragment",
    ],
    [
      { tokn: "x" },
      "options.tokn: is unknown; use one of timeoutMs, deadlineMs, maxRetries, maxResponseBytes, token, baseUrl, fetch, middleware, headers, onEvent, allowInsecure, dangerouslyAllowBrowser, runtime",
    ],
  ])("names the option and the values it accepts: %o", (options, message) => {
    for (const name of ["SF_API_KEY", "SF_BEARER_TOKEN", "SFC_BEARER_AUTH"]) vi.stubEnv(name, undefined);
    expect(messageOf({ token, ...options })).toBe(message);
  });

  test("names the option, and not the variable, when both are set", () => {
    vi.stubEnv("SF_BASE_URL", "https://gateway.test");
    expect(messageOf({ token, baseUrl: "nowhere" })).toMatch(/^options\.baseUrl: /);
    expect(readClientOptions({ token }).baseUrl).toBe("https://gateway.test");
  });

  test("of a call lists the options of a call", () => {
    const settings = readClientOptions({ token });
    expect(() => readCallOptions(settings, { retries: 1 } as CallOptions)).toThrow(
      "options.retries: is unknown; use one of timeoutMs, deadlineMs, maxRetries, maxResponseBytes, signal, headers, idempotencyKey, lookAhead",
    );
    expect(() => readCallOptions(settings, { signal: {} } as CallOptions)).toThrow(
      "options.signal: must be an AbortSignal",
    );
  });
});

describe("a custom runtime", () => {
  const unknown = "is unknown; use one of monotonicMs, dateMs, setTimeout, clearTimeout, random, randomUUID";

  test.each<[string, unknown, string]>([
    ["options.runtime.dateMs", { dateMs: 7 }, "must be a function"],
    ["options.runtime.random", { random: "0.5" }, "must be a function"],
    ["options.runtime.setTimeOut", { setTimeOut: () => 0 }, unknown],
    ["options.runtime.now", { now: Date.now }, unknown],
    ["options.runtime", new Map(), "must be a plain object"],
    ["options.runtime", () => Date.now(), "must be a plain object"],
    ["options.runtime", "virtual", "must be a plain object"],
  ])("is refused for %s in %o, wherever runtime is an option", async (field, given, message) => {
    const runtime = given as Partial<Runtime>;
    const refused = expect.objectContaining({ name: "UsageError", field, message: `${field}: ${message}` });
    expect(() => readClientOptions({ token, runtime })).toThrow(refused);
    expect(() => createPathClient({ token, runtime })).toThrow(refused);
    expect(() => createNodeFetch({ runtime })).toThrow(refused);
    const { orders } = new SfcClient({ token });
    await expect(waitForOrder({ orders }, "ordr_1", "settled", { runtime })).rejects.toThrow(refused);
  });
});

describe("the system's runtime", () => {
  test("has the clocks, timers and random values of the platform", () => {
    vi.useFakeTimers({ now: 5, toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
    try {
      vi.spyOn(Math, "random").mockReturnValue(0.25);
      expect([systemRuntime.dateMs(), systemRuntime.random()]).toEqual([5, 0.25]);
      const startedAt = systemRuntime.monotonicMs();
      const [kept, cleared] = [vi.fn(), vi.fn()];
      systemRuntime.setTimeout(kept, 10);
      systemRuntime.clearTimeout(systemRuntime.setTimeout(cleared, 10));
      vi.advanceTimersByTime(10);
      expect(kept).toHaveBeenCalledOnce();
      expect(cleared).not.toHaveBeenCalled();
      expect(systemRuntime.monotonicMs() - startedAt).toBe(10);
      expect(systemRuntime.randomUUID()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a call's options", () => {
  const clock = virtualRuntime();
  const client = () => readClientOptions({ token, timeoutMs: 10, deadlineMs: 20, maxRetries: 3, runtime: clock });

  test("default to those of the client, and count the deadline from now", () => {
    expect(readCallOptions(client())).toEqual({
      signal: undefined,
      timeoutMs: 10,
      deadlineAt: clock.monotonicMs() + 20,
      maxRetries: 3,
      maxResponseBytes: 67_108_864,
    });
    const { signal } = new AbortController();
    expect(readCallOptions(client(), { signal, timeoutMs: 1, deadlineMs: 2, maxRetries: 0 })).toEqual({
      signal,
      timeoutMs: 1,
      deadlineAt: clock.monotonicMs() + 2,
      maxRetries: 0,
      maxResponseBytes: 67_108_864,
    });
  });

  test("that are undefined count as absent", () => {
    const absent = { signal: undefined, timeoutMs: undefined, deadlineMs: undefined, maxRetries: undefined };
    expect(readCallOptions(client(), absent)).toEqual(readCallOptions(client()));
  });

  test.each([
    ["idempotencykey", "a misspelt key that is ignored could buy twice"],
    ["timeout", 1],
    ["timeoutMs", 0],
    ["maxRetries", -1],
    ["signal", new AbortController()],
  ])("are refused by name: %s = %j", (name, value) => {
    expect(() => readCallOptions(client(), { [name]: value } as CallOptions)).toThrow(`options.${name}: `);
  });
});
