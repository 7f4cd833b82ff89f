import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { SfcClient } from "../../src/index.js";
import { version } from "../../src/version.js";
import { type EventLogger, logEvents, type SfcEvent } from "../../src/wrappers/events.js";
import { inputFor, sampleOperations } from "../support/operations.js";
import { always, json, reset, scriptedFetch, status, unknownHost } from "../support/scripted-fetch.js";
import { failure, success } from "../support/settle.js";
import { testCaller, testToken } from "../support/test-caller.js";
import { virtualRuntime } from "../support/virtual-runtime.js";

const { read, keyed } = sampleOperations;

beforeEach(() => {
  vi.stubEnv("SF_BASE_URL", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe("headers of a client", () => {
  test("are sent with every call, and the headers of the call take precedence", async () => {
    const fetch = scriptedFetch(json({}), json({}));
    const { caller, clock } = testCaller(fetch, { headers: { "X-Team": "a", "x-b": "1" } });
    await success(clock, caller.call(read, inputFor(read)));
    await success(clock, caller.call(read, inputFor(read), { headers: { "x-team": "b" } }));
    expect(fetch.requests.map(({ headers }) => [headers["x-team"], headers["x-b"]])).toEqual([
      ["a", "1"],
      ["b", "1"],
    ]);
  });

  test.each([
    { Authorization: "x" },
    { "idempotency-key": "k" },
    { a: "b\n" },
    new Map(),
    "x",
    { "content-length": "1" },
  ])("are refused when the client is constructed: %j", (headers) => {
    expect(() => testCaller(scriptedFetch(), { headers: headers as Record<string, string> })).toThrow(
      "options.headers",
    );
  });

  test("name the SDK and its version, unless the caller sets another user agent", async () => {
    expect(version).toBe(packageJson.version);
    const fetch = scriptedFetch(json({}), json({}));
    for (const headers of [{}, { "User-Agent": "mine/1" }]) {
      const { caller, clock } = testCaller(fetch, { headers });
      await success(clock, caller.call(read, inputFor(read)));
    }
    expect(fetch.requests.map(({ headers }) => headers["user-agent"])).toEqual([
      `sfc-preview-sdk/${version}`,
      "mine/1",
    ]);
  });

  test("leave the user agent of a browser unchanged", async () => {
    vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (X11)" });
    const fetch = scriptedFetch(json({}));
    const { caller, clock } = testCaller(fetch);
    await success(clock, caller.call(read, inputFor(read)));
    expect(fetch.requests[0]?.headers).not.toHaveProperty("user-agent");
  });
});

describe("SF_BASE_URL", () => {
  const urlOf = async (baseUrl?: string) => {
    const fetch = scriptedFetch(json({}));
    const runtime = virtualRuntime();
    const sfc = new SfcClient({ token: testToken, fetch, runtime, baseUrl });
    await success(runtime, sfc.account.me());
    return new URL(fetch.requests[0]?.url ?? "").origin;
  };

  test("is the base URL unless the option is set", async () => {
    expect(await urlOf()).toBe("https://api.sfcompute.com");
    vi.stubEnv("SF_BASE_URL", "");
    expect(await urlOf()).toBe("https://api.sfcompute.com");
    vi.stubEnv("SF_BASE_URL", "http://127.0.0.1:4010");
    expect(await urlOf()).toBe("http://127.0.0.1:4010");
    expect(await urlOf("https://other.test")).toBe("https://other.test");
  });

  test.each(["http://example.com", "ftp://x", "nonsense", "https://a:b@example.com"])("is checked: %s", (url) => {
    vi.stubEnv("SF_BASE_URL", url);
    expect(() => new SfcClient({ token: testToken })).toThrow("SF_BASE_URL: must be an https: URL");
  });
});

describe("withOptions", () => {
  test("changes the given options and keeps the others", async () => {
    const fetch = scriptedFetch(json({}), json({}), json({}));
    const runtime = virtualRuntime();
    const sfc = new SfcClient({ token: testToken, baseUrl: "https://api.test", fetch, runtime, headers: { a: "1" } });
    const other = sfc.withOptions({ headers: { b: "2" }, timeoutMs: undefined });
    expect(other).toBeInstanceOf(SfcClient);
    await success(runtime, other.account.me());
    await success(runtime, other.withOptions({ token: "sk_live_another_t0ken" }).account.me());
    await success(runtime, sfc.account.me());
    const sent = fetch.requests.map(({ url, headers }) => [
      new URL(url).host,
      headers.a,
      headers.b,
      headers.authorization,
    ]);
    expect(sent).toEqual([
      ["api.test", undefined, "2", `Bearer ${testToken}`],
      ["api.test", undefined, "2", "Bearer sk_live_another_t0ken"],
      ["api.test", "1", undefined, `Bearer ${testToken}`],
    ]);
    expect(inspect([sfc, other], { depth: 9, showHidden: true })).not.toContain(testToken);
  });

  test("shares the key memory", async () => {
    const { caller, clock } = testCaller(always(json({})));
    await success(clock, caller.call(keyed, { body: { n: 1 } }, { idempotencyKey: "k" }));
    const other = caller.withOptions({ maxRetries: 0 });
    const error = await failure(clock, other.call(keyed, { body: { n: 2 } }, { idempotencyKey: "k" }));
    expect(error).toMatchObject({ name: "UsageError", field: "options.idempotencyKey" });
  });

  test("shares the retry budget", async () => {
    const fetch = always(status(503));
    const { caller, clock } = testCaller(fetch, { maxRetries: 60 });
    await failure(clock, caller.call(read, inputFor(read)));
    const other = caller.withOptions({ maxRetries: 59 });
    await failure(clock, other.call(read, inputFor(read)));
    // 100 retries in total, and the first attempt of each of the two calls.
    expect(fetch.requests).toHaveLength(102);
  });

  test("is checked like the options of a client", () => {
    const { caller } = testCaller(scriptedFetch());
    expect(() => caller.withOptions({ timeout: 1 } as object)).toThrow("options.timeout: is unknown");
    expect(() => caller.withOptions({ baseUrl: "http://example.com" })).toThrow("options.baseUrl");
  });
});

describe("logEvents", () => {
  test("writes a line for each response, retry and end of a call", async () => {
    const lines: string[] = [];
    const logger: EventLogger = { info: (line) => lines.push(`i ${line}`), warn: (line) => lines.push(`w ${line}`) };
    const log = logEvents(logger);
    const onEvent = (event: SfcEvent) => log({ ...event, call: 7 });
    const fetch = scriptedFetch(reset(), json({}, 200, { "x-request-id": "req_1" }), status(404));
    const { caller, clock } = testCaller(fetch, { onEvent });
    await success(clock, caller.call(read, inputFor(read)));
    await failure(clock, caller.call(read, inputFor(read)));
    expect(lines).toEqual([
      "w things.get #7 attempt 1: no response, retry in 250 ms",
      "i things.get #7 attempt 2: 200 in 0 ms, request id req_1",
      "i things.get #7 succeeded: 200 in 250 ms (requests: 2)",
      "i things.get #7 attempt 1: 404 in 0 ms",
      "w things.get #7 failed in 0 ms (requests: 1): GET /v/things/{id}: 404 api_error: status 404",
    ]);
  });
});

test("logEvents rounds durations and writes nothing for a request event", () => {
  const lines: string[] = [];
  const log = logEvents({ info: (line) => lines.push(`i ${line}`), warn: (line) => lines.push(`w ${line}`) });
  const base = { call: 7, operation: "things.get", method: "GET", path: "/v/things/{id}", attempt: 1 } as const;
  log({ ...base, type: "request" });
  log({ ...base, type: "response", status: 200, durationMs: 1.6, requestId: undefined });
  log({ ...base, type: "retry", status: 503, delayMs: 1.6 });
  expect(lines).toEqual(["i things.get #7 attempt 1: 200 in 2 ms", "w things.get #7 attempt 1: 503, retry in 2 ms"]);
});

describe("a connection error", () => {
  test.each([
    ["https://api.test", "ENOTFOUND api.test"],
    ["https://api.test:8443/prefix", "ENOTFOUND api.test:8443"],
  ])("names the host and the port, and no other part of the URL: %s", async (baseUrl, named) => {
    const { caller, clock } = testCaller(always(unknownHost()), { baseUrl });
    const error = await failure(clock, caller.call(read, inputFor(read)));
    expect((error as Error).message).toBe(`GET /v/things/{id}: no complete response was received (${named}).`);
  });

  test.each([
    [
      "a proxy that refuses",
      { code: "ECONNREFUSED", syscall: "connect", address: "10.0.0.7", port: 3128 },
      "10.0.0.7:3128 for ",
    ],
    ["a proxy whose name is unknown", { code: "ENOTFOUND", syscall: "getaddrinfo", hostname: "proxy" }, "proxy for "],
    ["the host itself", { code: "ENOTFOUND", syscall: "getaddrinfo", hostname: "api.test" }, ""],
    ["an invalid address", { code: "ECONNREFUSED", syscall: "connect", address: "sk_live_1", port: 1 }, ""],
    ["an invalid host name", { code: "ENOTFOUND", syscall: "getaddrinfo", hostname: "sk_live_1" }, ""],
  ])("names the peer of the connection when it is not the host: %s", async (_, words, named) => {
    const step = () => Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error(), words) }));
    const { caller, clock } = testCaller(always(step), { baseUrl: "https://api.test:8443" });
    const error = await failure(clock, caller.call(read, inputFor(read)));
    expect((error as Error).message).toContain(`received (${words.code} ${named}api.test:8443).`);
    expect((error as Error).cause).not.toHaveProperty("peer");
  });
});
