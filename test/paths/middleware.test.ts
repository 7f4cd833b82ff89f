import { describe, expect, test } from "vitest";
import { type Middleware, wrapAsPathBasedClient } from "../../src/paths.js";
import { countingSignal } from "../support/counting-signal.js";
import {
  always,
  contradicting,
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
import { failure, success, turns } from "../support/settle.js";
import { testBaseUrl } from "../support/test-caller.js";
import { testPathClient } from "../support/test-path-client.js";

const orders = "/preview/v2/orders";
const instances = "/preview/v2/instances";
const me = "/preview/v2/me";
const order = { side: "buy", pool: "pool_1" };
const placed = json({ id: "ordr_1" }, 201);
const account = json({ object: "account" });

describe("the request that middleware gets", () => {
  test("is a Request whose clones each have the body and the signal", async () => {
    const seen: unknown[] = [];
    const { client, ending } = testPathClient(scriptedFetch(placed));
    client.use({
      onRequest: async ({ request }) => {
        expect(request).toBeInstanceOf(Request);
        expect(request.signal.aborted).toBe(false);
        expect(request.headers.get("content-type")).toBe("application/json");
        seen.push(await request.clone().json(), await request.clone().text());
        seen.push(new TextDecoder().decode(await request.clone().arrayBuffer()));
        seen.push(await new Request(request.clone()).json());
      },
    });
    expect(await ending("POST", orders, { body: order })).toMatchObject({ value: { data: { id: "ordr_1" } } });
    expect(seen).toEqual([order, JSON.stringify(order), JSON.stringify(order), order]);
  });

  test("follows the caller's signal, and the call does too", async () => {
    const controller = new AbortController();
    const { client, request, clock } = testPathClient(always(stall()));
    const requests: Request[] = [];
    client.use({ onRequest: ({ request }) => void requests.push(request) });
    const call = request("GET", me, { signal: controller.signal });
    clock.setTimeout(() => controller.abort(), 5);
    expect(await failure(clock, call)).toMatchObject({ name: "AbortError" });
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  test("leaves no listener on a signal that many calls share", async () => {
    const { signal, listeners, mostListeners } = countingSignal();
    const { client, ending } = testPathClient(always(account));
    client.use({ onRequest: ({ request }) => new Request(request) });
    for (let i = 0; i < 20; i++) await ending("GET", me, { signal });
    expect(mostListeners()).toBe(1);
    expect(listeners()).toBe(0);
  });

  test("is aborted from the start when the caller's signal is aborted", async () => {
    const seen: unknown[] = [];
    const { client, ending } = testPathClient(scriptedFetch());
    client.use({ onRequest: ({ request }) => void seen.push(request.signal.aborted, request.signal.reason) });
    const reason = new Error("the caller's own");
    expect(await ending("GET", me, { signal: AbortSignal.abort(reason) })).toMatchObject({
      error: { name: "AbortError" },
    });
    expect(seen).toEqual([true, reason]);
  });

  test("is also passed to the middleware of one call, with the path and params", async () => {
    const seen: unknown[] = [];
    const middleware: Middleware = {
      onRequest: ({ schemaPath, params, request, options }) => {
        seen.push(schemaPath, params.path, request instanceof Request, options.baseUrl);
      },
    };
    const { ending } = testPathClient(scriptedFetch(json({ id: "inst_1" })));
    await ending("GET", `${instances}/{id}`, { params: { path: { id: "inst_1" } }, middleware: [middleware] });
    expect(seen).toEqual([`${instances}/{id}`, { id: "inst_1" }, true, testBaseUrl]);
  });

  test("is no longer passed to middleware that was ejected", async () => {
    const { client, ending } = testPathClient(always(account));
    let calls = 0;
    const middleware: Middleware = { onRequest: () => void calls++ };
    client.use(middleware);
    await ending("GET", me);
    client.eject(middleware);
    await ending("GET", me);
    expect(calls).toBe(1);
  });
});

describe("a request that middleware changes", () => {
  test.each<[string, Middleware["onRequest"]]>([
    ["in place", ({ request }) => void request.headers.set("x-trace", "7")],
    [
      "and returns",
      ({ request }) => {
        request.headers.set("x-trace", "7");
        return request;
      },
    ],
    [
      "by making another of it",
      ({ request }) => new Request(request, { headers: { ...Object.fromEntries(request.headers), "x-trace": "7" } }),
    ],
    [
      "by making another from its parts",
      async ({ request }) => {
        const { url, method, headers } = request;
        return new Request(url, { method, headers: [...headers, ["x-trace", "7"]], body: await request.text() });
      },
    ],
    ["from a clone", ({ request }) => new Request(request.clone(), { headers: { "x-trace": "7" } })],
  ])("%s is sent with one key on every attempt", async (_, onRequest) => {
    const fetch = scriptedFetch(status(503), reset(), placed);
    const { client, ending } = testPathClient(fetch);
    client.use({ onRequest } as Middleware);
    const ended = await ending("POST", orders, { body: order, idempotencyKey: "order-1" });
    expect(ended).toMatchObject({ value: { data: { id: "ordr_1" } } });
    for (const { url, headers, body, method } of fetch.requests) {
      expect({ url, method }).toEqual({ url: testBaseUrl + orders, method: "POST" });
      expect(headers).toMatchObject({ "x-trace": "7", "idempotency-key": "order-1" });
      expect(JSON.parse(body ?? "")).toEqual(order);
    }
    expect(fetch.requests).toHaveLength(3);
  });

  test("to another path is treated as that path", async () => {
    const fetch = scriptedFetch(placed);
    const { client, ending } = testPathClient(fetch);
    client.use({ onRequest: ({ request }) => new Request(request.url.replace("/v3/", "/v2/"), request) });
    await ending("POST", "/preview/v3/orders", { body: order });
    expect(fetch.requests[0]?.headers).toMatchObject({ "idempotency-key": "key-1" });
  });

  test("can set options of fetch, which are passed on", async () => {
    const fetch = scriptedFetch(account);
    const { client, ending } = testPathClient(fetch);
    client.use({ onRequest: ({ request }) => new Request(request, { cache: "no-store", keepalive: true }) });
    await ending("GET", me);
    expect(fetch.requests[0]?.init).toMatchObject({ cache: "no-store", keepalive: true });
  });

  test("with a signal of its own ends with either", async () => {
    const controller = new AbortController();
    const { client, request, clock } = testPathClient(always(stall()));
    client.use({ onRequest: ({ request }) => new Request(request, { signal: controller.signal }) });
    clock.setTimeout(() => controller.abort(), 5);
    expect(await failure(clock, request("GET", me))).toMatchObject({ name: "AbortError" });
    const { signal, abort } = countingSignal();
    const second = request("GET", me, { signal });
    abort();
    expect(await failure(clock, second)).toMatchObject({ name: "AbortError" });
  });

  test.each<[string, Middleware["onRequest"]]>([
    ["set", ({ request }) => void request.headers.set("Authorization", "Bearer other_secret")],
    ["rebuilt", ({ request }) => new Request(request, { headers: { authorization: "Bearer other_secret" } })],
  ])("cannot add an Authorization header: %s", async (_, onRequest) => {
    const fetch = scriptedFetch();
    const { client, ending } = testPathClient(fetch);
    client.use({ onRequest } as Middleware);
    const ended = await ending("GET", me);
    expect(ended).toMatchObject({ error: { name: "UsageError", field: "options.headers", attempts: 0 } });
    expect(String((ended as { error: unknown }).error)).toMatch(/token/);
    expect(String((ended as { error: unknown }).error)).not.toContain("other_secret");
    expect(fetch.requests).toEqual([]);
  });

  test("cannot change the key of the call", async () => {
    const fetch = scriptedFetch();
    const { client, ending } = testPathClient(fetch);
    client.use({ onRequest: ({ request }) => void request.headers.set("idempotency-key", "order-2") });
    expect(await ending("POST", orders, { body: order, idempotencyKey: "order-1" })).toMatchObject({
      error: { name: "UsageError", field: "options.idempotencyKey" },
    });
    expect(fetch.requests).toEqual([]);
  });

  test("and that is invalid causes a UsageError, and nothing is sent", async () => {
    const { client, ending } = testPathClient(scriptedFetch());
    client.use({ onRequest: () => undefined });
    expect(await ending("GET", me, { mode: "navigate" })).toMatchObject({ error: { name: "UsageError" } });
  });
});

describe("middleware that sends again", () => {
  const again: Middleware = {
    onResponse: ({ request, response, options }) =>
      response.ok ? undefined : options.fetch(new Request(request, { headers: request.headers })),
  };

  test("uses the key of the call, so that it cannot buy twice", async () => {
    const fetch = scriptedFetch(status(503), placed);
    const { client, ending } = testPathClient(fetch, { maxRetries: 0 });
    client.use(again);
    expect(await ending("POST", orders, { body: order })).toMatchObject({ value: { data: { id: "ordr_1" } } });
    expect(fetch.requests.map(({ headers }) => headers["idempotency-key"])).toEqual(["key-1", "key-1"]);
  });

  test("may send the same request object, or a URL", async () => {
    const fetch = scriptedFetch(status(503), placed, account);
    const { client, ending } = testPathClient(fetch, { maxRetries: 0 });
    client.use({
      onResponse: async ({ request, response, options }) => {
        if (response.ok) return undefined;
        expect((await options.fetch(`${testBaseUrl}${me}`, { headers: { "x-trace": "7" } })).status).toBe(201);
        return options.fetch(request);
      },
    });
    expect(await ending("POST", orders, { body: order, idempotencyKey: "order-1" })).toHaveProperty("value");
    expect(fetch.requests.map(({ url }) => url.replace(testBaseUrl, ""))).toEqual([orders, me, orders]);
    expect(fetch.requests[2]?.headers["idempotency-key"]).toBe("order-1");
    expect(fetch.requests[1]?.headers).not.toHaveProperty("idempotency-key");
    expect(fetch.requests[2]?.body).toBe(JSON.stringify(order));
  });

  test("cannot use the key of the call for another body", async () => {
    const fetch = scriptedFetch(status(503));
    const { client, ending } = testPathClient(fetch, { maxRetries: 0 });
    client.use({
      onResponse: ({ request, options }) =>
        options.fetch(new Request(request, { body: JSON.stringify({ side: "sell" }) })),
    });
    expect(await ending("POST", orders, { body: order })).toMatchObject({
      error: { name: "UsageError", field: "options.idempotencyKey", ambiguous: true },
    });
    expect(fetch.requests).toHaveLength(1);
  });

  test.each([
    ["503", status(503)],
    ["201", json({ id: "inst_1" }, 201)],
    ["201 with ok: false", contradicting(json({ id: "inst_1" }, 201))],
  ])("cannot repeat a write that may have been applied: %s", async (_, step) => {
    const fetch = scriptedFetch(step);
    const { client, ending } = testPathClient(fetch);
    client.use({ onResponse: ({ request, options }) => options.fetch(request) });
    expect(await ending("POST", instances, { body: order })).toMatchObject({
      error: { name: "UsageError", ambiguous: true },
    });
    expect(fetch.requests).toHaveLength(1);
  });

  test("cannot repeat such a write after a broken connection either", async () => {
    const fetch = scriptedFetch(reset());
    const { client, ending } = testPathClient(fetch);
    client.use({ onError: ({ request, options }) => options.fetch(request) });
    expect(await ending("POST", instances, { body: order })).toMatchObject({
      error: {
        name: "UsageError",
        ambiguous: true,
        message: expect.stringContaining("It is uncertain whether the write was applied. Check with instances.list()"),
      },
    });
    expect(fetch.requests).toHaveLength(1);
  });

  test.each([
    ["401", status(401)],
    ["409", status(409)],
    ["a connection that was never made", refused()],
  ])("may repeat a write that was certainly not processed: %s", async (_, step) => {
    const fetch = scriptedFetch(step, json({ id: "inst_1" }, 201));
    const { client, ending } = testPathClient(fetch, { maxRetries: 0 });
    client.use({ ...again, onError: ({ request, options }) => options.fetch(request) });
    expect(await ending("POST", instances, { body: order })).toMatchObject({ value: { data: { id: "inst_1" } } });
    expect(fetch.requests).toHaveLength(2);
  });

  test("may repeat reads and writes of absolute values", async () => {
    const fetch = scriptedFetch(status(503), account);
    const { client, ending } = testPathClient(fetch, { maxRetries: 0 });
    client.use(again);
    expect(await ending("GET", me)).toMatchObject({ value: { data: { object: "account" } } });
  });
});

describe("middleware that returns its own response", () => {
  test("sends nothing", async () => {
    const fetch = scriptedFetch();
    const { client, ending, events } = testPathClient(fetch);
    client.use({ onRequest: () => Response.json({ object: "account" }) });
    expect(await ending("GET", me)).toMatchObject({ value: { data: { object: "account" } } });
    expect(fetch.requests).toEqual([]);
    expect(events).toEqual([]);
  });

  test("has access to the URL and the error of a response", async () => {
    const seen: unknown[] = [];
    const { client, ending } = testPathClient(scriptedFetch(refused(), account), { maxRetries: 0 });
    client.use({
      onError: ({ error }) => {
        seen.push((error as Error).name);
        return new Response(JSON.stringify({ error: { type: "offline" } }), { status: 503 });
      },
    });
    expect(await ending("GET", me)).toMatchObject({ value: { error: { error: { type: "offline" } } } });
    expect(seen).toEqual(["ConnectionError"]);
  });
});

describe("middleware that never settles", () => {
  const never = () => new Promise<never>(() => undefined);
  const hooks: [string, Middleware][] = [
    ["onRequest", { onRequest: never }],
    ["onResponse", { onResponse: never }],
    ["the body of its own response", { onRequest: () => new Response(new ReadableStream()) }],
  ];

  test.each(hooks)("ends with the call's deadline: %s", async (_, middleware) => {
    const { client, ending, clock } = testPathClient(always(account));
    client.use(middleware);
    expect(await ending("GET", me, { deadlineMs: 5_000 })).toMatchObject({
      error: { name: "TimeoutError", limit: "deadlineMs", operation: "account.me", ambiguous: false },
    });
    expect(clock.pendingTimers()).toBe(0);
  });

  test.each(hooks)("ends when the caller aborts, also as middleware of one call: %s", async (_, middleware) => {
    const controller = new AbortController();
    const { request, clock } = testPathClient(always(account));
    const call = request("GET", me, { signal: controller.signal, middleware: [middleware] });
    clock.setTimeout(() => controller.abort(), 5);
    expect(await failure(clock, call)).toMatchObject({ name: "AbortError", ambiguous: false });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("after a write leads to an error that states that it may have been applied, and how to find out", async () => {
    const { client, ending } = testPathClient(always(placed));
    client.use({ onResponse: never });
    const options = { body: order, deadlineMs: 5_000, idempotencyKey: "order-1" };
    expect(await ending("POST", orders, options)).toMatchObject({
      error: {
        name: "TimeoutError",
        ambiguous: true,
        attempts: 1,
        operation: "orders.create",
        idempotencyKey: "order-1",
        message: expect.stringContaining("Call again with the same idempotencyKey"),
      },
    });
  });

  test.each<[string, Step]>([
    ["a refusal", status(422)],
    ["a connection that was never made", refused()],
  ])("after %s leads to an error that states that the write was not applied", async (_, step) => {
    const fetch = scriptedFetch(step);
    const { client, ending } = testPathClient(fetch, { maxRetries: 0 });
    client.use({ onResponse: never, onError: never });
    expect(await ending("POST", instances, { body: order, deadlineMs: 5_000 })).toMatchObject({
      error: { name: "TimeoutError", ambiguous: false, attempts: 1, idempotencyKey: undefined },
    });
  });

  test.each<[string, Step, boolean]>([
    ["was sent", deafStall(), true],
    ["was not sent", unsent(), false],
  ])("ends a call during a write only when its outcome is known: the write %s", async (_, step, ambiguous) => {
    for (const deadlineMs of [5_000, 10_000]) {
      const controller = new AbortController();
      const { client, request, clock, events } = testPathClient(always(step), { maxRetries: 0 });
      client.use({ onError: never });
      const call = request("POST", instances, { body: order, deadlineMs, signal: controller.signal });
      clock.setTimeout(() => controller.abort(), 6_000);
      const name = deadlineMs > 6_000 ? "AbortError" : "TimeoutError";
      expect(await failure(clock, call)).toMatchObject({ name, ambiguous, attempts: 1 });
      expect(events.at(-1)).toMatchObject({ type: "error" });
    }
  });

  test("sends nothing when it continues after the end of the call", async () => {
    const fetch = always(placed);
    const { client, ending } = testPathClient(fetch);
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    client.use({ onRequest: () => gate });
    expect(await ending("POST", orders, { body: order, deadlineMs: 5_000 })).toMatchObject({
      error: { name: "TimeoutError", ambiguous: false, attempts: 0 },
    });
    goOn();
    await turns(10);
    expect(fetch.requests).toEqual([]);
  });
});

test("openapi-fetch's path-based client works with the path client", async () => {
  const { client, clock } = testPathClient(always(json({ id: "inst_1" })));
  const byPath = wrapAsPathBasedClient(client);
  const call = byPath["/preview/v2/instances/{id}"].GET({ params: { path: { id: "inst_1" } } });
  expect((await success(clock, call)).data?.id).toBe("inst_1");
});

test("methods work without their client as this", async () => {
  const { client, clock } = testPathClient(always(account));
  const { GET, request } = client;
  expect((await success(clock, GET(me))).data).toEqual({ object: "account" });
  expect((await success(clock, request("get", me))).data).toEqual({ object: "account" });
});
