import { context, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { traceCalls } from "../../src/otel.js";
import { createPathClient } from "../../src/paths.js";
import type { SfcEvent } from "../../src/wrappers/events.js";
import type { Middleware } from "../../src/wrappers/middleware.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { inputFor, sampleDelete, sampleOperations } from "../support/operations.js";
import { always, json, refused, reset, scriptedFetch, stall, status, text } from "../support/scripted-fetch.js";
import { failure, success } from "../support/settle.js";
import { testBaseUrl, testCaller, testToken } from "../support/test-caller.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import { forgetSpans, recordSpans, type Spans } from "./spans.js";

const { read, unsafe, keyed } = sampleOperations;
const thing = json({ id: "thing_1" });

let spans: Spans;
beforeEach(() => {
  spans = recordSpans();
});
afterEach(forgetSpans);

function tracedCaller(fetch: Fetch) {
  const tracer = spans.provider.getTracer("test");
  return testCaller(fetch, { onEvent: traceCalls({ tracer, baseUrl: testBaseUrl }) });
}

test.each([
  ["options", 5],
  ["options.baseUrl", { baseUrl: "nope" }],
  ["options.baseUrl", { baseUrl: 5 }],
  ["options.tracer", { tracer: 5 }],
  ["options.trace", { trace: {} }],
])("%s is refused by name: %j", (field, options) => {
  expect(() => traceCalls(options as never)).toThrow(expect.objectContaining({ name: "UsageError", field }));
});

test("an invalid SF_BASE_URL is refused by name", () => {
  vi.stubEnv("SF_BASE_URL", "nope");
  expect(() => traceCalls()).toThrow(expect.objectContaining({ name: "UsageError", field: "SF_BASE_URL" }));
  vi.unstubAllEnvs();
});

test("a tracer that fails at the end of a call leaves no reference to the call", () => {
  const span = { end: () => undefined, setAttributes: () => expect.unreachable("the tracer is broken") };
  const startSpan = vi.fn(() => span);
  const listener = traceCalls({ tracer: { startSpan } as unknown as Tracer });
  const success: SfcEvent = {
    type: "success",
    call: 1,
    operation: "things.get",
    method: "GET",
    path: "/v/things/{id}",
    attempt: 1,
    status: 200,
    durationMs: 1,
  };
  for (const count of [1, 2]) {
    expect(() => listener(success)).toThrow("the tracer is broken");
    expect(startSpan).toHaveBeenCalledTimes(count);
  }
});

describe("a call", () => {
  test("is a span with one child span per attempt", async () => {
    const { caller, clock } = tracedCaller(scriptedFetch(status(503), reset(), thing));
    await success(clock, caller.call(read, inputFor(read)));
    const call = spans.named("things.get");
    expect(call.kind).toBe(SpanKind.INTERNAL);
    expect(spans.below(call).map(({ name, kind }) => ({ name, kind }))).toEqual(
      Array(3).fill({ name: "GET /v/things/{id}", kind: SpanKind.CLIENT }),
    );
    expect(spans.ended()).toHaveLength(4);
  });

  test("ends each span of an attempt in which middleware sends twice", async () => {
    const tracer = spans.provider.getTracer("test");
    const middleware: Middleware = (request, next) => next(request).catch(() => next(request));
    const onEvent = traceCalls({ tracer, baseUrl: testBaseUrl });
    const { caller, clock } = testCaller(scriptedFetch(reset(), thing), { onEvent, middleware: [middleware] });
    await success(clock, caller.call(read, inputFor(read)));
    const attempts = spans.below(spans.named("things.get"));
    expect(attempts.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.UNSET]);
    expect(spans.ended()).toHaveLength(3);
  });

  test("has the server address of SF_BASE_URL unless baseUrl is given", async () => {
    vi.stubEnv("SF_BASE_URL", "http://127.0.0.1:4010");
    const onEvent = traceCalls({ tracer: spans.provider.getTracer("test") });
    const { caller, clock } = testCaller(scriptedFetch(thing), { onEvent });
    await success(clock, caller.call(read, inputFor(read)));
    vi.unstubAllEnvs();
    const [attempt] = spans.below(spans.named("things.get"));
    expect(attempt?.attributes).toMatchObject({ "server.address": "127.0.0.1", "server.port": 4010 });
  });

  test("has its operation, its number of attempts and each delay", async () => {
    const { caller, clock } = tracedCaller(scriptedFetch(status(503), thing));
    await success(clock, caller.call(read, inputFor(read)));
    const { attributes, events, status: outcome } = spans.named("things.get");
    expect(attributes).toEqual({
      "sfc.operation": "things.get",
      "http.request.method": "GET",
      "url.template": "/v/things/{id}",
      "sfc.attempts": 2,
      "http.response.status_code": 200,
    });
    expect(events.map(({ name, attributes }) => ({ name, attributes }))).toEqual([
      { name: "retry", attributes: { "sfc.retry.delay_ms": 250 } },
    ]);
    expect(outcome.code).toBe(SpanStatusCode.UNSET);
  });

  test("that fails is marked as failed, with the status or the class of the error as error.type", async () => {
    const outcomes = [
      [scriptedFetch(status(404)), "404"],
      [scriptedFetch(refused(), refused(), refused()), "ConnectionError"],
      [scriptedFetch(text("no JSON")), "DecodeError"],
    ] as const;
    for (const [fetch, errorType] of outcomes) {
      spans = recordSpans();
      const { caller, clock } = tracedCaller(fetch);
      await failure(clock, caller.call(read, inputFor(read)));
      const call = spans.named("things.get");
      expect(call.attributes["error.type"]).toBe(errorType);
      expect(call.status).toEqual({ code: SpanStatusCode.ERROR });
      forgetSpans();
    }
  });

  test("that finds its deletion already done by an earlier attempt is not marked as failed", async () => {
    const { caller, clock } = tracedCaller(scriptedFetch(reset(), status(404)));
    await success(clock, caller.call(sampleDelete, inputFor(sampleDelete)));
    const { attributes, status: outcome } = spans.named("things.delete");
    expect(attributes["error.type"]).toBeUndefined();
    expect(outcome.code).toBe(SpanStatusCode.UNSET);
  });

  test("whose outcome is uncertain has an attribute for it", async () => {
    const { caller, clock } = tracedCaller(scriptedFetch(reset()));
    await failure(clock, caller.call(unsafe, inputFor(unsafe)));
    expect(spans.named("things.create").attributes).toMatchObject({ "sfc.ambiguous": true, "sfc.attempts": 1 });
  });

  test("that is aborted before anything is sent is a single failed span", async () => {
    const { caller, clock } = tracedCaller(scriptedFetch());
    await failure(clock, caller.call(read, inputFor(read), { signal: AbortSignal.abort() }));
    expect(spans.ended().map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
      ["things.get", "AbortError"],
    ]);
  });

  test("is a child of the span that is active when the call is made", async () => {
    const { caller, clock } = tracedCaller(scriptedFetch(status(503), thing));
    const job = spans.provider.getTracer("test").startSpan("job");
    await context.with(trace.setSpan(context.active(), job), () => success(clock, caller.call(read, inputFor(read))));
    job.end();
    expect(spans.below(spans.named("job")).map(({ name }) => name)).toEqual(["things.get"]);
  });

  test("does not mix its attempts with those of a concurrent call", async () => {
    const { caller, clock } = tracedCaller(scriptedFetch(status(503), thing, thing));
    await success(clock, Promise.all([caller.call(read, inputFor(read)), caller.call(read, inputFor(read))]));
    const calls = spans.ended().filter(({ kind }) => kind === SpanKind.INTERNAL);
    expect(calls.map((call) => [call.attributes["sfc.attempts"], spans.below(call).length])).toEqual(
      expect.arrayContaining([
        [1, 1],
        [2, 2],
      ]),
    );
  });
});

describe("an attempt", () => {
  test("follows the conventions for HTTP clients", async () => {
    const { caller, clock } = tracedCaller(
      scriptedFetch(status(503), json({ id: "thing_1" }, 200, { "x-request-id": "req_9" })),
    );
    await success(clock, caller.call(read, inputFor(read)));
    const [first, second] = spans.below(spans.named("things.get"));
    const common = {
      "sfc.operation": "things.get",
      "http.request.method": "GET",
      "url.template": "/v/things/{id}",
      "server.address": "api.test",
      "server.port": 443,
    };
    expect(first?.attributes).toEqual({ ...common, "http.response.status_code": 503, "error.type": "503" });
    expect(first?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(second?.attributes).toEqual({
      ...common,
      "http.request.resend_count": 1,
      "http.response.status_code": 200,
      "http.response.header.x-request-id": ["req_9"],
    });
    expect(second?.status.code).toBe(SpanStatusCode.UNSET);
  });

  test("that ends without a response ends its span, whether another one follows or not", async () => {
    const { caller, clock } = tracedCaller(always(stall()));
    await failure(clock, caller.call(read, inputFor(read), { maxRetries: 1, timeoutMs: 1_000 }));
    const attempts = spans.below(spans.named("things.get"));
    expect(attempts.map(({ attributes }) => attributes["error.type"])).toEqual(["no_response", "TimeoutError"]);
  });
});

test("no span contains the token, the idempotency key, the body, an id or a query", async () => {
  const secrets = { idempotencyKey: "key-in-a-header" };
  const leaky = () =>
    status(409, { location: `https://else.test/?X-Signature=${testToken}` })(new AbortController().signal);
  const { caller, clock } = tracedCaller(scriptedFetch(status(503), leaky));
  const input = { ...inputFor(keyed), query: { tag: "query-value" }, body: { name: "body-value" } };
  await failure(clock, caller.call(keyed, input, secrets));
  const attributes = JSON.stringify(
    spans.ended().map(({ name, attributes, events, status }) => [name, attributes, events, status]),
  );
  expect(attributes).toContain("things.");
  for (const value of [testToken, secrets.idempotencyKey, "query-value", "body-value", "thing_1", "X-Signature"]) {
    expect(attributes).not.toContain(value);
  }
});

describe("the path client", () => {
  const runtime = virtualRuntime();
  const traced = (fetch: Fetch) =>
    createPathClient({
      token: testToken,
      baseUrl: testBaseUrl,
      fetch,
      runtime,
      onEvent: traceCalls({ tracer: spans.provider.getTracer("test"), baseUrl: testBaseUrl }),
    });

  test("is traced like methods, including the errors that it returns", async () => {
    await success(runtime, traced(scriptedFetch(json({ object: "account" }))).GET("/preview/v2/me"));
    const { error } = await success(runtime, traced(scriptedFetch(status(403))).GET("/preview/v2/me"));
    expect(error).toBeDefined();
    await failure(runtime, traced(always(refused())).GET("/preview/v2/me"));
    const calls = spans.ended().filter(({ name }) => name === "account.me");
    expect(calls.map(({ attributes }) => attributes["error.type"])).toEqual([undefined, "403", "ConnectionError"]);
  });
});

test("the global provider may be registered after the listener was created", async () => {
  const { caller, clock } = testCaller(scriptedFetch(thing), { onEvent: traceCalls({ baseUrl: testBaseUrl }) });
  trace.setGlobalTracerProvider(spans.provider);
  await success(clock, caller.call(read, inputFor(read)));
  expect(spans.named("things.get").instrumentationScope.name).toBe("sfc-preview-sdk");
});
