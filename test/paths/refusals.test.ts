import { describe, expect, test } from "vitest";
import { createPathClient } from "../../src/paths.js";
import { always, json, scriptedFetch, status } from "../support/scripted-fetch.js";
import { testToken } from "../support/test-caller.js";
import { testPathClient } from "../support/test-path-client.js";

const orders = "/preview/v2/orders";
const instances = "/preview/v2/instances";
const instance = "/preview/v2/instances/{id}";

const query = { params: { query: { limit: 5 } } };
const asIs = (body: unknown) => body;
const broken = () => new ReadableStream({ start: (controller) => controller.error(new Error("broken")) });

describe("a call by path refuses what a method refuses, and sends nothing", () => {
  test.each([
    ["a number that JSON does not have", "POST", orders, { body: { node_count: Number.NaN } }, "body.node_count"],
    ["an infinite number", "POST", orders, { body: { price: [Number.POSITIVE_INFINITY] } }, "body.0"],
    ["a bigint", "POST", orders, { body: { node_count: 1n } }, "body.node_count"],
    ["a missing body", "POST", orders, {}, "body"],
    ["a body that is null", "POST", orders, { body: null }, "body"],
    ["a query number that is not one", "GET", instances, { params: { query: { limit: Number.NaN } } }, "query.limit"],
    ["an empty list", "GET", instances, { params: { query: { status: [] } } }, "query.status"],
    [
      "an empty list with a serializer's settings",
      "GET",
      instances,
      { params: { query: { status: [] } }, querySerializer: { array: { style: "form", explode: true } } },
      "query.status",
    ],
    [
      "both cursors",
      "GET",
      instances,
      { params: { query: { starting_after: "a", ending_before: "b" } } },
      "query.ending_before",
    ],
    [
      "both cursors by a serializer of its own",
      "GET",
      instances,
      { querySerializer: () => "starting_after=a&ending_before=b" },
      "query.ending_before",
    ],
    ["a missing path value", "GET", instance, {}, "id"],
    ["a missing path value among others", "GET", instance, { params: { path: { other: "x" } } }, "id"],
    ["an empty path value", "GET", instance, { params: { path: { id: "" } } }, "id"],
    ["a path value that leads up", "GET", instance, { params: { path: { id: ".." } } }, "id"],
    ["an object as path value", "GET", instance, { params: { path: { id: {} } } }, "id"],
    ["a number without an exact text", "GET", instance, { params: { path: { id: 2 ** 53 } } }, "id"],
    ["a path value that is not a number", "GET", instance, { params: { path: { id: Number.NaN } } }, "id"],
    ["the caller's Authorization", "GET", instances, { headers: { Authorization: "Bearer x" } }, "options.headers"],
    [
      "the caller's authorization in params",
      "GET",
      instances,
      { params: { header: { authorization: "Bearer x" } } },
      "options.headers",
    ],
    ["a header of two lines", "GET", instances, { headers: { "x-a": "b\nc: d" } }, "options.headers"],
    ["a body of a GET", "GET", instances, { body: { a: 1 } }, "body"],
    ["TRACE", "TRACE", instances, {}, "method"],
    ["CONNECT", "CONNECT", instances, {}, "method"],
    ["an invalid method", "G ET", instances, {}, "method"],
    ["no method", undefined, instances, {}, "method"],
    ["no path", "GET", undefined, {}, "path"],
    ["a URL for a path", "GET", new URL("https://api.test/preview/v2/me"), {}, "path"],
    ["a query in the path beside another one", "GET", `${instances}?starting_after=a`, query, "options.params.query"],
    ["a query that is a Map", "GET", instances, { params: { query: new Map([["limit", 1]]) } }, "options.params.query"],
    ["an unknown way to parse", "POST", orders, { body: {}, parseAs: "xml" }, "options.parseAs"],
    ["form data for JSON", "POST", orders, { body: new FormData() }, "body"],
    ["a Map inside a body", "POST", orders, { body: { requirements: new Map([["a", 1]]) } }, "body.requirements"],
    ["a stream that breaks", "POST", "/preview/v2/gadgets", { body: broken(), bodySerializer: asIs }, "body"],
    [
      "an object of a body serializer",
      "POST",
      orders,
      { body: {}, bodySerializer: () => ({}) },
      "options.bodySerializer",
    ],
    ["an object of a query serializer", "GET", instances, { querySerializer: () => ({}) }, "options.querySerializer"],
    [
      "the client's kind of middleware, which openapi-fetch would skip",
      "GET",
      instances,
      { middleware: [(request: unknown, next: (request: unknown) => unknown) => next(request)] },
      "options.middleware",
    ],
    ["middleware that is nothing", "GET", instances, { middleware: [undefined] }, "options.middleware"],
    ["nothing of a path serializer", "GET", instances, { pathSerializer: () => undefined }, "options.pathSerializer"],
  ])("%s", async (_, method, path, init, field) => {
    const fetch = scriptedFetch();
    const { ending } = testPathClient(fetch);
    expect(await ending(method as string, path as string, init)).toMatchObject({
      error: { name: "UsageError", field, attempts: 0 },
    });
    expect(fetch.requests).toEqual([]);
  });

  test("and names the token option when the caller sets Authorization", async () => {
    const { ending } = testPathClient(scriptedFetch());
    const ended = await ending("GET", instances, { headers: { Authorization: "Bearer other" } });
    expect(String((ended as { error: unknown }).error)).toMatch(/token/);
    expect(String((ended as { error: unknown }).error)).not.toContain("other");
  });
});

describe("the token is sent only below the path of the base URL", () => {
  const escapes = [
    "/../admin",
    "/preview/../../admin",
    "/preview/%2e%2E/%2e./admin",
    "/preview\\..\\..\\admin",
    "/preview/.\t./../admin",
    "/./preview/v2/me",
    "@evil.test/",
    ".evil.test/",
    ":8443/",
    "",
  ];

  test.each(escapes)("for the path %j", async (path) => {
    const fetch = scriptedFetch();
    const { ending } = testPathClient(fetch, { baseUrl: "https://proxy.test/sfc" });
    expect(await ending("GET", path)).toMatchObject({ error: { name: "UsageError", attempts: 0 } });
    expect(fetch.requests).toEqual([]);
  });

  test.each(escapes)("for the path %j of a serializer", async (path) => {
    const fetch = scriptedFetch();
    const { ending } = testPathClient(fetch, { baseUrl: "https://proxy.test/sfc" });
    const pathSerializer = () => `https://proxy.test/sfc${path}`;
    const ended = await ending("GET", instance, { params: { path: { id: "x" } }, pathSerializer });
    expect(ended).toMatchObject({ error: { name: "UsageError", attempts: 0 } });
    expect(fetch.requests).toEqual([]);
  });

  // A Request itself resolves paths that lead back below the base URL.
  test.each(escapes.filter((path) => !path.startsWith("/./")))("for the path %j of middleware", async (path) => {
    const fetch = scriptedFetch();
    const { client, ending } = testPathClient(fetch, { baseUrl: "https://proxy.test/sfc" });
    client.use({ onRequest: ({ request }) => new Request(request.url.replace("/preview/v2/me", path), request) });
    const ended = await ending("GET", "/preview/v2/me");
    expect(ended).toMatchObject({ error: { attempts: 0 } });
    expect(fetch.requests).toEqual([]);
  });

  test("and the URL that is sent is the one that was checked", async () => {
    const fetch = always(json({ id: "ordr_1" }, 201));
    const { ending } = testPathClient(fetch);
    await ending("POST", "/preview/v2/or\nders#part", { body: { side: "buy" } });
    expect(fetch.requests[0]).toMatchObject({ url: "https://api.test/preview/v2/orders" });
    expect(fetch.requests[0]?.headers).toHaveProperty("idempotency-key");
  });

  test("so that a call accepts no base URL other than the client's", async () => {
    const fetch = always(json({ object: "account" }));
    const { ending } = testPathClient(fetch);
    expect(await ending("GET", "/preview/v2/me", { baseUrl: "https://evil.test" })).toMatchObject({
      error: { name: "UsageError", field: "baseUrl" },
    });
    expect(await ending("GET", "/preview/v2/me", { baseUrl: "https://api.test/" })).toHaveProperty("value");
  });
});

describe("events of an unknown path", () => {
  test.each([
    ["/preview/v2/gadgets/{id}", { params: { path: { id: "gadget_5ecret" } } }, "/preview/v2/gadgets/{id}"],
    ["/preview/v2/gadgets/gadget_5ecret", {}, "/preview/v2/gadgets/{…}"],
    [
      "/preview/v2/gadgets/gadget_5ecret/parts/{n}",
      { params: { path: { n: "1" } } },
      "/preview/v2/gadgets/{…}/parts/{n}",
    ],
    ["/preview/v2/instances/gadget_5ecret/gadgets", {}, "/preview/v2/instances/{…}/gadgets"],
    ["/preview/v2/me/gadget_5ecret?token=gadget_5ecret", {}, "/preview/v2/me/{…}"],
  ])("contain no id: %s", async (path, init, template) => {
    const { ending, events } = testPathClient(always(status(404)));
    await ending("GET", path, init);
    expect(events.length).toBeGreaterThan(2);
    for (const event of events) {
      expect(event).toMatchObject({ path: template, operation: template });
      expect(JSON.stringify(event)).not.toContain("5ecret");
    }
  });

  test("show retries according to the method of the request", async () => {
    const attempts = async (method: string) => {
      const fetch = always(status(503));
      await testPathClient(fetch).ending(method, "/preview/v2/gadgets");
      return fetch.requests.length;
    };
    const counts = [];
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"])
      counts.push(await attempts(method));
    expect(counts).toEqual([3, 3, 3, 3, 3, 1, 1]);
  });
});

test("show the same method for one written in lower case", async () => {
  const fetch = always(json({ id: "inst_1" }));
  const { ending, client } = testPathClient(fetch);
  client.use({ onRequest: ({ request }) => new Request(request, { method: "patch" }) });
  await ending("patch", instance, { params: { path: { id: "inst_1" } }, body: { name: "n" } });
  expect(fetch.requests[0]?.method).toBe("PATCH");
});

test("an unknown option of the path client is refused by name", () => {
  expect(() => createPathClient({ token: testToken, idempotencyKey: "x" } as object)).toThrow("options.idempotencyKey");
});

test("a key is refused for another body even if only a number beyond 2^53 differs", async () => {
  const fetch = always(json({ id: "ordr_1" }, 201));
  const { ending } = testPathClient(fetch);
  const bodySerializer = (body: unknown) => `{ "node_count": ${String(body)} }`;
  const place = (body: bigint) => ending("POST", orders, { body, bodySerializer, idempotencyKey: "order-1" });
  expect(await place(2n ** 53n + 1n)).toHaveProperty("value");
  expect(await place(2n ** 53n)).toMatchObject({ error: { name: "UsageError", field: "options.idempotencyKey" } });
  expect(await place(2n ** 53n + 1n)).toHaveProperty("value");
});
