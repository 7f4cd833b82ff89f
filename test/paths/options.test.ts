import { describe, expect, test, vi } from "vitest";
import type { PathClientOptions } from "../../src/paths.js";
import { always, json, reset, type Step, scriptedFetch, stall, status } from "../support/scripted-fetch.js";
import { testToken } from "../support/test-caller.js";
import { testPathClient } from "../support/test-path-client.js";

const orders = "/preview/v2/orders";
const me = "/preview/v2/me";
const order = { side: "buy", pool: "pool_1" };
const placed: Step = json({ id: "ordr_1" }, 201);
const account: Step = json({ object: "account" });

describe("idempotencyKey of one call by path", () => {
  test("is sent, on every attempt, so that a program that runs twice buys once", async () => {
    const fetch = scriptedFetch(reset(), placed, placed);
    const { ending } = testPathClient(fetch);
    for (let run = 0; run < 2; run++) await ending("POST", orders, { body: order, idempotencyKey: "order-1" });
    expect(fetch.requests.map(({ headers }) => headers["idempotency-key"])).toEqual(["order-1", "order-1", "order-1"]);
  });

  test("is refused for another body, by every method of the client", async () => {
    const fetch = scriptedFetch(placed);
    const { ending, client, clock } = testPathClient(fetch);
    await ending("POST", orders, { body: order, idempotencyKey: "order-1" });
    const sell = { ...order, side: "sell" };
    const refused = { error: { name: "UsageError", field: "options.idempotencyKey", attempts: 0 } };
    expect(await ending("POST", orders, { body: sell, idempotencyKey: "order-1" })).toMatchObject(refused);
    const post = client.POST as unknown as (path: string, init: object) => Promise<unknown>;
    await expect(post(orders, { body: sell, idempotencyKey: "order-1" })).rejects.toMatchObject(refused.error);
    await expect(post(orders, { body: sell, headers: { "Idempotency-Key": "order-1" } })).rejects.toMatchObject(
      refused.error,
    );
    expect(clock.pendingTimers()).toBe(0);
  });

  test("may be given as a header of the call in any form that openapi-fetch takes", async () => {
    const fetch = always(placed);
    const { ending } = testPathClient(fetch);
    const inits = [
      { headers: { "Idempotency-Key": "order-1" } },
      { headers: new Headers({ "idempotency-key": "order-1" }) },
      { headers: [["Idempotency-Key", "order-1"]] },
      { headers: new Map([["idempotency-key", "order-1"]]) },
      { params: { header: { "Idempotency-Key": "order-1" } } },
      { params: { header: new Headers({ "idempotency-key": "order-1" }) } },
      { idempotencyKey: "order-1", headers: { "Idempotency-Key": "order-1" } },
    ];
    for (const init of inits) expect(await ending("POST", orders, { body: order, ...init })).toHaveProperty("value");
    expect(fetch.requests.map(({ headers }) => headers["idempotency-key"])).toEqual(inits.map(() => "order-1"));
  });

  test.each([
    ["two different keys", { idempotencyKey: "order-1", headers: { "Idempotency-Key": "order-2" } }],
    ["two headers that differ", { headers: { "idempotency-key": "order-1", "Idempotency-Key": "order-2" } }],
    ["an empty key", { idempotencyKey: "" }],
    ["a number", { idempotencyKey: 7 }],
    ["a key with a space", { idempotencyKey: "order 1" }],
  ])("is refused when it is %s", async (_, init) => {
    const fetch = scriptedFetch();
    const { ending } = testPathClient(fetch);
    const refused = { error: { name: "UsageError", field: "options.idempotencyKey" } };
    expect(await ending("POST", orders, { body: order, ...init })).toMatchObject(refused);
    expect(fetch.requests).toEqual([]);
  });

  test("is refused when the operation declares none", async () => {
    const { ending } = testPathClient(scriptedFetch());
    expect(await ending("GET", me, { idempotencyKey: "order-1" })).toMatchObject({
      error: { name: "UsageError", field: "options.idempotencyKey" },
    });
  });

  test.each([
    ["headers", { headers: { get: () => "order-1", set: () => undefined } }],
    ["headers", { headers: "idempotency-key: order-1" }],
    ["headers", { headers: { "idempotency-key": { toString: () => "order-1" } } }],
    ["headers", { headers: [["idempotency-key"]] }],
    ["params.header", { params: { header: new URLSearchParams() && Object.create({ "idempotency-key": "order-1" }) } }],
    ["params.headers", { params: { headers: { "idempotency-key": "order-1" } } }],
    ["params", { params: "idempotency-key" }],
  ])("is never ignored silently in a form of %s that openapi-fetch does not read: %o", async (field, init) => {
    const fetch = scriptedFetch();
    const { ending } = testPathClient(fetch);
    const ended = await ending("POST", orders, { body: order, ...init });
    expect(ended).toMatchObject({ error: { name: "UsageError", field: `options.${field}` } });
    expect(fetch.requests).toEqual([]);
  });
});

describe("limits of one call by path", () => {
  test("maxRetries can be higher or lower than that of the client", async () => {
    const fetch = always(status(503));
    const { ending } = testPathClient(fetch);
    await ending("GET", me, { maxRetries: 0 });
    expect(fetch.requests).toHaveLength(1);
    await ending("GET", me, { maxRetries: 4 });
    expect(fetch.requests).toHaveLength(6);
  });

  test("timeoutMs ends an attempt, deadlineMs the call", async () => {
    const { ending, clock } = testPathClient(always(stall()));
    let startedAt = clock.monotonicMs();
    const timed = { error: { name: "TimeoutError", limit: "timeoutMs" } };
    expect(await ending("GET", me, { timeoutMs: 300, maxRetries: 0 })).toMatchObject(timed);
    expect(clock.monotonicMs() - startedAt).toBe(300);
    startedAt = clock.monotonicMs();
    expect(await ending("GET", me, { deadlineMs: 700 })).toMatchObject({
      error: { name: "TimeoutError", limit: "deadlineMs" },
    });
    expect(clock.monotonicMs() - startedAt).toBe(700);
  });

  test("deadlineMs includes the time that middleware takes", async () => {
    const fetch = scriptedFetch();
    const { client, ending, clock } = testPathClient(fetch);
    client.use({
      onRequest: () => {
        clock.advance(800);
      },
    });
    expect(await ending("GET", me, { deadlineMs: 700 })).toMatchObject({
      error: { name: "TimeoutError", limit: "deadlineMs", attempts: 0 },
    });
  });

  test.each([
    ["timeoutMs", -1],
    ["deadlineMs", "1000"],
    ["maxRetries", 0.5],
    ["signal", new AbortController()],
  ])("%s is checked as in methods", async (name, value) => {
    const { ending } = testPathClient(scriptedFetch());
    expect(await ending("GET", me, { [name]: value })).toMatchObject({
      error: { name: "UsageError", field: `options.${name}` },
    });
  });
});

describe("an option of one call by path", () => {
  test.each(["idempotencykey", "idempotency_key", "timeout", "retries", "lookAhead", "method", "redirect", "query"])(
    "that is unknown is refused by name: %s",
    async (name) => {
      const fetch = scriptedFetch();
      const { ending } = testPathClient(fetch);
      const ended = await ending("POST", orders, { body: order, [name]: 1 });
      expect(ended).toMatchObject({ error: { name: "UsageError", field: `options.${name}` } });
      expect(String((ended as { error: unknown }).error)).toContain("idempotencyKey");
      expect(fetch.requests).toEqual([]);
    },
  );

  test("that is undefined counts as absent", async () => {
    const { ending } = testPathClient(always(account));
    const init = { signal: undefined, headers: undefined, params: undefined, body: undefined, middleware: undefined };
    expect(await ending("GET", me, { ...init, parseAs: undefined, fetch: undefined })).toHaveProperty("value");
  });

  test.each(["no", 7, [], null])("list that is not an object is refused: %j", async (init) => {
    const { ending } = testPathClient(always(account));
    const ended = await ending("GET", me, init as unknown as object);
    if (init === null) expect(ended).toHaveProperty("value");
    else expect(ended).toMatchObject({ error: { name: "UsageError", field: "options" } });
  });

  test("of fetch is passed to fetch", async () => {
    const fetch = always(account);
    const { ending, client } = testPathClient(fetch);
    const init = { cache: "no-store", credentials: "include", mode: "cors", keepalive: true, next: { revalidate: 60 } };
    await ending("GET", me, init);
    client.use({ onRequest: ({ request }) => new Request(request) });
    await ending("GET", me, init);
    expect(fetch.requests.map(({ init }) => init)).toMatchObject([init, init]);
    expect(fetch.requests[0]?.init).toMatchObject({ redirect: "manual", method: "GET" });
  });
});

describe("fetch of one call by path", () => {
  test("sends under the same rules: token, key, retries, limits", async () => {
    const usual = scriptedFetch();
    const seen: Request[] = [];
    const own = async (request: Request) => {
      seen.push(request);
      return seen.length < 3 ? new Response(null, { status: 503 }) : Response.json({ id: "ordr_1" }, { status: 201 });
    };
    const { ending, events } = testPathClient(usual);
    expect(await ending("POST", orders, { body: order, fetch: own, idempotencyKey: "order-1" })).toMatchObject({
      value: { data: { id: "ordr_1" } },
    });
    expect(usual.requests).toEqual([]);
    for (const request of seen) {
      expect(request).toBeInstanceOf(Request);
      expect(request.url).toBe(`https://api.test${orders}`);
      expect(request.headers.get("authorization")).toBe(`Bearer ${testToken}`);
      expect(request.headers.get("idempotency-key")).toBe("order-1");
      expect(request.redirect).toBe("manual");
      expect(await request.json()).toEqual(order);
    }
    expect(seen).toHaveLength(3);
    expect(events.filter(({ type }) => type === "retry")).toHaveLength(2);
  });

  test("may be a function made for methods, which takes an address and settings", async () => {
    const { ending } = testPathClient(scriptedFetch());
    const own = async (url: string, init: RequestInit) =>
      Response.json({ object: new URL(url).pathname + init.method });
    expect(await ending("GET", me, { fetch: own })).toMatchObject({ value: { data: { object: `${me}GET` } } });
  });

  test("ends with the call's limits", async () => {
    const { ending } = testPathClient(scriptedFetch());
    const own = vi.fn(({ signal }: Request) => stall()(signal));
    expect(await ending("GET", me, { fetch: own, timeoutMs: 10, maxRetries: 0 })).toMatchObject({
      error: { name: "TimeoutError" },
    });
    expect(own.mock.calls[0]?.[0].signal.aborted).toBe(true);
  });

  test("must be a function", async () => {
    const { ending } = testPathClient(scriptedFetch());
    expect(await ending("GET", me, { fetch: "fetch" })).toMatchObject({
      error: { name: "UsageError", field: "options.fetch" },
    });
  });
});

describe("an option of the path client", () => {
  test("headers are sent with every call, and a call may change or unset them", async () => {
    const fetch = always(account);
    const { ending } = testPathClient(fetch, { headers: { "x-team": "a", "x-trace": 7, accept: undefined } });
    await ending("GET", me);
    await ending("GET", me, { headers: { "x-team": "b", "x-trace": null } });
    expect(fetch.requests[0]?.headers).toMatchObject({ "x-team": "a", "x-trace": "7", accept: "application/json" });
    expect(fetch.requests[1]?.headers).toMatchObject({ "x-team": "b" });
    expect(fetch.requests[1]?.headers).not.toHaveProperty("x-trace");
  });

  test.each([
    { Authorization: "Bearer other" },
    { "idempotency-key": "one for all" },
    new Headers({ authorization: "Bearer other" }),
    [["Authorization", "Bearer other"]],
    { "bad name": "x" },
    { "x-trace": "line\nbreak" },
  ] as PathClientOptions["headers"][])("headers are checked when the client is made: %o", (headers) => {
    const make = () => testPathClient(scriptedFetch(), { headers });
    expect(make).toThrow(expect.objectContaining({ name: "UsageError", field: "options.headers" }));
    expect(make).not.toThrow(/other|line\nbreak/);
  });

  test("querySerializer, bodySerializer and pathSerializer serialize, and a call's own ones come first", async () => {
    const fetch = always(json({ data: [], has_more: false }));
    const { ending } = testPathClient(fetch, {
      querySerializer: { array: { style: "form", explode: false } },
      bodySerializer: (body) => JSON.stringify({ wrapped: body }),
      pathSerializer: (path, values) => path.replace("{id}", `x-${values.id}`),
    });
    await ending("GET", "/preview/v2/instances", { params: { query: { status: ["running", "failed"] } } });
    await ending("GET", "/preview/v2/instances", {
      params: { query: { status: ["running"] } },
      querySerializer: () => "status=failed",
    });
    await ending("GET", "/preview/v2/instances/{id}", { params: { path: { id: "1" } } });
    await ending("POST", "/preview/v2/instances", { body: { a: 1 } });
    await ending("POST", "/preview/v2/instances", { body: { a: 1 }, bodySerializer: () => '{"own":true}' });
    expect(fetch.requests.map(({ url, body }) => body ?? url.replace("https://api.test/preview/v2", ""))).toEqual([
      "/instances?status=running,failed",
      "/instances?status=failed",
      "/instances/x-1",
      '{"wrapped":{"a":1}}',
      '{"own":true}',
    ]);
  });

  test("requestInitExt reaches fetch, and cannot replace what the client sends", async () => {
    const fetch = always(account);
    const dispatcher = { dispatch: () => true };
    const { ending } = testPathClient(fetch, { requestInitExt: { dispatcher, method: "POST", redirect: "follow" } });
    await ending("GET", me);
    expect(fetch.requests[0]?.init).toMatchObject({ dispatcher, method: "GET", redirect: "manual" });
  });

  test("of fetch is passed to fetch", async () => {
    const fetch = always(account);
    const { ending } = testPathClient(fetch, { credentials: "include", cache: "no-store" });
    await ending("GET", me, { cache: "reload" });
    expect(fetch.requests[0]?.init).toMatchObject({ credentials: "include", cache: "reload" });
  });

  test.each(["Request", "redirect", "header", "timeout"])("that is unknown is refused by name: %s", (name) => {
    expect(() => testPathClient(scriptedFetch(), { [name]: "follow" } as PathClientOptions)).toThrow(
      expect.objectContaining({ name: "UsageError", field: `options.${name}` }),
    );
  });

  test.each(["querySerializer", "bodySerializer", "pathSerializer", "requestInitExt"])("%s is checked", (name) => {
    expect(() => testPathClient(scriptedFetch(), { [name]: "x" } as PathClientOptions)).toThrow(
      expect.objectContaining({ name: "UsageError", field: `options.${name}` }),
    );
  });
});
