import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Operation } from "../../src/operation.js";
import { ApiError, ConnectionError, SfcError, TimeoutError, UsageError } from "../../src/wrappers/errors.js";
import type { CallOptions, Fetch } from "../../src/wrappers/options.js";
import { send } from "../../src/wrappers/send.js";
import { type InterruptibleFetch, Interruption, interruptibleFetch } from "../../src/wrappers/timeout.js";
import { countingSignal } from "../support/counting-signal.js";
import { inputFor, sampleDelete, sampleOperations } from "../support/operations.js";
import {
  always,
  deafStall,
  failed,
  json,
  noContent,
  refused,
  reset,
  resetInBody,
  type Step,
  scriptedFetch,
  stall,
  stallInBody,
  status,
  unknownHost,
  unsent,
} from "../support/scripted-fetch.js";
import { failure, outcomeOf, settle, success, turns } from "../support/settle.js";
import { testCaller } from "../support/test-caller.js";

const { read, keyed, absolute, unsafe } = sampleOperations;
const thing = { id: "thing_1" };
const thrower = () => {
  throw new Error("no");
};

/** A call of `operation` through a scripted network. */
function story(operation: Operation, steps: Step[], options: CallOptions = {}) {
  const fetch = scriptedFetch(...steps);
  const test = testCaller(fetch);
  const call = test.caller.call<unknown>(operation, inputFor(operation), options);
  return { ...test, fetch, call };
}

describe("attempts", () => {
  test("are three at most, and one when maxRetries is 0", async () => {
    for (const [maxRetries, attempts] of [
      [undefined, 3],
      [0, 1],
      [4, 5],
    ] as const) {
      const { clock, fetch, call } = story(read, Array.from<Step>({ length: 9 }).fill(status(500)), { maxRetries });
      expect(await failure(clock, call)).toMatchObject({ name: "ApiError", status: 500, attempts });
      expect(fetch.requests).toHaveLength(attempts);
    }
  });

  test("send the same request each time", async () => {
    const { clock, fetch, call } = story(keyed, [reset(), status(503), json(thing, 201)]);
    expect(await success(clock, call.withResponse())).toMatchObject({ data: thing, attempts: 3 });
    const sent = fetch.requests.map(({ url, method, headers, body }) => ({ url, method, headers, body }));
    expect(sent[0]?.headers["idempotency-key"]).toBe("key-1");
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[2]).toEqual(sent[0]);
  });

  test("count the requests that were sent: 0 when the call was aborted before the first", async () => {
    const { signal, abort } = countingSignal();
    abort();
    const { clock, fetch, call } = story(unsafe, [], { signal });
    expect(await failure(clock, call)).toMatchObject({ name: "AbortError", attempts: 0, ambiguous: false });
    expect(fetch.requests).toHaveLength(0);
  });

  test("call the token function each time", async () => {
    const fetch = scriptedFetch(status(500), json(thing));
    const tokens = ["sk_live_1", "sk_live_2"];
    const { caller, clock } = testCaller(fetch, { token: () => tokens[fetch.requests.length] as string });
    await success(clock, caller.call(read, inputFor(read)));
    expect(fetch.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer sk_live_1",
      "Bearer sk_live_2",
    ]);
  });

  test("wait exactly as long as Retry-After states, and for a random backoff otherwise", async () => {
    const { clock, events, call } = story(read, [status(503, { "retry-after": "7" }), status(429), json(thing)]);
    await success(clock, call);
    const waits = events.flatMap((event) => (event.type === "retry" ? [event.delayMs] : []));
    expect(waits).toEqual([7_000, 500]);
  });

  test("are not repeated once the client's retry budget is used up", async () => {
    const fetch = always(status(500));
    const { caller, clock } = testCaller(fetch);
    for (let call = 0; call < 60; call++) await failure(clock, caller.call(read, inputFor(read)));
    // After a hundred retries, each call sends a single request.
    expect(fetch.requests).toHaveLength(60 + 100);
  });
});

describe("a broken connection", () => {
  test.each([
    ["refused", refused(), "ECONNREFUSED"],
    ["unknown host", unknownHost(), "ENOTFOUND"],
  ])("is safe to retry in every class when it was never established: %s", async (_, step, code) => {
    for (const operation of [read, keyed, absolute, unsafe]) {
      const { clock, fetch, call } = story(operation, [step, step, step]);
      const error = await failure(clock, call);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ attempts: 3, ambiguous: false, cause: { code } });
      expect(fetch.requests).toHaveLength(3);
    }
  });

  test.each([
    ["before the response", reset()],
    ["in mid-body", resetInBody()],
  ])("is never followed by a second unsafe request: %s", async (_, step) => {
    const { clock, fetch, call } = story(unsafe, [step]);
    const error = await failure(clock, call);
    expect(error).toMatchObject({ name: "ConnectionError", attempts: 1, ambiguous: true });
    expect((error as Error).message).toContain("Check with things.list() what exists before you repeat it.");
    expect(fetch.requests).toHaveLength(1);
  });

  test.each([
    ["a failure to connect elsewhere", () => Promise.reject(Object.assign(new Error(), { code: "ECONNREFUSED" }))],
    ["a piece that is not bytes", async (body: ReadableStreamDefaultController) => body.enqueue("text")],
  ])("counts as established once a response was received, whatever error its body fails with: %s", async (_, start) => {
    const { clock, fetch, call } = story(unsafe, [() => new Response(new ReadableStream({ start }))]);
    expect(await failure(clock, call)).toMatchObject({ name: "ConnectionError", attempts: 1, ambiguous: true });
    expect(fetch.requests).toHaveLength(1);
  });

  test("while the body arrives is reported with its code", async () => {
    const start = () => Promise.reject(Object.assign(new Error(), { code: "ECONNRESET" }));
    const { clock, call } = story(unsafe, [() => new Response(new ReadableStream({ start }))]);
    expect(await failure(clock, call)).toMatchObject({ name: "ConnectionError", cause: { code: "ECONNRESET" } });
  });

  test("is followed by another request when a repeat is harmless", async () => {
    for (const operation of [read, keyed, absolute]) {
      const { clock, call } = story(operation, [reset(), resetInBody(), json(thing)]);
      expect(await success(clock, call.withResponse())).toMatchObject({ data: thing, attempts: 3 });
    }
  });

  test("leaves a write ambiguous however the attempts after it end", async () => {
    const endings: Step[] = [refused(), status(429, { "retry-after": "3600" }), status(409), status(401)];
    for (const ending of endings) {
      const { clock, call } = story(keyed, [reset(), ending], { maxRetries: 1 });
      expect(await failure(clock, call)).toMatchObject({ attempts: 2, ambiguous: true, idempotencyKey: "key-1" });
    }
  });

  test("leaves a write unambiguous when no attempt can have been processed", async () => {
    const { clock, call } = story(unsafe, [refused(), status(429), status(422)]);
    expect(await failure(clock, call)).toMatchObject({ name: "ApiError", status: 422, attempts: 3, ambiguous: false });
  });

  test("becomes ambiguous for an unsafe write as soon as one attempt may have been processed", async () => {
    const { clock, fetch, call } = story(unsafe, [refused(), reset()]);
    expect(await failure(clock, call)).toMatchObject({ name: "ConnectionError", attempts: 2, ambiguous: true });
    expect(fetch.requests).toHaveLength(2);
  });
});

describe("a failure that no repeat can change", () => {
  test.each([
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "CERT_REVOKED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "UND_ERR_INVALID_ARG",
    "UND_ERR_NOT_SUPPORTED",
    "ERR_INVALID_CHAR",
    "ERR_INVALID_URL",
  ])("is attempted once, and was not sent: %s", async (code) => {
    for (const operation of [read, keyed, absolute, unsafe]) {
      const { clock, fetch, call } = story(operation, [failed(code)]);
      expect(await failure(clock, call)).toMatchObject({
        name: "ConnectionError",
        attempts: 1,
        ambiguous: false,
        cause: { code },
      });
      expect(fetch.requests).toHaveLength(1);
    }
  });

  test("is ambiguous after an attempt that may have been processed", async () => {
    const { clock, call } = story(keyed, [reset(), failed("CERT_HAS_EXPIRED")]);
    expect(await failure(clock, call)).toMatchObject({ attempts: 2, ambiguous: true });
  });

  test.each(["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "EPROTO", "UND_ERR_SOCKET", "CERT", "TIMEOUT"])(
    "is not assumed for %s, which can occur after the request was sent",
    async (code) => {
      const { clock, call } = story(unsafe, [failed(code)]);
      expect(await failure(clock, call)).toMatchObject({ attempts: 1, ambiguous: true });
    },
  );
});

describe("the message of a call without a complete response", () => {
  const timedOut = () => AbortSignal.abort(new DOMException("late", "TimeoutError"));
  const prefix = "GET /v/things/{id}: ";

  test.each([
    ["a failure with a code", reset(), {}, "no complete response was received (ECONNRESET api.test)."],
    ["a failure without", failedWith(new Error("x")), {}, "no complete response was received (api.test)."],
    ["a timeout", stall(), { timeoutMs: 7 }, "no complete response was received within 7 ms."],
    ["a deadline", stall(), { deadlineMs: 7 }, "no complete response was received within the call's deadline."],
    ["an abort", stall(), { signal: AbortSignal.abort() }, "aborted by the caller's signal."],
    [
      "a reason that is no error",
      stall(),
      { signal: aborted({ name: "TimeoutError" }) },
      "aborted by the caller's signal.",
    ],
    [
      "the timeout of a signal",
      stall(),
      { signal: timedOut() },
      "no complete response was received before the caller's signal timed out.",
    ],
  ])("states the reason: %s", async (_, step, options, message) => {
    const { clock, call } = story(read, [step], { ...options, maxRetries: 0 });
    expect(await failure(clock, call)).toHaveProperty("message", prefix + message);
  });

  test("has a cause without the message of the failure, which may contain the token", async () => {
    for (const [thrown, cause] of [
      [new RangeError("Bearer sk_live_1"), "RangeError"],
      ["Bearer sk_live_1", "unknown error"],
      [Object.assign(new TypeError("Bearer sk_live_1"), { code: "ECONNRESET" }), "ECONNRESET"],
    ] as const) {
      const { clock, call } = story(read, [failedWith(thrown)], { maxRetries: 0 });
      expect(await failure(clock, call)).toMatchObject({ cause: { name: "Error", message: cause } });
    }
  });
});

describe("a fetch that takes an interruption instead of a signal", () => {
  const request = { url: "https://api.test/v", method: "GET", headers: {}, body: undefined } as const;
  const named = (fetch: Fetch, own: unknown, send: InterruptibleFetch["send"]) =>
    Object.assign(fetch, { [interruptibleFetch]: { fetch: own, send } });

  test("gets no signal, and no AbortController is constructed", async () => {
    const made = vi.spyOn(globalThis, "AbortController");
    const fetch: Fetch = vi.fn();
    const transport = vi.fn<InterruptibleFetch["send"]>(async () => Response.json(thing));
    const { caller, clock } = testCaller(named(fetch, fetch, transport));
    expect(await success(clock, caller.call(read, inputFor(read)))).toEqual(thing);
    expect(transport).toHaveBeenCalledOnce();
    expect(transport.mock.calls[0]?.[1]).not.toHaveProperty("signal");
    expect(transport.mock.calls[0]?.[2]).toBeInstanceOf(Interruption);
    expect(fetch).not.toHaveBeenCalled();
    expect(made).not.toHaveBeenCalled();
  });

  test("is not used in place of a function that wraps it, which gets a signal", async () => {
    const wrapper = scriptedFetch(json(thing));
    const interruption = new Interruption();
    await send(named(wrapper, vi.fn(), vi.fn()), request, "sk_1", interruption, 1_000);
    expect(wrapper.requests[0]?.signal).toBe(interruption.signal);
  });

  test("is retried after a timeout for every operation when it reports that nothing was sent", async () => {
    const retried = story(unsafe, [unsent(), json(thing)]);
    expect(await success(retried.clock, retried.call.withResponse())).toMatchObject({ data: thing, attempts: 2 });
    const final = story(unsafe, [unsent()], { maxRetries: 0 });
    expect(await failure(final.clock, final.call)).toMatchObject({ name: "TimeoutError", ambiguous: false });
  });
});

describe("a response that comes after the attempt has ended", () => {
  test.each([null, "{}"])("does not replace the error of the attempt, with the body %j", async (body) => {
    const interruption = new Interruption();
    const reason = new DOMException("over", "AbortError");
    const fetch = async () => {
      interruption.abort(reason);
      return new Response(body);
    };
    const request = { url: "https://api.test/v", method: "GET", headers: {}, body: undefined } as const;
    await expect(send(fetch, request, "sk_1", interruption, 1_000)).rejects.toBe(reason);
  });

  test("is read no further when the body ignores the signal", async () => {
    const cancel = vi.fn();
    let body: ReadableStreamDefaultController<Uint8Array> | undefined;
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      body = controller;
      controller.enqueue(new Uint8Array([123]));
    };
    const step: Step = () => new Response(new ReadableStream({ start, cancel }));
    const { clock, call } = story(unsafe, [step], { timeoutMs: 1_000 });
    expect(await failure(clock, call)).toMatchObject({ name: "TimeoutError" });
    body?.enqueue(new Uint8Array([125]));
    await turns();
    expect(cancel).toHaveBeenCalledOnce();
  });
});

describe("the retry budget", () => {
  test("is named on the error when it is used up", async () => {
    const { caller, clock } = testCaller(always(status(500)));
    const fail = () => failure(clock, caller.call(read, inputFor(read)));
    for (let call = 0; call < 50; call++) expect(String(await fail())).not.toContain("budget");
    expect(await fail()).toMatchObject({ attempts: 1, status: 500 });
    expect(String(await fail())).toContain("Not retried: this client's retry budget is used up");
  });

  test("of writes is not used up by reads", async () => {
    const fetch = always(status(503));
    const { caller, clock } = testCaller(fetch);
    for (let call = 0; call < 60; call++) await failure(clock, caller.call(read, inputFor(read)));
    expect(await failure(clock, caller.call(keyed, inputFor(keyed)))).toMatchObject({ attempts: 3 });
  });

  test("grows with each success, by half a retry", async () => {
    let healthy = false;
    const { caller, clock } = testCaller(always((signal) => (healthy ? json(thing)(signal) : status(500)(signal))));
    const call = () => settle(clock, caller.call(read, inputFor(read)));
    for (let i = 0; i < 50; i++) await call();
    healthy = true;
    await call();
    healthy = false;
    expect(await call()).toMatchObject({ error: { attempts: 1 } });
    healthy = true;
    for (let i = 0; i < 3; i++) await call();
    healthy = false;
    expect(await call()).toMatchObject({ error: { attempts: 3 } });
    expect(await call()).toMatchObject({ error: { attempts: 1 } });
  });
});

describe("a 401", () => {
  const rotating = (...tokens: (string | Error)[]) => {
    const asked: string[] = [];
    return {
      asked,
      token: async () => {
        const token = tokens[Math.min(asked.length, tokens.length - 1)] as string | Error;
        asked.push(String(token));
        if (token instanceof Error) throw token;
        return token;
      },
    };
  };

  test("calls the token function once more, and a different token is sent at once, in every retry class", async () => {
    for (const operation of [read, keyed, absolute, unsafe]) {
      const { token, asked } = rotating("sk_live_old", "sk_live_new");
      const fetch = scriptedFetch(status(401), json(thing));
      const { caller, clock, events } = testCaller(fetch, { token, maxRetries: 0 });
      const startedAt = clock.monotonicMs();
      const result = await success(clock, caller.call(operation, inputFor(operation)).withResponse());
      expect(result).toMatchObject({ data: thing, attempts: 2 });
      expect(clock.monotonicMs()).toBe(startedAt);
      expect(asked).toEqual(["sk_live_old", "sk_live_new"]);
      expect(fetch.requests.map(({ headers }) => headers.authorization)).toEqual([
        "Bearer sk_live_old",
        "Bearer sk_live_new",
      ]);
      expect(fetch.requests[1]?.headers["idempotency-key"]).toBe(fetch.requests[0]?.headers["idempotency-key"]);
      expect(events).toContainEqual(expect.objectContaining({ type: "retry", status: 401, delayMs: 0 }));
    }
  });

  test("is final when the token is unchanged, its function fails, or the new token is refused too", async () => {
    for (const [tokens, requests] of [
      [["sk_live_1"], 1],
      [["sk_live_1", new Error("vault is down")], 1],
      [["sk_live_1", ""], 1],
      [["sk_live_1", "sk_live_2", "sk_live_3"], 2],
    ] as const) {
      const { token } = rotating(...tokens);
      const fetch = scriptedFetch(status(401), status(401));
      const { caller, clock } = testCaller(fetch, { token });
      const error = await failure(clock, caller.call(unsafe, inputFor(unsafe)));
      expect(error).toMatchObject({ name: "ApiError", status: 401, attempts: requests, ambiguous: false });
      expect(fetch.requests).toHaveLength(requests);
    }
  });

  test("is the only status after which the token function is called once more", async () => {
    for (const final of [400, 402, 403, 404, 409, 422]) {
      const { token, asked } = rotating("sk_live_1", "sk_live_2");
      const { caller, clock } = testCaller(scriptedFetch(status(final)), { token });
      expect(await failure(clock, caller.call(read, inputFor(read)))).toMatchObject({ status: final, attempts: 1 });
      expect(asked).toEqual(["sk_live_1"]);
    }
  });

  test("is final when the token is not a function", async () => {
    const { clock, fetch, call } = story(read, [status(401)]);
    expect(await failure(clock, call)).toMatchObject({ status: 401, attempts: 1 });
    expect(fetch.requests).toHaveLength(1);
  });

  test("that is repeated does not use up a retry", async () => {
    const { token } = rotating("sk_live_1", "sk_live_2");
    const fetch = scriptedFetch(status(401), status(503), status(503), json(thing));
    const { caller, clock } = testCaller(fetch, { token });
    expect(await success(clock, caller.call(read, inputFor(read)).withResponse())).toMatchObject({ attempts: 4 });
  });

  test("stays ambiguous after an attempt that may have been processed", async () => {
    const { token } = rotating("sk_live_1", "sk_live_1", "sk_live_2");
    const fetch = scriptedFetch(reset(), status(401), status(401));
    const { caller, clock } = testCaller(fetch, { token });
    expect(await failure(clock, caller.call(keyed, inputFor(keyed)))).toMatchObject({ attempts: 3, ambiguous: true });
  });

  test("does not hang on a token function that never settles", async () => {
    let asked = 0;
    const token = () => (++asked === 1 ? "sk_live_1" : new Promise<string>(() => undefined));
    const { caller, clock } = testCaller(scriptedFetch(status(401)), { token, timeoutMs: 1_000 });
    const error = await failure(clock, caller.call(read, inputFor(read)));
    expect(error).toMatchObject({ name: "ApiError", status: 401 });
  });
});

describe("a deletion", () => {
  test("succeeds when its repeat finds nothing, because the first attempt deleted it", async () => {
    const { clock, call } = story(sampleDelete, [reset(), status(404, {}, "not_found")]);
    expect(await success(clock, call.withResponse())).toMatchObject({ data: undefined, attempts: 2 });
  });

  test("that finds nothing with its first attempt is an error", async () => {
    const { clock, call } = story(sampleDelete, [status(404, {}, "not_found")]);
    expect(await failure(clock, call)).toMatchObject({ status: 404, attempts: 1, ambiguous: false });
  });

  test("that finds nothing after an attempt that was certainly not processed is an error", async () => {
    const { clock, call } = story(sampleDelete, [status(429), refused(), status(404, {}, "not_found")]);
    expect(await failure(clock, call)).toMatchObject({ status: 404, attempts: 3, ambiguous: false });
  });

  test("succeeds with undefined", async () => {
    const { clock, call } = story(sampleDelete, [noContent()]);
    expect(await success(clock, call)).toBeUndefined();
  });
});

describe("time", () => {
  test.each([
    ["before the headers", stall()],
    ["in mid-body", stallInBody()],
    ["with a fetch that ignores its signal", deafStall()],
  ])("timeoutMs ends a stall to the millisecond: %s", async (_, step) => {
    const { clock, call } = story(unsafe, [step], { timeoutMs: 1_000 });
    const state = track(call);
    await turns();
    clock.advance(999);
    await turns();
    expect(state()).toBeUndefined();
    clock.advance(1);
    await turns();
    expect(state()).toBeInstanceOf(TimeoutError);
    expect(state()).toMatchObject({ limit: "timeoutMs", attempts: 1, ambiguous: true });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("timeoutMs is per attempt, deadlineMs ends all of them to the millisecond", async () => {
    const { clock, fetch, call } = story(read, [stall(), stall(), stall()], { timeoutMs: 1_000, deadlineMs: 1_500 });
    const started = clock.monotonicMs();
    expect(await failure(clock, call)).toMatchObject({ name: "TimeoutError", limit: "deadlineMs", attempts: 2 });
    expect(clock.monotonicMs() - started).toBe(1_500);
    expect(fetch.requests).toHaveLength(2);
  });

  test("no attempt begins at or after the deadline", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        async (timeout, deadline) => {
          const starts: number[] = [];
          const fetch = always((signal) => {
            starts.push(clock.monotonicMs());
            return stall()(signal);
          });
          const { caller, clock } = testCaller(fetch, { timeoutMs: timeout, deadlineMs: deadline, maxRetries: 5 });
          const startedAt = clock.monotonicMs();
          await failure(clock, caller.call(read, inputFor(read)));
          for (const start of starts) expect(start).toBeLessThan(startedAt + deadline);
          expect(clock.monotonicMs()).toBeLessThanOrEqual(startedAt + deadline);
          expect(clock.pendingTimers()).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("a delay that would outlast the deadline is not started: the error of the response is thrown now, with the delay as retryAfterMs", async () => {
    const { clock, call } = story(read, [status(503, { "retry-after": "10" })], { deadlineMs: 9_000 });
    const started = clock.monotonicMs();
    const error = await failure(clock, call);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 503, retryAfterMs: 10_000, attempts: 1 });
    expect(clock.monotonicMs()).toBe(started);
  });

  test("a body that arrives after the timeout is cancelled", async () => {
    const cancel = vi.fn();
    let respond: (response: Response) => void = () => undefined;
    const late: Step = () =>
      new Promise((resolve) => {
        respond = resolve;
      });
    const { clock, call } = story(unsafe, [late], { timeoutMs: 1_000 });
    expect(await failure(clock, call)).toMatchObject({ name: "TimeoutError" });
    respond(new Response(new ReadableStream({ cancel })));
    await turns();
    expect(cancel).toHaveBeenCalledOnce();
  });
});

describe("abort", () => {
  test.each([
    ["a request", stall(), 0, true],
    ["a body", stallInBody(), 0, true],
    ["a wait after an attempt that may have been processed", reset(), 100, true],
    ["a wait after an attempt that certainly was not", refused(), 100, false],
  ])("ends %s at once", async (_, step, afterMs, ambiguous) => {
    const counting = countingSignal();
    const { clock, call } = story(keyed, [step], { signal: counting.signal });
    const state = track(call);
    await turns();
    clock.advance(afterMs);
    await turns();
    expect(state()).toBeUndefined();
    counting.abort();
    await turns();
    expect(state()).toMatchObject({ name: "AbortError", attempts: 1, ambiguous });
    expect(clock.pendingTimers()).toBe(0);
    expect(counting.listeners()).toBe(0);
  });

  test.each<[string, () => unknown]>([
    ["undefined", () => undefined],
    ["a text", () => "enough"],
    ["an error whose name cannot be read", () => Object.defineProperty(new Error(), "name", { get: thrower })],
    ["an object that shows nothing", () => new Proxy({}, { get: thrower, getPrototypeOf: thrower })],
  ])("for any reason is an AbortError that states what is uncertain: %s", async (_, reason) => {
    const controller = new AbortController();
    const { clock, call } = story(keyed, [stall()], { signal: controller.signal });
    const ended = failure(clock, call);
    await turns();
    controller.abort(reason());
    expect(await ended).toMatchObject({ name: "AbortError", attempts: 1, ambiguous: true });
  });

  test("by the listener of the request event sends nothing", async () => {
    const { signal, abort } = countingSignal();
    const fetch = scriptedFetch();
    const { caller, clock } = testCaller(fetch, { onEvent: ({ type }) => type === "request" && abort() });
    expect(await failure(clock, caller.call(unsafe, inputFor(unsafe), { signal }))).toMatchObject({
      name: "AbortError",
      attempts: 0,
      ambiguous: false,
    });
    expect(fetch.requests).toHaveLength(0);
  });

  test("while the token is fetched sends nothing", async () => {
    const { signal, abort } = countingSignal();
    const fetch = scriptedFetch();
    let giveToken: (token: string) => void = () => undefined;
    const token = () =>
      new Promise<string>((resolve) => {
        giveToken = resolve;
      });
    const { caller, clock } = testCaller(fetch, { token });
    const call = outcomeOf(caller.call(unsafe, inputFor(unsafe), { signal }));
    await turns();
    abort();
    giveToken("sk_live_late");
    await turns();
    expect(await settle(clock, call)).toMatchObject({
      value: { error: { name: "AbortError", attempts: 0, ambiguous: false } },
    });
    expect(fetch.requests).toHaveLength(0);
  });
});

describe("a token function", () => {
  test("that hangs is ended by timeoutMs, and called again", async () => {
    const fetch = scriptedFetch(json(thing));
    let asked = 0;
    const token = () => (++asked === 1 ? new Promise<string>(() => undefined) : "sk_live_2");
    const { caller, clock } = testCaller(fetch, { token });
    const result = await success(clock, caller.call(unsafe, inputFor(unsafe)).withResponse());
    expect(result).toMatchObject({ data: thing, attempts: 1 });
  });

  test("that fails on a later attempt leaves the call ambiguous when an earlier attempt may have been applied", async () => {
    const fetch = scriptedFetch(reset());
    const token = () => {
      if (fetch.requests.length > 0) throw new Error("vault is down");
      return "sk_live_1";
    };
    const { caller, clock } = testCaller(fetch, { token });
    const error = await failure(clock, caller.call(keyed, inputFor(keyed)));
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ field: "options.token", attempts: 1, ambiguous: true, idempotencyKey: "key-1" });
  });
});

test("any interleaving of responses, faults, abort, timeout and deadline settles the promise once and leaves no timer or listener", async () => {
  const steps = fc.constantFrom(
    refused(),
    reset(),
    status(503),
    status(429, { "retry-after": "1" }),
    stall(),
    deafStall(),
  );
  const lastSteps = fc.constantFrom(json(thing), status(422), stallInBody(), resetInBody());
  const moment = fc.integer({ min: 0, max: 4_000 });
  const scenario = fc.record({
    operation: fc.constantFrom(read, keyed, absolute, unsafe),
    script: fc.tuple(steps, steps, fc.oneof(steps, lastSteps)),
    abortAt: fc.option(moment, { nil: undefined }),
    timeoutMs: fc.integer({ min: 1, max: 2_000 }),
    deadlineMs: fc.option(fc.integer({ min: 1, max: 4_000 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ operation, script, abortAt, timeoutMs, deadlineMs }) => {
      const counting = countingSignal();
      const fetch = scriptedFetch(...script);
      const { caller, clock } = testCaller(fetch);
      const startedAt = clock.monotonicMs();
      let aborted: number | undefined;
      const abort = () => {
        aborted = clock.monotonicMs();
        counting.abort();
      };
      const abortTimer = abortAt === undefined ? undefined : clock.setTimeout(abort, abortAt);
      let settled = 0;
      const call = caller.call(operation, inputFor(operation), { signal: counting.signal, timeoutMs, deadlineMs });
      const end = await settle(
        clock,
        outcomeOf(call).finally(() => settled++),
      ).then((ended) => {
        const took = clock.monotonicMs() - startedAt;
        expect(took).toBeLessThanOrEqual(deadlineMs ?? Number.POSITIVE_INFINITY);
        if (aborted !== undefined) expect(clock.monotonicMs()).toBe(aborted);
        return (ended as { value: { error?: unknown } }).value;
      });
      clock.clearTimeout(abortTimer);
      await turns();
      expect(settled).toBe(1);
      expect(clock.pendingTimers()).toBe(0);
      expect(counting.listeners()).toBe(0);
      if (end.error !== undefined) {
        expect(SfcError.is(end.error)).toBe(true);
        expect(end.error).toMatchObject({ attempts: fetch.requests.length });
      }
    }),
    { numRuns: 300 },
  );
});

const failedWith =
  (failure: unknown): Step =>
  () =>
    Promise.reject(failure);

function aborted(reason: unknown): AbortSignal {
  return AbortSignal.abort(reason);
}

/** The error of a call, as soon as the call has failed. */
function track(call: PromiseLike<unknown>): () => unknown {
  let error: unknown;
  call.then(undefined, (reason: unknown) => {
    error = reason;
  });
  return () => error;
}
