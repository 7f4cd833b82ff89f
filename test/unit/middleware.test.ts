import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import type { Operation } from "../../src/operation.js";
import { SfcError, UsageError } from "../../src/wrappers/errors.js";
import type { Middleware, MiddlewareRequest, Next } from "../../src/wrappers/middleware.js";
import type { ClientOptions, KeyedCallOptions } from "../../src/wrappers/options.js";
import { inputFor, sampleDelete, sampleOperations } from "../support/operations.js";
import {
  deafStall,
  json,
  refused,
  reset,
  type Step,
  scriptedFetch,
  stall,
  status,
  unsent,
} from "../support/scripted-fetch.js";
import { failure, settle, success, turns } from "../support/settle.js";
import { testBaseUrl, testCaller, testToken } from "../support/test-caller.js";

const { read, keyed, absolute, unsafe } = sampleOperations;
const thing = { id: "thing_1" };
const throwing = () => {
  throw new Error("no");
};
const pass: Middleware = (request, next) => next(request);

/** A call of `operation` through middleware and a scripted network. */
function story(
  operation: Operation,
  middleware: Middleware[],
  steps: Step[],
  options: KeyedCallOptions = {},
  client: Omit<ClientOptions, "runtime"> = {},
) {
  const fetch = scriptedFetch(...steps);
  const test = testCaller(fetch, { middleware, ...client });
  const start = () => test.caller.call<unknown>(operation, inputFor(operation), options);
  return { ...test, fetch, start };
}

describe("middleware", () => {
  test("wraps each attempt, the outermost first, inside the retry loop", async () => {
    const log: string[] = [];
    const named = (name: string): Middleware => {
      return async (request, next) => {
        log.push(`${name} ${request.attempt}`);
        const response = await next(request);
        log.push(`${name} ${response.status}`);
        return response;
      };
    };
    const { start, clock } = story(read, [named("a"), named("b")], [status(503), json(thing)]);
    expect(await success(clock, start())).toEqual(thing);
    expect(log).toEqual(["a 1", "b 1", "b 503", "a 503", "a 2", "b 2", "b 200", "a 200"]);
  });

  test("gets a copy of the body's bytes, so that writing to the copy changes no attempt", async () => {
    const overwrite: Middleware = (request, next) => {
      const response = next(request);
      (request.body as Uint8Array).fill(0);
      return response;
    };
    const first: Middleware = (request, next) => next({ ...request, body: new Uint8Array([1, 2, 3]) });
    const { start, clock, fetch } = story(keyed, [first, overwrite], [status(503), json(thing)]);
    expect(await success(clock, start())).toEqual(thing);
    expect(fetch.requests.map(({ init }) => [...(init.body as Uint8Array)])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test("receives a UsageError when the token function fails, and nothing was sent", async () => {
    let received: unknown;
    const watch: Middleware = (request, next) =>
      next(request).catch((error: unknown) => {
        received = error;
        throw error;
      });
    const token = () => Promise.reject(new Error("vault is down"));
    const { start, clock, fetch } = story(read, [watch], [], {}, { token });
    await failure(clock, start());
    expect(received).toMatchObject({ name: "UsageError", field: "options.token", attempts: 0 });
    expect(fetch.requests).toHaveLength(0);
  });

  test("receives an error that names the host to which it sent the request", async () => {
    let message = "";
    const move: Middleware = (request, next) =>
      next({ ...request, url: "https://gateway.test/v" }).catch((error: Error) => {
        message = error.message;
        throw error;
      });
    const { start, clock } = story(read, [move], [reset(), reset(), reset()]);
    await failure(clock, start());
    expect(message).toContain("ECONNRESET gateway.test");
  });

  test("sees the request as a plain object, without the token", async () => {
    let seen: MiddlewareRequest | undefined;
    const { start, clock, fetch } = story(
      keyed,
      [
        pass,
        (request, next) => {
          seen = request;
          return next(request);
        },
      ],
      [json(thing)],
      {
        idempotencyKey: "k1",
        headers: { "X-Trace": "7" },
      },
    );
    await success(clock, start());
    const { signal, ...plain } = seen as MiddlewareRequest;
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(plain).toEqual({
      url: `${testBaseUrl}/v/things`,
      method: "POST",
      headers: expect.objectContaining({ "x-trace": "7", "idempotency-key": "k1", "content-type": "application/json" }),
      body: JSON.stringify(inputFor(keyed).body),
      operation: "things.buy",
      attempt: 1,
    });
    expect(inspect(seen, { depth: 9 })).not.toContain(testToken);
    expect(fetch.requests[0]?.headers.authorization).toBe(`Bearer ${testToken}`);
  });

  test("may pass on other headers, and each attempt starts with the headers of the call", async () => {
    const sign: Middleware = (request, next) =>
      next({ ...request, headers: { ...request.headers, "X-Signature": `s${request.attempt}` } });
    const { start, clock, fetch } = story(keyed, [sign], [reset(), json(thing)]);
    await success(clock, start());
    expect(fetch.requests.map(({ headers }) => headers["x-signature"])).toEqual(["s1", "s2"]);
    const keys = fetch.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(1);
  });

  test.each([
    ["https://gateway.test/v/things/thing_1", undefined],
    [`${testBaseUrl}/other/path`, `Bearer ${testToken}`],
    ["https://api.test:8443/v/things", undefined],
    ["http://api.test/v/things", undefined],
  ])("that sends to %s gets the token added only for the client's origin", async (url, authorization) => {
    const { start, clock, fetch } = story(read, [(request, next) => next({ ...request, url })], [json(thing)]);
    await success(clock, start());
    expect(fetch.requests[0]?.url).toBe(url);
    expect(fetch.requests[0]?.headers.authorization).toBe(authorization);
  });

  test("can read the body of a response, and the caller still gets it", async () => {
    const bodies: unknown[] = [];
    const logger: Middleware = async (request, next) => {
      const response = await next(request);
      bodies.push(await response.json());
      return response;
    };
    const { start, clock } = story(read, [logger, logger], [json(thing)]);
    expect(await success(clock, start())).toEqual(thing);
    expect(bodies).toEqual([thing, thing]);
  });

  test("sees error bodies without the token", async () => {
    let seen = "";
    const logger: Middleware = async (request, next) => {
      const response = await next(request);
      seen = (await response.text()) + inspect([...response.headers]);
      return response;
    };
    const quoting: Step = json({ error: { type: "x", message: `bad ${testToken}` } }, 403, { "x-echo": testToken });
    const { start, clock } = story(read, [logger], [quoting]);
    await failure(clock, start());
    expect(seen).toContain("[token]");
    expect(seen).not.toContain(testToken);
  });

  test.each([
    ["the same bytes", Uint8Array.of(1, 2), Uint8Array.of(1, 2), undefined],
    ["other bytes", Uint8Array.of(1, 2), Uint8Array.of(1, 3), "changed the URL or the body"],
    ["fewer bytes", Uint8Array.of(1, 2), Uint8Array.of(1), "changed the URL or the body"],
    ["more bytes", Uint8Array.of(1), Uint8Array.of(1, 2), "changed the URL or the body"],
    ["no bytes in place of an empty text", "", new Uint8Array(), "changed the URL or the body"],
    ["an empty text in place of no bytes", new Uint8Array(), "", "changed the URL or the body"],
    ["nothing in place of no bytes", new Uint8Array(), undefined, "changed the URL or the body"],
    ["no bytes in place of nothing", undefined, new Uint8Array(), "changed the URL or the body"],
  ])("repeats a write with a body of %s", async (_, first, second, message) => {
    const middleware: Middleware = (request, next) =>
      next({ ...request, body: request.attempt === 1 ? first : second });
    const { start, clock, fetch } = story(keyed, [middleware], [reset(), json(thing)]);
    const end = await settle(clock, start());
    if (message === undefined) expect(end).toEqual({ value: thing });
    else expect(String((end as { error: unknown }).error)).toContain(message);
    expect(fetch.requests).toHaveLength(message === undefined ? 2 : 1);
  });

  test("can change a response, and a response of its own is read once", async () => {
    const changed: Middleware = async (request, next) => {
      await next(request);
      return Response.json({ id: "changed" });
    };
    const { start, clock } = story(read, [changed], [json(thing)]);
    expect(await success(clock, start())).toEqual({ id: "changed" });
  });
});

describe("middleware that responds without next", () => {
  test("sends nothing, and attempts is 0", async () => {
    const { start, clock, fetch, events } = story(keyed, [async () => Response.json(thing)], []);
    const result = await success(clock, start().withResponse());
    expect(result).toMatchObject({ data: thing, attempts: 0 });
    expect(fetch.requests).toHaveLength(0);
    expect(events.map(({ type }) => type)).toEqual(["success"]);
  });

  test("does not use up the caller's key, which stays free for another body", async () => {
    const cached = story(keyed, [async () => new Response("", { status: 404 })], [], { idempotencyKey: "k1" });
    await failure(cached.clock, cached.start());
    const other = cached.caller.call(keyed, { body: { name: "two" } }, { idempotencyKey: "k1" });
    expect(await failure(cached.clock, other)).toMatchObject({ name: "ApiError", status: 404 });
  });

  test.each([keyed, unsafe, absolute, read])("is never ambiguous: $name", async (operation) => {
    for (const response of [() => new Response("", { status: 500 }), () => new Response("not JSON")]) {
      const { start, clock } = story(operation, [async () => response()], []);
      expect(await failure(clock, start())).toMatchObject({ ambiguous: false, attempts: 0 });
    }
  });

  test("cannot turn a deletion whose outcome is unknown into a success with a 404 of its own", async () => {
    const middleware: Middleware = async (request, next) =>
      request.attempt === 1
        ? next(request)
        : Response.json({ error: { type: "not_found", message: "gone" } }, { status: 404 });
    const { start, clock } = story(sampleDelete, [middleware], [reset()]);
    expect(await failure(clock, start())).toMatchObject({ name: "ApiError", status: 404, ambiguous: true });
  });

  test("does not lead to another call of the token function when it responds with 401", async () => {
    const token = vi.fn(() => testToken);
    const { start, clock } = story(read, [async () => new Response("", { status: 401 })], [], {}, { token });
    expect(await failure(clock, start())).toMatchObject({ status: 401, attempts: 0 });
    expect(token).not.toHaveBeenCalled();
  });
});

describe("a forbidden change", () => {
  const invalidUrl = "passed a url that is not an http: or https: URL without credentials";
  const changedKey = "must not change the idempotency-key header";
  const assign = (request: MiddlewareRequest, headers: object) => {
    Object.assign(request.headers, headers);
    return request;
  };
  const throwToken = () => {
    throw new Error(testToken);
  };
  const changes: [string, (request: MiddlewareRequest) => unknown, message?: string][] = [
    ["the method", (request) => ({ ...request, method: "PUT" }), "must not change the request's method"],
    [
      "the operation",
      (request) => ({ ...request, operation: "things.other" }),
      "must not change the request's operation",
    ],
    ["the attempt", (request) => ({ ...request, attempt: 7 }), "must not change the request's attempt"],
    [
      "the signal",
      (request) => ({ ...request, signal: new AbortController().signal }),
      "must not change the request's signal",
    ],
    [
      "the key",
      ({ headers, ...request }) => ({ ...request, headers: { ...headers, "idempotency-key": "other" } }),
      changedKey,
    ],
    [
      "the key in capitals",
      ({ headers, ...rest }) => ({ ...rest, headers: { ...headers, "Idempotency-Key": "other" } }),
    ],
    ["the key in the very object", (request) => assign(request, { "idempotency-key": "other" }), changedKey],
    ["the method in the very object", (request) => Object.assign(request, { method: "PUT" })],
    ["the attempt in the very object", (request) => Object.assign(request, { attempt: 7 })],
    [
      "headers that cannot be read",
      (request) => ({ ...request, headers: Object.defineProperty({}, "a", { enumerable: true, get: throwToken }) }),
      "passed invalid headers: they cannot be read",
    ],
    ["a missing key", (request) => ({ ...request, headers: { accept: "application/json" } }), changedKey],
    ["authorization", ({ headers, ...rest }) => ({ ...rest, headers: { ...headers, authorization: "Basic x" } })],
    ["content-length", ({ headers, ...rest }) => ({ ...rest, headers: { ...headers, "content-length": "1" } })],
    [
      "a header with a line break",
      ({ headers, ...rest }) => ({ ...rest, headers: { ...headers, a: "b\nc" } }),
      "passed invalid headers: headers: contains a value that is not a string of printable Latin-1 characters",
    ],
    ["headers as Headers", (request) => ({ ...request, headers: new Headers(request.headers) })],
    ["a URL of another scheme", (request) => ({ ...request, url: "file:///etc/hosts" }), invalidUrl],
    ["a scheme that only ends like http", (request) => ({ ...request, url: "xhttp://api.test" }), invalidUrl],
    ["a relative URL", (request) => ({ ...request, url: "/v/things" }), invalidUrl],
    ["a URL object", (request) => ({ ...request, url: new URL(request.url) }), invalidUrl],
    ["a URL with a password", (request) => ({ ...request, url: "https://a:b@api.test/v/things" }), invalidUrl],
    ["a URL with a user", (request) => ({ ...request, url: "https://a@api.test/v/things" }), invalidUrl],
    ["a body that is an object", (request) => ({ ...request, body: { name: "one" } }), "passed an invalid body"],
    ["an unknown member", (request) => ({ ...request, json: {} }), 'passed a request with an unknown member "json"'],
    ["no request", () => undefined, "must pass a request to next"],
    ["a Request", ({ url }) => new Request(url), "must pass a request to next"],
  ];

  test.each(changes)("of %s is a UsageError, and nothing is sent", async (_, change, message = "") => {
    const middleware: Middleware = (request, next) => next(change(request) as MiddlewareRequest);
    const { start, clock, fetch } = story(keyed, [pass, middleware], []);
    const error = await failure(clock, start());
    expect(error).toMatchObject({ name: "UsageError", field: "options.middleware[1]", attempts: 0, ambiguous: false });
    expect((error as Error).message).toContain(`POST /v/things: options.middleware[1]: ${message}`);
    expect(inspect(error)).not.toContain(testToken);
    expect(fetch.requests).toHaveLength(0);
  });

  test("to a request that was already passed on changes neither that request nor the outer middleware's", async () => {
    const outer: Middleware = async (request, next) => {
      await next(request).catch(() => undefined);
      return next(request);
    };
    const inner: Middleware = (request, next) => {
      const sent = next(request);
      Object.assign(request, { url: "https://else.test/" });
      assign(request, { "idempotency-key": "other" });
      return sent;
    };
    const { start, clock, fetch } = story(keyed, [outer, inner], [reset(), json(thing)], {
      idempotencyKey: "own",
    });
    expect(await success(clock, start())).toEqual(thing);
    expect(fetch.requests.map(({ url, headers }) => [url, headers["idempotency-key"]])).toEqual(
      Array(2).fill([`${testBaseUrl}/v/things`, "own"]),
    );
  });

  test("that adds a body to a GET is a UsageError", async () => {
    const { start, clock } = story(read, [(request, next) => next({ ...request, body: "{}" })], []);
    const error = await failure(clock, start());
    expect(error).toHaveProperty("message", "GET /v/things/{id}: options.middleware[0]: passed an invalid body");
  });

  test("ends the call even when the middleware catches the error", async () => {
    const hiding: Middleware = (request, next) => next({ ...request, method: "PUT" }).catch(() => Response.json(thing));
    const { start, clock, fetch } = story(keyed, [hiding], []);
    expect(await failure(clock, start())).toMatchObject({ name: "UsageError", attempts: 0 });
    expect(fetch.requests).toHaveLength(0);
  });

  test.each([keyed, absolute, sampleDelete])(
    "of the URL or the body of a write between two attempts is not sent: $name",
    async (operation) => {
      for (const change of [{ url: `${testBaseUrl}/v/other` }, { body: '{"n":2}' }]) {
        const middleware: Middleware = (request, next) =>
          next(request.attempt === 1 ? request : { ...request, ...change });
        const { start, clock, fetch } = story(operation, [middleware], [reset(), json(thing)]);
        const error = await failure(clock, start());
        expect(error).toMatchObject({ name: "UsageError", ambiguous: true, attempts: 1 });
        expect((error as Error).message).toContain(
          "options.middleware: changed the URL or the body of a write since its previous attempt",
        );
        expect(fetch.requests).toHaveLength(1);
      }
    },
  );

  test("of the URL of a read between two attempts is allowed", async () => {
    const middleware: Middleware = (request, next) =>
      next({ ...request, url: `${request.url}?attempt=${request.attempt}` });
    const { start, clock, fetch } = story(read, [middleware], [reset(), json(thing)]);
    await success(clock, start());
    expect(fetch.requests.map(({ url }) => url.slice(-1))).toEqual(["1", "2"]);
  });
});

describe("a second next", () => {
  const twice: Middleware = async (request, next) => {
    await next(request).catch(() => undefined);
    return next(request);
  };

  test.each([read, keyed, absolute])("is allowed where a repeat is safe: $name", async (operation) => {
    const { start, clock, fetch } = story(operation, [twice], [reset(), json(thing)]);
    expect(await success(clock, start().withResponse())).toMatchObject({ data: thing, attempts: 2 });
    expect(fetch.requests).toHaveLength(2);
  });

  test.each([
    ["applied", json(thing)],
    ["reset", reset()],
    ["a 500", status(500)],
  ])("of an unsafe write is not sent, and the call is ambiguous: first %s", async (_, first) => {
    const { start, clock, fetch } = story(unsafe, [twice], [first, json(thing)]);
    const error = await failure(clock, start());
    expect(error).toMatchObject({ name: "UsageError", ambiguous: true, attempts: 1, operation: "things.create" });
    expect((error as Error).message).toContain("called next twice for a write that may be applied twice");
    expect(fetch.requests).toHaveLength(1);
  });

  test("at the same time as the first is not sent either", async () => {
    const atOnce: Middleware = async (request, next) =>
      (await Promise.allSettled([next(request), next(request)])) && next(request);
    const { start, clock, fetch } = story(unsafe, [pass, atOnce], [json(thing)], {}, { token: async () => testToken });
    expect(await failure(clock, start())).toMatchObject({ name: "UsageError", ambiguous: true });
    expect(fetch.requests).toHaveLength(1);
  });

  test.each([
    ["all of its requests, when one of them may have been processed", [reset(), refused()], undefined, true],
    ["each of its requests, when none was processed", [refused(), status(429)], undefined, false],
    ["a later request, when the response to the first is returned", [status(422), status(500)], 0, true],
    ["the last request, when its response is returned", [status(429), status(500)], 1, true],
  ])("makes the call ambiguous or not, depending on %s", async (_, steps, returned, ambiguous) => {
    const middleware: Middleware = async (request, next) => {
      const first = await next(request).catch((error: unknown) => error);
      const second = next(request);
      return returned === 0 ? (await second) && (first as Response) : second;
    };
    const { start, clock } = story(keyed, [middleware], steps, { maxRetries: 0 });
    expect(await failure(clock, start())).toMatchObject({ attempts: 2, ambiguous });
  });

  test.each([
    ["after an unknown outcome among several is a success", [refused(), reset()], { value: undefined }],
    ["when nothing was processed is an error", [refused(), status(429)], { error: { status: 404, ambiguous: false } }],
  ])("of a deletion that finds nothing %s", async (_, steps, end) => {
    const thrice: Middleware = async (request, next) => {
      for (let i = 0; i < 2; i++) await next(request).catch(() => undefined);
      return next(request);
    };
    const { start, clock } = story(sampleDelete, [thrice], [...steps, status(404, {}, "not_found")]);
    expect(await settle(clock, start())).toMatchObject(end);
  });

  test("that succeeds gives half a retry back; a response that middleware makes after a failure gives none back", async () => {
    const middleware: Middleware = async (request, next) => {
      const response = await next(request);
      if (request.url.endsWith("stale")) return Response.json(thing);
      return request.url.endsWith("twice") ? next(request) : response;
    };
    const sent = new Map<string, number>();
    const fetch = async (url: string) => {
      sent.set(url, (sent.get(url) ?? 0) + 1);
      const succeeds = url.endsWith("twice") && sent.get(url) === 2;
      return Response.json(thing, { status: succeeds ? 200 : 500 });
    };
    const { caller, clock } = testCaller(fetch, { middleware: [middleware] });
    const call = (id: string) => settle(clock, caller.call(read, { path: { id } }));
    for (let i = 0; i < 51; i++) await call("x");
    for (const id of ["a-stale", "b-stale"]) expect(await call(id)).toEqual({ value: thing });
    expect(await call("x")).toMatchObject({ error: { attempts: 1 } });
    for (const id of ["a-twice", "b-twice"]) expect(await call(id)).toEqual({ value: thing });
    expect(await call("x")).toMatchObject({ error: { attempts: 2 } });
  });

  test.each([keyed, absolute])("at the same time is ambiguous when only one was not sent: $name", async (operation) => {
    const atOnce: Middleware = (request, next) => Promise.any([next(request), next(request)]);
    const { start, clock, fetch } = story(operation, [atOnce], [stall(), unsent()], { maxRetries: 0 });
    expect(await failure(clock, start())).toMatchObject({ name: "TimeoutError", attempts: 2, ambiguous: true });
    expect(fetch.requests).toHaveLength(2);
  });

  test("that was never sent leaves nothing uncertain when the first request was refused", async () => {
    const { start, clock, fetch } = story(keyed, [twice], [status(400), unsent()], { maxRetries: 0 });
    expect(await failure(clock, start())).toMatchObject({ name: "TimeoutError", attempts: 2, ambiguous: false });
    expect(fetch.requests).toHaveLength(2);
  });

  test("that was never sent fails with an ambiguous error while the first request is still in progress", async () => {
    const seen: unknown[] = [];
    const atOnce: Middleware = async (request, next) => {
      const first = next(request);
      seen.push(await next(request).catch((error: unknown) => error));
      return first;
    };
    const { start, clock } = story(keyed, [atOnce], [stall(), refused()], { maxRetries: 0 });
    expect(await failure(clock, start())).toMatchObject({ name: "TimeoutError", ambiguous: true });
    expect(seen).toMatchObject([{ name: "ConnectionError", ambiguous: true }]);
  });

  test("of a deletion that finds nothing after an unknown outcome is a success", async () => {
    const { start, clock } = story(sampleDelete, [twice], [reset(), status(404, {}, "not_found")]);
    expect(await success(clock, start())).toBeUndefined();
  });

  test("after the attempt has ended sends nothing", async () => {
    let late: Next | undefined;
    let request: MiddlewareRequest | undefined;
    const keeping: Middleware = async (given, next) => {
      [request, late] = [given, next];
      return Response.json(thing);
    };
    const { start, clock, fetch } = story(read, [keeping], []);
    await success(clock, start());
    await expect(late?.(request as MiddlewareRequest)).rejects.toMatchObject({
      message: "called next after the attempt had ended",
      field: "options.middleware[0]",
      why: "usage",
    });
    expect(fetch.requests).toHaveLength(0);
  });
});

describe("middleware that fails", () => {
  const broken = new Error(`no disk, ${testToken}`);

  test.each([read, keyed, absolute, unsafe])("before next ends the call without a retry: $name", async (operation) => {
    const middleware = vi.fn<Middleware>(async () => {
      throw broken;
    });
    const { start, clock, fetch } = story(operation, [pass, middleware], []);
    const error = await failure(clock, start());
    expect(error).toMatchObject({ name: "UsageError", field: "options.middleware[1]", attempts: 0, ambiguous: false });
    expect(error).toHaveProperty("cause.message", "no disk, [token]");
    expect((error as Error).message).toContain("options.middleware[1]: failed before it called next");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(testToken);
    expect(middleware).toHaveBeenCalledTimes(1);
    expect(fetch.requests).toHaveLength(0);
  });

  test("before next keeps the name and the stack of its error as the cause, without the token", async () => {
    const failed = Object.assign(new RangeError("too far"), { stack: `RangeError at disk.ts:7 ${testToken}` });
    const { start, clock } = story(read, [() => Promise.reject(failed)], []);
    const error = await failure(clock, start());
    expect(error).toMatchObject({ cause: { name: "RangeError", stack: "RangeError at disk.ts:7 [token]" } });
  });

  test("after next throws its own error to the middleware around it", async () => {
    const inner: Middleware = async (request, next) => {
      await next(request);
      throw broken;
    };
    let caught: unknown;
    const outer: Middleware = (request, next) =>
      next(request).catch((error: unknown) => {
        caught = error;
        return Response.json({ id: "from a cache" });
      });
    const { start, clock } = story(read, [outer, inner], [json(thing)]);
    expect(await success(clock, start())).toEqual({ id: "from a cache" });
    expect(caught).toBe(broken);
  });

  test("before next in a later attempt keeps the outcome of the earlier attempt", async () => {
    const middleware: Middleware = async (request, next) => {
      if (request.attempt > 1) throw broken;
      return next(request);
    };
    const { start, clock } = story(keyed, [middleware], [reset()]);
    expect(await failure(clock, start())).toMatchObject({ name: "UsageError", attempts: 1, ambiguous: true });
  });

  test("with a synchronous throw of something that is not an Error ends the call with a UsageError", async () => {
    for (const thrown of ["text", undefined, null, Object.create(null)]) {
      const middleware: Middleware = () => {
        throw thrown;
      };
      const { start, clock } = story(read, [middleware], []);
      expect(await failure(clock, start())).toMatchObject({
        name: "UsageError",
        attempts: 0,
        cause: { name: "Error", message: "not an Error" },
      });
    }
  });

  test.each<[string, () => unknown]>([
    ["whose message cannot be read", () => Object.defineProperty(new Error(), "message", { get: throwing })],
    ["whose message is no text", () => Object.assign(new Error(), { message: Object.create(null) })],
    ["of which nothing can be read", () => new Proxy({}, { get: throwing, getPrototypeOf: throwing })],
  ])("before next with an error %s ends the call without a retry", async (_, thrown) => {
    const middleware: Middleware = async () => {
      throw thrown();
    };
    const { start, clock } = story(keyed, [middleware], []);
    expect(await failure(clock, start())).toMatchObject({
      name: "UsageError",
      field: "options.middleware[0]",
      attempts: 0,
      cause: { message: "an error that cannot be read" },
    });
  });

  test("after next does not change the result: the response of the request counts", async () => {
    const middleware: Middleware = async (request, next) => {
      await next(request);
      throw broken;
    };
    const { start, clock, fetch } = story(unsafe, [middleware], [json(thing, 201)]);
    expect(await success(clock, start())).toEqual(thing);
    expect(fetch.requests).toHaveLength(1);
  });

  test("after next does not change the result: the failure of the request counts and is retried as usual", async () => {
    const middleware: Middleware = async (request, next) => {
      await next(request).catch(() => undefined);
      throw broken;
    };
    const retried = story(keyed, [middleware], [reset(), json(thing)]);
    expect(await success(retried.clock, retried.start())).toEqual(thing);
    const final = story(unsafe, [middleware], [reset()]);
    expect(await failure(final.clock, final.start())).toMatchObject({ name: "ConnectionError", ambiguous: true });
  });

  test("sees an SfcError for a request that failed, without the token", async () => {
    const seen: unknown[] = [];
    const middleware: Middleware = (request, next) =>
      next(request).catch((error: unknown) => {
        seen.push(error);
        throw error;
      });
    const step: Step = () => Promise.reject(new Error(testToken));
    const { start, clock } = story(unsafe, [middleware], [step]);
    await failure(clock, start());
    expect(SfcError.is(seen[0])).toBe(true);
    expect(inspect(seen, { depth: 9 })).not.toContain(testToken);
  });

  test("while its request is sent waits for the outcome of that request", async () => {
    let respond: (response: Response) => void = () => undefined;
    const step: Step = () => new Promise((resolve) => (respond = resolve));
    const middleware: Middleware = async (request, next) => {
      void next(request).catch(() => undefined);
      await turns(1);
      throw broken;
    };
    const { start, clock } = story(unsafe, [middleware], [step]);
    const call = start();
    await turns(8);
    respond(Response.json(thing));
    expect(await success(clock, call)).toEqual(thing);
  });

  test("without an await on next leaves no unhandled rejection", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const floating: Middleware = async (request, next) => {
      void next(request);
      setTimeout(() => void next(request), 0);
      return Response.json(thing);
    };
    const { start, clock } = story(read, [pass, floating], [reset()]);
    expect(await success(clock, start())).toEqual(thing);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await turns();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  const partly = { status: 200, headers: new Headers(), text: async () => "{}" };

  test.each([
    undefined,
    null,
    7,
    "text",
    {},
    thing,
    { ...partly, status: "200" },
    { ...partly, headers: {} },
    { ...partly, headers: undefined },
    { ...partly, text: "{}" },
  ])("and returns %j causes a UsageError", async (returned) => {
    const { start, clock } = story(read, [async () => returned as unknown as Response], []);
    const error = await failure(clock, start());
    expect(error).toMatchObject({ name: "UsageError", field: "options.middleware[0]", attempts: 0 });
    expect((error as Error).message).toBe("GET /v/things/{id}: options.middleware[0]: must return a Response");
  });

  test("and returns no response after a write was applied makes the call ambiguous", async () => {
    const middleware: Middleware = async (request, next) => {
      await next(request);
      return undefined as unknown as Response;
    };
    const { start, clock } = story(unsafe, [middleware], [json(thing)]);
    expect(await failure(clock, start())).toMatchObject({ name: "UsageError", attempts: 1, ambiguous: true });
  });

  test("and returns a Response whose body never ends: the body is canceled after the timeout", async () => {
    let isCanceled = false;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await turns();
        controller.enqueue(Uint8Array.of(32));
      },
      cancel() {
        isCanceled = true;
      },
    });
    const { start, clock } = story(read, [async () => new Response(body)], [], { maxRetries: 0 });
    expect(await failure(clock, start())).toMatchObject({ name: "TimeoutError" });
    for (let turn = 0; turn < 20 && !isCanceled; turn++) await turns();
    expect(isCanceled).toBe(true);
  });

  test("and returns a Response whose body was already read causes a UsageError", async () => {
    const used: Middleware = async () => {
      const response = Response.json(thing);
      await response.text();
      return response;
    };
    const { start, clock } = story(read, [used], []);
    expect(await failure(clock, start())).toMatchObject({
      name: "UsageError",
      field: "options.middleware",
      message:
        "GET /v/things/{id}: options.middleware: returned a Response whose body cannot be read, or was read before",
    });
  });

  test("cannot turn a failed write into a success", async () => {
    const faking: Middleware = (request, next) => next(request).catch(() => Response.json(thing));
    const write = story(unsafe, [faking], [reset()]);
    expect(await failure(write.clock, write.start())).toMatchObject({ name: "ConnectionError", ambiguous: true });
    const stale = story(read, [faking], [reset()]);
    expect(await success(stale.clock, stale.start().withResponse())).toMatchObject({ data: thing, attempts: 1 });
  });

  test("and replaces the success of a write with an error makes the call ambiguous, and it is not retried", async () => {
    const middleware: Middleware = async (request, next) => {
      await next(request);
      return new Response("", { status: 503 });
    };
    const { start, clock, fetch } = story(unsafe, [middleware], [json(thing)]);
    expect(await failure(clock, start())).toMatchObject({ name: "ApiError", status: 503, ambiguous: true });
    expect(fetch.requests).toHaveLength(1);
  });
});

describe("middleware that never settles", () => {
  test("before next is ended by the timeout, and nothing is sent", async () => {
    const { start, clock, fetch } = story(unsafe, [() => new Promise(() => undefined)], [], { maxRetries: 0 });
    expect(await failure(clock, start())).toMatchObject({ name: "TimeoutError", attempts: 0, ambiguous: false });
    expect(fetch.requests).toHaveLength(0);
  });

  test.each([
    ["after a response", json(thing)],
    ["while the request stalls", stall()],
    ["while a fetch ignores its signal", deafStall()],
  ])("%s is ended by the timeout with an ambiguous error", async (_, step) => {
    const middleware: Middleware = async (request, next) => {
      await next(request).catch(() => undefined);
      return new Promise(() => undefined);
    };
    const { start, clock } = story(unsafe, [middleware], [step]);
    expect(await failure(clock, start())).toMatchObject({ name: "TimeoutError", attempts: 1, ambiguous: true });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("and then calls next sends nothing", async () => {
    const controller = new AbortController();
    let go: () => void = () => undefined;
    const middleware: Middleware = async (request, next) => {
      await new Promise<void>((resolve) => (go = resolve));
      return next(request);
    };
    const { start, clock, fetch } = story(unsafe, [middleware], [], { signal: controller.signal });
    const call = settle(clock, start());
    await turns(2);
    controller.abort();
    expect(await call).toMatchObject({ error: { name: "AbortError", attempts: 0, ambiguous: false } });
    go();
    await turns();
    expect(fetch.requests).toHaveLength(0);
  });
});

describe("what was certainly not sent", () => {
  test("is retried through middleware, whatever the operation", async () => {
    const { start, clock } = story(unsafe, [pass], [refused(), json(thing)]);
    expect(await success(clock, start().withResponse())).toMatchObject({ data: thing, attempts: 2 });
  });

  test("a failing token function is reported as such, and not as a failure of middleware", async () => {
    const token = () => Promise.reject(new Error("vault"));
    const { start, clock } = story(read, [pass], [], {}, { token });
    expect(await failure(clock, start())).toMatchObject({ name: "UsageError", field: "options.token", attempts: 0 });
  });
});

describe("the option", () => {
  test.each([{}, "f", () => undefined, [pass, "f"], [undefined]])(
    "is refused unless it is an array of functions: %j",
    (middleware) => {
      expect(() => testCaller(scriptedFetch(), { middleware: middleware as unknown as Middleware[] })).toThrow(
        UsageError,
      );
    },
  );

  test("is read once, so that later changes of the list have no effect", async () => {
    const list: Middleware[] = [];
    const { start, clock, fetch } = story(read, list, [json(thing)]);
    list.push(async () => Response.json({ id: "other" }));
    expect(await success(clock, start())).toEqual(thing);
    expect(fetch.requests).toHaveLength(1);
  });
});
