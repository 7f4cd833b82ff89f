import { expect, test } from "vitest";
import { createPathClient } from "../../src/paths.js";
import type { MiddlewareRequest } from "../../src/wrappers/middleware.js";
import { json, reset, scriptedFetch } from "../support/scripted-fetch.js";
import { success } from "../support/settle.js";
import { testBaseUrl, testToken } from "../support/test-caller.js";
import { virtualRuntime } from "../support/virtual-runtime.js";

const order = { id: "ordr_1" };

test("the path client runs the same middleware around each attempt, inside openapi-fetch's middleware", async () => {
  const seen: MiddlewareRequest[] = [];
  const log: string[] = [];
  const runtime = virtualRuntime();
  const fetch = scriptedFetch(reset(), json(order, 201));
  const client = createPathClient({
    token: testToken,
    baseUrl: testBaseUrl,
    fetch,
    runtime,
    middleware: [
      (request, next) => {
        seen.push(request);
        log.push(`attempt ${request.attempt}`);
        return next({ ...request, headers: { ...request.headers, "x-inner": "1" } });
      },
    ],
  });
  client.use({
    async onRequest({ request }) {
      log.push(`request ${await request.clone().text()}`);
      request.headers.set("x-outer", "1");
      return new Request(request);
    },
    async onResponse({ response }) {
      log.push(`response ${(await response.clone().arrayBuffer()).byteLength}`);
    },
  });
  const body = { side: "buy" } as never;
  const { data } = await success(runtime, client.POST("/preview/v2/orders", { body }));
  expect(data).toEqual(order);
  expect(log).toEqual(['request {"side":"buy"}', "attempt 1", "attempt 2", "response 15"]);
  expect(seen.map(({ operation }) => operation)).toEqual(["orders.create", "orders.create"]);
  expect(JSON.stringify(seen)).not.toContain(testToken);
  for (const { headers } of fetch.requests) expect(headers).toMatchObject({ "x-outer": "1", "x-inner": "1" });
});

test("middleware of the path client may respond instead of the service, also for an unknown path", async () => {
  const runtime = virtualRuntime();
  const fetch = scriptedFetch();
  const middleware = [async () => Response.json({ cached: true })];
  const client = createPathClient({ token: testToken, baseUrl: testBaseUrl, fetch, runtime, middleware });
  for (const path of ["/preview/v2/instances", "/preview/v9/unknown"]) {
    const { data } = await success(runtime, client.GET(path as "/preview/v2/instances"));
    expect(data).toEqual({ cached: true });
  }
  expect(fetch.requests).toHaveLength(0);
});

test("the client headers of a path client are sent together with its user agent", async () => {
  const runtime = virtualRuntime();
  const fetch = scriptedFetch(json({ data: [], has_more: false }));
  const client = createPathClient({
    token: testToken,
    baseUrl: testBaseUrl,
    fetch,
    runtime,
    headers: { "x-team": "a" },
  });
  await success(runtime, client.GET("/preview/v2/instances"));
  expect(fetch.requests[0]?.headers).toMatchObject({
    "x-team": "a",
    "user-agent": expect.stringMatching(/^sfc-preview-sdk\//),
  });
});
