import { describe, expect, test } from "vitest";
import type { PathClient } from "../../src/paths.js";
import {
  always,
  contradicting,
  json,
  noContent,
  reset,
  resetInBody,
  type Step,
  scriptedFetch,
  stall,
  status,
  text,
} from "../support/scripted-fetch.js";
import { failure, success } from "../support/settle.js";
import { testBaseUrl } from "../support/test-caller.js";
import { type LooseCall, testPathClient } from "../support/test-path-client.js";

const orders = "/preview/v2/orders";
const instances = "/preview/v2/instances";
const me = "/preview/v2/me";
const gadgets = "/preview/v2/gadgets";
const order = { side: "buy", pool: "pool_1" };

/** Handles a call as openapi-react-query's useMutation and useQuery and swr-openapi's hooks do. */
async function hook(client: PathClient, method: "GET" | "POST", path: string, init: object): Promise<unknown> {
  const { data, error } = await (client[method] as unknown as (path: string, init: object) => ReturnType<LooseCall>)(
    path,
    init,
  );
  if (error) throw error;
  return data;
}

const emptyFailures: [string, Step][] = [
  ["503 without a body", text(null, 503)],
  ["503 with content-length 0", text(null, 503, { "content-length": "0" })],
  ["302 without a body", text(null, 302, { location: "https://login.test/?secret=1" })],
  ["304", text(null, 304)],
  ["401 with an empty JSON string", text('""', 401)],
  ["400 with null", text("null", 400)],
  ["400 with false", text("false", 400)],
  ["400 with 0", text("0", 400)],
];

describe("a failure without a body is a failure in hooks", () => {
  test.each(emptyFailures)("%s", async (_, step) => {
    for (const [method, path] of [
      ["POST", orders],
      ["POST", instances],
      ["GET", me],
      ["POST", gadgets],
    ] as const) {
      const { client, clock } = testPathClient(always(step));
      const error = await failure(clock, hook(client, method, path, method === "POST" ? { body: order } : {}));
      expect(error).toBeTruthy();
      expect(JSON.stringify(error)).not.toContain("secret=1");
    }
  });

  test("and its error has the shape of a service error, with the known values", async () => {
    const { ending } = testPathClient(always(text(null, 503)));
    const { value } = (await ending("POST", orders, { body: order, idempotencyKey: "order-1" })) as {
      value: { error: { error: { type: string; message: string } }; response: Response };
    };
    expect(value.error.error.type).toBe("unknown");
    expect(value.error.error.message).toContain("uncertain whether the write was applied");
    expect(value.response.status).toBe(503);
  });

  test("also when middleware made it", async () => {
    const { client, clock } = testPathClient(always(json({ id: "ordr_1" }, 201)));
    client.use({ onResponse: () => new Response(null, { status: 418 }) });
    expect(await failure(clock, hook(client, "POST", orders, { body: order }))).toMatchObject({
      error: { type: "unknown" },
    });
  });

  test("but an error body of the service stays unchanged", async () => {
    const body = { error: { type: "payment_required", message: "no", details: [] }, extra: 1 };
    const { ending } = testPathClient(always(json(body, 402)));
    expect(await ending("POST", orders, { body: order })).toMatchObject({ value: { error: body } });
    const html = testPathClient(always(text("<html>", 502)));
    expect(await html.ending("GET", me, { maxRetries: 0 })).toMatchObject({ value: { error: "<html>" } });
  });

  test("and a success without a body stays a success", async () => {
    const { client, clock, ending } = testPathClient(scriptedFetch(noContent(), reset(), status(404, {}, "not_found")));
    expect(await ending("DELETE", `${instances}/{id}`, { params: { path: { id: "i" } } })).toMatchObject({
      value: { response: { status: 204 } },
    });
    const init = { params: { path: { id: "i" } } };
    const done = await success(clock, client.DELETE("/preview/v2/instances/{id}", init));
    expect(done.error).toBeUndefined();
  });
});

describe("a response that cannot be converted to a Response", () => {
  const odd = (body: string | null, shape: object): Step => {
    return () => {
      const response = new Response(body, { headers: { "content-type": "application/json" } });
      for (const [name, value] of Object.entries(shape)) Object.defineProperty(response, name, { value });
      return response;
    };
  };

  test.each(["Грустно", "line\nbreak", "bell\u0007", "del\u007f", "😀", "Ok\u0000"])(
    "because of its reason phrase %j is still a success",
    async (statusText) => {
      const { ending, events } = testPathClient(always(odd('{"id":"ordr_1"}', { status: 201, statusText })));
      expect(await ending("POST", orders, { body: order })).toMatchObject({
        value: { data: { id: "ordr_1" }, response: { status: 201 } },
      });
      expect(events.at(-1)).toMatchObject({ type: "success" });
    },
  );

  test("because it has no reason phrase is still returned as an error", async () => {
    const { ending } = testPathClient(
      always(odd('{"error":{"type":"conflict"}}', { status: 409, statusText: undefined })),
    );
    expect(await ending("POST", instances, { body: order })).toMatchObject({
      value: { error: { error: { type: "conflict" } }, response: { status: 409, statusText: "" } },
    });
  });

  test("because ok contradicts its status is treated by its status", async () => {
    const { ending } = testPathClient(
      scriptedFetch(contradicting(json({ id: "ordr_1" }, 201)), contradicting(status(422))),
    );
    const placed = await ending("POST", orders, { body: order });
    expect(placed).toMatchObject({ value: { data: { id: "ordr_1" }, response: { status: 201, ok: true } } });
    const refused = await ending("POST", orders, { body: order });
    expect(refused).toMatchObject({ value: { error: { error: { type: "api_error" } }, response: { status: 422 } } });
  });

  test("keeps a valid reason phrase", async () => {
    const { ending } = testPathClient(always(odd("{}", { status: 200, statusText: "Tout va très bien" })));
    expect(await ending("GET", me)).toMatchObject({ value: { response: { statusText: "Tout va très bien" } } });
  });

  test.each([600, 999, 0, 199, 101, 1000])(
    "because of its status %i throws an error that is ambiguous for a write",
    async (code) => {
      const { ending, events } = testPathClient(always(odd("", { status: code, ok: false })));
      expect(await ending("POST", instances, { body: order })).toMatchObject({
        error: { name: "ApiError", status: code, ambiguous: true },
      });
      expect(events.at(-1)).toMatchObject({ type: "error" });
    },
  );

  test("because of its headers loses the headers but keeps the body", async () => {
    const headers = { get: () => null, has: () => false };
    const { ending, events } = testPathClient(always(odd('{"id":"ordr_1"}', { status: 201, headers })));
    expect(await ending("POST", orders, { body: order })).toMatchObject({ value: { data: { id: "ordr_1" } } });
    expect(events.at(-1)).toMatchObject({ type: "success" });
  });

  test("with a content-length of 0 beside a body is read", async () => {
    const { ending } = testPathClient(always(text('{"id":"ordr_1"}', 201, { "content-length": "0" })));
    expect(await ending("POST", orders, { body: order })).toMatchObject({ value: { data: { id: "ordr_1" } } });
  });
});

describe("a response", () => {
  test("keeps its URL", async () => {
    const at = (url: string, step: Step): Step => {
      return async (signal) => Object.defineProperty(await step(signal), "url", { value: url });
    };
    const url = `${testBaseUrl}${me}`;
    const { ending } = testPathClient(scriptedFetch(at(url, json({ object: "account" })), at(url, status(404))));
    for (let i = 0; i < 2; i++) expect(await ending("GET", me)).toMatchObject({ value: { response: { url } } });
  });

  test("of an unknown path keeps its bytes", async () => {
    const bytes = new Uint8Array([0x89, 0x50, 0xff, 0x00, 0xfe, 0xef, 0xbb, 0xbf, 0xc3, 0x28]);
    const step: Step = () => new Response(bytes, { headers: { "content-type": "application/octet-stream" } });
    for (const parseAs of ["arrayBuffer", "blob", "stream"]) {
      const { ending } = testPathClient(always(step));
      const { value } = (await ending("GET", gadgets, { parseAs })) as { value: { data: ArrayBuffer } };
      expect(new Uint8Array(await new Response(value.data).arrayBuffer())).toEqual(bytes);
    }
  });

  test("of an unknown path keeps only the bytes of its last attempt", async () => {
    const bytes = new Uint8Array([0xff, 0x01]);
    const { ending } = testPathClient(scriptedFetch(resetInBody(), () => new Response(bytes)));
    const { value } = (await ending("GET", gadgets, { parseAs: "arrayBuffer" })) as { value: { data: ArrayBuffer } };
    expect(new Uint8Array(value.data)).toEqual(bytes);
  });

  test.each([
    ["with its length", { "content-length": "9000" }],
    ["in pieces", {}],
  ])("of an unknown path is not read beyond maxResponseBytes: %s", async (_, headers: Record<string, string>) => {
    const { ending } = testPathClient(always(text("x".repeat(9_000), 200, headers)));
    expect(await ending("POST", gadgets, { body: {}, maxResponseBytes: 5_000 })).toMatchObject({
      error: { name: "DecodeError", ambiguous: true, attempts: 1 },
    });
  });

  test("of an unknown path is parsed as openapi-fetch does", async () => {
    const { ending } = testPathClient(scriptedFetch(json({ a: "é" }), text("plain"), noContent()));
    expect(await ending("GET", gadgets)).toMatchObject({ value: { data: { a: "é" } } });
    expect(await ending("GET", gadgets, { parseAs: "text" })).toMatchObject({ value: { data: "plain" } });
    expect(await ending("DELETE", gadgets)).toMatchObject({ value: { response: { status: 204 } } });
  });

  test("of a known path can be read as text, bytes or a stream", async () => {
    const { ending } = testPathClient(always(json({ object: "é" })));
    expect(await ending("GET", me, { parseAs: "text" })).toMatchObject({ value: { data: '{"object":"é"}' } });
    const stream = (await ending("GET", me, { parseAs: "stream" })) as { value: { data: ReadableStream } };
    expect(await new Response(stream.value.data).json()).toEqual({ object: "é" });
  });
});

describe("a signal that times out", () => {
  test("ends the call with a TimeoutError", async () => {
    const { request, clock } = testPathClient(always(stall()));
    const controller = new AbortController();
    clock.setTimeout(() => controller.abort(new DOMException("too long", "TimeoutError")), 50);
    expect(await failure(clock, request("GET", me, { signal: controller.signal }))).toMatchObject({
      name: "TimeoutError",
    });
  });

  test("ends it in the same way with middleware, for a write, and before anything is sent", async () => {
    const { client, ending } = testPathClient(scriptedFetch());
    client.use({ onRequest: ({ request }) => new Request(request) });
    const signal = AbortSignal.abort(new DOMException("too long", "TimeoutError"));
    expect(await ending("POST", orders, { body: order, signal })).toMatchObject({
      error: { name: "TimeoutError", attempts: 0, ambiguous: false },
    });
  });

  test("causes no TimeoutError when its reason is something else", async () => {
    for (const reason of [undefined, new Error("TimeoutError"), "TimeoutError", null]) {
      const { ending } = testPathClient(scriptedFetch());
      expect(await ending("GET", me, { signal: AbortSignal.abort(reason) })).toMatchObject({
        error: { name: "AbortError" },
      });
    }
  });
});

test("a number is accepted as a path parameter when its text is exact", async () => {
  const fetch = always(json({ id: "inst_1" }));
  const { ending } = testPathClient(fetch);
  for (const id of [7, 0, 9_007_199_254_740_991, 12n])
    await ending("GET", `${instances}/{id}`, { params: { path: { id } } });
  expect(fetch.requests.map(({ url }) => url.split("/").at(-1))).toEqual(["7", "0", "9007199254740991", "12"]);
});

describe("a body by path", () => {
  test("of form data is sent completely to an unknown path, and is the same in every attempt", async () => {
    const fetch = scriptedFetch(status(429), json({ ok: true }));
    const { ending } = testPathClient(fetch);
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array([0xff, 0x00])]), "a.bin");
    expect(await ending("POST", gadgets, { body: form })).toHaveProperty("value");
    const [first, second] = fetch.requests;
    expect(second?.body).toEqual(first?.body);
    const again = new Response(first?.body, { headers: { "content-type": first?.headers["content-type"] ?? "" } });
    const file = (await again.formData()).get("file") as File;
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(new Uint8Array([0xff, 0x00]));
  });

  test("of bytes from a serializer is sent completely to an unknown path", async () => {
    const fetch = always(json({ ok: true }));
    const { ending, client } = testPathClient(fetch);
    const bytes = new Uint8Array([0xff, 0xfe, 0x00]);
    const init = { body: bytes, bodySerializer: (body: unknown) => body, headers: { "content-type": "image/png" } };
    await ending("PUT", gadgets, init);
    client.use({ onRequest: ({ request }) => new Request(request) });
    await ending("PUT", gadgets, init);
    for (const { body, headers } of fetch.requests) {
      expect(new Uint8Array(await new Response(body).arrayBuffer())).toEqual(bytes);
      expect(headers["content-type"]).toBe("image/png");
    }
  });

  describe.each([false, true])("that is an endless stream (with middleware: %s)", (hasMiddleware) => {
    const endless = { body: {}, bodySerializer: () => new ReadableStream(), duplex: "half" };
    const setup = () => {
      const fetch = scriptedFetch();
      const test = testPathClient(fetch);
      if (hasMiddleware) test.client.use({ onRequest: () => undefined });
      return { ...test, fetch };
    };

    test.each([{ timeoutMs: 500 }, { deadlineMs: 500 }])("is ended by the limits of the call: %j", async (limits) => {
      const { ending, clock, fetch } = setup();
      expect(await ending("POST", gadgets, { ...endless, ...limits })).toMatchObject({
        error: { name: "TimeoutError", limit: Object.keys(limits)[0], attempts: 0, ambiguous: false },
      });
      expect(fetch.requests).toEqual([]);
      expect(clock.pendingTimers()).toBe(0);
    });

    test("ends when the caller aborts", async () => {
      const { ending } = setup();
      const controller = new AbortController();
      const ended = ending("POST", gadgets, { ...endless, signal: controller.signal, timeoutMs: 86_400_000 });
      setImmediate(() => controller.abort());
      expect(await ended).toMatchObject({ error: { name: "AbortError", attempts: 0, ambiguous: false } });
    });
  });

  test("is form encoded when the content-type header states it", async () => {
    const fetch = always(json({ ok: true }));
    const { ending } = testPathClient(fetch);
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    await ending("POST", gadgets, { body: { a: "1", b: "é" }, headers });
    expect(fetch.requests[0]).toMatchObject({ body: "a=1&b=%C3%A9" });
  });

  test.each([
    new Headers({ a: "b" }),
    new Map([["a", "b"]]),
    new Set([1]),
    new Blob(["a"]),
    new URLSearchParams("a=b"),
  ])("that JSON cannot represent is refused: %o", async (body) => {
    const fetch = scriptedFetch();
    const { ending } = testPathClient(fetch);
    expect(await ending("POST", orders, { body })).toMatchObject({ error: { name: "UsageError", field: "body" } });
  });

  test("may be the result of toJSON, as in methods", async () => {
    const fetch = always(json({ id: "ordr_1" }, 201));
    const { ending } = testPathClient(fetch);
    await ending("POST", orders, { body: { toJSON: () => order } });
    expect(JSON.parse(fetch.requests[0]?.body ?? "")).toEqual(order);
  });
});
