import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import type { SfcError } from "../../src/wrappers/errors.js";
import type { Middleware } from "../../src/wrappers/middleware.js";
import type { CallOptions } from "../../src/wrappers/options.js";
import {
  type CompleteResponse,
  type ReadOptions,
  readBody,
  redactToken,
  toResponse,
} from "../../src/wrappers/response.js";
import { inputFor, sampleOperations } from "../support/operations.js";
import { contradicting, json, type Step, scriptedFetch, status, text } from "../support/scripted-fetch.js";
import { failure, settle, success } from "../support/settle.js";
import { testCaller, testToken } from "../support/test-caller.js";

const { read, keyed, unsafe } = sampleOperations;
const thing = { id: "thing_1" };

function calling(step: Step, operation: typeof read | typeof keyed | typeof unsafe = read, options: CallOptions = {}) {
  const test = testCaller(scriptedFetch(step));
  return { ...test, call: test.caller.call<unknown>(operation, inputFor(operation), { maxRetries: 0, ...options }) };
}

/** A body in pieces, without a content-length. It counts the pieces that were read. */
function pieces(count: number, bytes: number, headers: Record<string, string> = {}) {
  const pulled = { count: 0, cancelled: false };
  const step: Step = () =>
    new Response(
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulled.count += 1;
            if (pulled.count > count) controller.close();
            else controller.enqueue(new Uint8Array(bytes).fill(32));
          },
          cancel() {
            pulled.cancelled = true;
          },
        },
        { highWaterMark: 0 },
      ),
      { headers: { "content-type": "application/json", ...headers } },
    );
  return { step, pulled };
}

describe("the token", () => {
  const token = "sk_live+5up3r/s3cr3t";
  const escaped = [...token].map((c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`).join("");
  const quotes: [string, Step][] = [
    ["in plain text", json({ error: { type: "api_error", message: `you sent ${token}` } }, 422)],
    ["with an escaped slash", text(`{"error":{"type":"a","message":"${token.replace("/", "\\/")}"}}`, 422)],
    ["with an escaped plus", text(`{"error":{"type":"a","message":"${token.replace("+", "\\u002B")}"}}`, 422)],
    ["with each letter escaped", text(`{"error":{"type":"${escaped}","message":"${escaped}"}}`, 422)],
    ["in the type", json({ error: { type: token, message: "no" } }, 422)],
    ["in a detail", json({ error: { type: "a", message: "no", details: [{ code: "c", message: token }] } }, 422)],
    ["as the name of a member", json({ error: { type: "a", message: "no", details: [{ [token]: 1 }] } }, 422)],
    ["percent-encoded", json({ error: { type: "a", message: encodeURIComponent(token) } }, 422)],
    ["in another case", json({ error: { type: "a", message: token.toUpperCase() } }, 422)],
    ["in content-type", text("<html>", 422, { "content-type": token })],
    ["in content-type of a success", text("<html>", 200, { "content-type": token })],
    ["in x-request-id", status(422, { "x-request-id": token })],
    ["in request-id of a success", text("<html>", 200, { "request-id": token })],
    ["in the name of a large number", text(`{"${token}":12345678901234567890}`, 200)],
    ["in the target of a redirect", text(null, 302, { location: "https://sk_live.5up3r/" })],
    ["as a header of a redirect", text(null, 302, { location: `https://x.example/${token}` })],
  ];

  test.each(quotes)("is in no error, event or result: %s", async (_, step) => {
    const { caller, clock, events } = testCaller(scriptedFetch(step), { token, maxRetries: 0 });
    const { error } = (await settle(clock, caller.call(unsafe, inputFor(unsafe)))) as { error: SfcError };
    expect(error).toBeDefined();
    const shown = [
      inspect(error, { depth: 9 }),
      JSON.stringify(error),
      error.stack,
      JSON.stringify(events),
      JSON.stringify([...((error as { headers?: Headers }).headers ?? [])]),
    ].join("\n");
    for (const form of [token, encodeURIComponent(token), token.toUpperCase()]) expect(shown).not.toContain(form);
    expect(JSON.parse(JSON.stringify({ shown })).shown.toLowerCase()).not.toContain(token);
  });

  test("is not in the request id of a result either", async () => {
    const step = json(thing, 200, { "x-request-id": testToken });
    const { clock, call, events } = calling(step);
    expect(await success(clock, call.withResponse())).toMatchObject({ requestId: "[token]" });
    expect(JSON.stringify(events)).not.toContain(testToken);
  });
});

describe("maxResponseBytes", () => {
  test("limits a body whose content-length is not a number", async () => {
    const { step, pulled } = pieces(20, 1_000, { "content-length": "many" });
    const { clock, call } = calling(step, read, { maxResponseBytes: 10_000 });
    expect(String(await failure(clock, call))).toContain("larger than maxResponseBytes (10000 bytes)");
    expect(pulled.count).toBeLessThan(20);
  });

  test("does not apply to the content-length of a response to HEAD, which describes the resource", async () => {
    const response = new Response(null, { headers: { "content-length": "20000" } });
    const complete = await readBody(response, {
      maxBytes: 10_000,
      isOver: () => false,
      redact: (text) => text,
      keepBytes: true,
    });
    expect(complete.text).toBe("");
  });

  test("ends a larger body at once with a DecodeError", async () => {
    const { step, pulled } = pieces(1_000, 1_000);
    const { clock, call } = calling(step, keyed, { maxResponseBytes: 10_000 });
    const error = await failure(clock, call);
    expect(error).toMatchObject({ name: "DecodeError", status: 200, attempts: 1, ambiguous: true });
    expect(String(error)).toContain("larger than maxResponseBytes (10000 bytes)");
    expect(pulled).toEqual({ count: 11, cancelled: true });
  });

  test("never makes a read ambiguous, and accepts a body of exactly its size", async () => {
    const over = calling(pieces(11, 1_000).step, read, { maxResponseBytes: 10_999 });
    expect(await failure(over.clock, over.call)).toMatchObject({ name: "DecodeError", ambiguous: false });
    const body = JSON.stringify({ id: "é".repeat(100) });
    const size = new TextEncoder().encode(body).length;
    const chunked = () => new Response(new Blob([body]).stream());
    const fits = calling(chunked, read, { maxResponseBytes: size });
    expect(await success(fits.clock, fits.call)).toEqual(JSON.parse(body));
    const short = calling(chunked, read, { maxResponseBytes: size - 1 });
    expect(await failure(short.clock, short.call)).toMatchObject({ name: "DecodeError" });
  });

  test("is 64 MiB by default, and an option of the client and of the call", async () => {
    const counted = pieces(70, 2 ** 20);
    const byDefault = calling(counted.step);
    expect(await failure(byDefault.clock, byDefault.call)).toMatchObject({ name: "DecodeError" });
    expect(counted.pulled.count).toBe(65);
    const { caller, clock } = testCaller(scriptedFetch(pieces(2, 10).step), { maxResponseBytes: 10 });
    expect(await failure(clock, caller.call(read, inputFor(read)))).toMatchObject({ name: "DecodeError" });
    for (const wrong of [0, -1, 1.5, "1", Number.NaN]) {
      const { call } = calling(json(thing), read, { maxResponseBytes: wrong as number });
      expect(await failure(clock, call)).toMatchObject({ name: "UsageError", field: "options.maxResponseBytes" });
    }
  });

  test("does not change what an error status means", async () => {
    const { step } = pieces(100, 100, {});
    const big: Step = (signal) => new Response((step(signal) as Response).body, { status: 422 });
    const { clock, call } = calling(big, unsafe, { maxResponseBytes: 1_000 });
    expect(await failure(clock, call)).toMatchObject({ name: "ApiError", status: 422, ambiguous: false });
  });

  test("is checked before the body is read when content-length states the size", async () => {
    const { step, pulled } = pieces(3, 10, { "content-length": "1000000" });
    const { clock, call } = calling(step, read, { maxResponseBytes: 1_000 });
    expect(await failure(clock, call)).toMatchObject({ name: "DecodeError" });
    expect(pulled.count).toBe(0);
  });

  test("ignores the content-length of a compressed body, which the transport has decompressed", async () => {
    const { step } = pieces(100, 100, { "content-length": "50", "content-encoding": "gzip" });
    const { clock, call } = calling(step, read, { maxResponseBytes: 1_000 });
    expect(await failure(clock, call)).toMatchObject({ name: "DecodeError" });
  });

  test("reads a body of known size in one piece", async () => {
    const whole = vi.fn(async () => JSON.stringify(thing));
    const step: Step = () => Object.assign(new Response("", { headers: { "content-length": "16" } }), { text: whole });
    const { clock, call } = calling(step);
    expect(await success(clock, call)).toEqual(thing);
    expect(whole).toHaveBeenCalledOnce();
  });

  test("joins characters that are split between pieces", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ id: "✓ 🚀" }));
    const step: Step = () =>
      new Response(
        new ReadableStream<Uint8Array>({
          start(controller) {
            for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
            controller.close();
          },
        }),
      );
    const { clock, call } = calling(step);
    expect(await success(clock, call)).toEqual({ id: "✓ 🚀" });
  });
});

describe("a success that is not a JSON object", () => {
  test.each([
    ["a list", "[]", "not an object"],
    ["a number that is infinite as a double", '{"n": 1e400}', "too large to be exact"],
    ["a negative one", '{"list": [1, -1.5E+999]}', "too large to be exact"],
    ["a large number with an exponent", '{"n":123e20}', "too large to be exact"],
    ["a large number with a fraction", '{"n":12345678901234567890.0}', "too large to be exact"],
  ])("is a DecodeError: %s", async (_, body, words) => {
    const { clock, call } = calling(text(body), keyed);
    const error = await failure(clock, call);
    expect(error).toMatchObject({ name: "DecodeError", ambiguous: true });
    expect(String(error)).toContain(words);
  });

  test.each(['{"n":1e5}', '{"n":1.5e-400}', '{"id":"1e400"}', '{"id":"a,12e999b"}', '{"n":0.1234567890123456789}'])(
    "is not found in %s",
    async (body) => {
      const { clock, call } = calling(text(body));
      expect(await success(clock, call)).toEqual(JSON.parse(body));
    },
  );
});

describe("toResponse", () => {
  const complete = (init: ResponseInit & { text?: string; url?: string; bytes?: number[] } = {}): CompleteResponse => {
    const { text: body = '{"id":"thing_1"}', url = "https://api.test/v", bytes, ...rest } = init;
    const response = Object.defineProperty(new Response(null, rest), "url", { value: url });
    return {
      response,
      text: body,
      bytes: bytes && new Uint8Array(bytes),
      redact: (text) => text.replaceAll("secret", "[token]"),
    };
  };

  test("has the status, the headers, the URL and the body that was read", async () => {
    const headers = { "content-type": "application/json", "x-a": "secret" };
    const copy = toResponse(complete({ status: 201, statusText: "Made by secret", headers }));
    expect([copy.status, copy.statusText, copy.url]).toEqual([201, "Made by secret", "https://api.test/v"]);
    expect([...copy.headers]).toEqual([...new Headers(headers)]);
    expect(await copy.json()).toEqual(thing);
    expect(toResponse(complete({ url: "" })).url).toBe("");
  });

  test("has no token in the headers and the status text of an error", async () => {
    const copy = toResponse(
      complete({ status: 422, statusText: "No secret", headers: { "x-a": "a secret", "x-b": "b" } }),
    );
    expect([copy.statusText, copy.headers.get("x-a"), copy.headers.get("x-b")]).toEqual([
      "No [token]",
      "a [token]",
      "b",
    ]);
  });

  test("has the bytes of a success when they were kept, and the redacted text of an error", async () => {
    const bytes = [0xff, 0xfe];
    const kept = toResponse(complete({ text: "\ufffd\ufffd", bytes }));
    expect([...new Uint8Array(await kept.arrayBuffer())]).toEqual(bytes);
    expect(await toResponse(complete({ status: 500, text: "text", bytes })).text()).toBe("text");
  });

  test.each([204, 205, 304])("has no body with the status %i, because a Response refuses one", (code) => {
    const copy = toResponse(complete({ status: code, text: " " }));
    expect([copy.status, copy.body]).toEqual([code, null]);
  });

  test("has no body when none was read", () => {
    expect(toResponse(complete({ text: "" })).body).toBeNull();
  });

  test("does not state a length of 0 beside a body", () => {
    const headers = { "content-length": "0" };
    expect(toResponse(complete({ headers })).headers.has("content-length")).toBe(false);
    expect(toResponse(complete({ headers, text: "" })).headers.get("content-length")).toBe("0");
    expect(toResponse(complete({ headers: { "content-length": "16" } })).headers.get("content-length")).toBe("16");
  });

  test.each([0, 199, 600])("is an error response when the status is one that no Response can have: %i", (code) => {
    const { response, ...rest } = complete();
    const copy = toResponse({ ...rest, response: { ...plain(response), status: code } });
    expect([copy.type, copy.status]).toEqual(["error", 0]);
  });

  test.each([200, 599])("is a response with the status %i", (code) => {
    expect(toResponse(complete({ status: code })).status).toBe(code);
  });

  test.each(["a\nb", "–", "\u007f", "ok\n"])("drops a status text that a Response refuses: %j", (statusText) => {
    const { response, ...rest } = complete();
    expect(toResponse({ ...rest, response: { ...plain(response), statusText } }).statusText).toBe("");
  });

  test("drops headers that a Headers refuses", () => {
    const { response, ...rest } = complete();
    const headers = {
      get: () => null,
      [Symbol.iterator]: () => [["a b", "1"]][Symbol.iterator](),
    } as unknown as Headers;
    expect([...toResponse({ ...rest, response: { ...plain(response), headers } }).headers]).toEqual([
      ["content-type", "text/plain;charset=UTF-8"],
    ]);
  });
});

/** A response whose members can be replaced. */
function plain({ ok, status, statusText, headers, url }: Response): Response {
  return { ok, status, statusText, headers, url } as Response;
}

describe("a response whose ok contradicts its status", () => {
  const quoting = { id: `about ${testToken}` };

  test("is an error without the token when its status is an error", async () => {
    const body = { error: { type: "invalid_request_error", message: `what is ${testToken}?` } };
    const { clock, call } = calling(contradicting(json(body, 400, { "x-a": testToken })));
    const error = await failure(clock, call);
    expect(error).toMatchObject({ name: "ApiError", status: 400, type: "invalid_request_error" });
    expect(String(error)).not.toContain(testToken);
  });

  test("is a success with its body unchanged when its status is a success", async () => {
    const { clock, call } = calling(contradicting(json(quoting)));
    expect(await success(clock, call)).toEqual(quoting);
  });

  test("is shown to middleware by its status", async () => {
    const seen: unknown[] = [];
    const middleware: Middleware = async (request, next) => {
      const response = await next(request);
      seen.push(response.status, response.headers.get("x-a"), await response.text());
      return response;
    };
    const { caller, clock } = testCaller(
      scriptedFetch(
        contradicting(text(testToken, 422, { "x-a": testToken })),
        contradicting(json(quoting, 200, { "x-a": testToken })),
      ),
      { middleware: [middleware] },
    );
    await failure(clock, caller.call(sampleOperations.read, inputFor(sampleOperations.read)));
    expect(seen.splice(0)).toEqual([422, "[token]", "[token]"]);
    await success(clock, caller.call(sampleOperations.read, inputFor(sampleOperations.read)));
    expect(seen).toEqual([200, testToken, JSON.stringify(quoting)]);
  });
});

describe("redactToken", () => {
  const token = "sk_live+5up3r/s3cr3t";

  test("removes every encoded form of a token, everywhere, and those of a second token too", () => {
    expect(redactToken(`a ${token} b ${encodeURIComponent(token)}, ${token.toUpperCase()}`, token)).toBe(
      "a [token] b [token], [token]",
    );
    expect(redactToken('a sk_"quoted"_0123456789 sk_\\"quoted\\"_0123456789', 'sk_"quoted"_0123456789')).toBe(
      "a [token] [token]",
    );
    expect(redactToken(`a ${token}`, "sk_live_0123456789")).toBe(`a ${token}`);
    expect(redactToken(`a ${token}`, token)).toBe("a [token]");
  });

  test("matches the characters of a token literally, not as a pattern", () => {
    expect(redactToken("sk.live.0123456789 sk-live-0123456789", "sk.live.0123456789")).toBe(
      "[token] sk-live-0123456789",
    );
  });
});

describe("reading a body", () => {
  const reading = (response: Response, options: Partial<ReadOptions> = {}) =>
    readBody(response, {
      maxBytes: 100,
      isOver: () => false,
      redact: (text) => text.replaceAll("secret", "[token]"),
      ...options,
    });

  test("keeps bytes on request, also when the length is known", async () => {
    for (const headers of [{}, { "content-length": "2" }] as Record<string, string>[]) {
      expect((await reading(new Response("ab", { headers }), { keepBytes: true })).bytes).toEqual(
        new TextEncoder().encode("ab"),
      );
      expect((await reading(new Response("ab", { headers }))).bytes).toBeUndefined();
    }
  });

  test("removes the token from an error and leaves a success unchanged", async () => {
    expect((await reading(new Response("a secret"))).text).toBe("a secret");
    expect((await reading(new Response("a secret", { status: 500 }))).text).toBe("a [token]");
  });

  test("leaves the text of an error unchanged when there is nothing to remove", async () => {
    const text = '{ "a": 1.0 }';
    expect((await reading(new Response(text, { status: 500 }))).text).toBe(text);
    expect((await reading(new Response('{ "a": "secret" }', { status: 500 }))).text).toBe('{"a":"[token]"}');
  });

  test("accepts a body of the largest size, whether its length is known or not", async () => {
    for (const [length, headers] of [
      [100, { "content-length": "100" }],
      [100, {}],
      [101, { "content-length": "5" }],
      [101, { "content-length": "101" }],
      [101, {}],
    ] as [number, Record<string, string>][]) {
      const { text: read } = await reading(new Response("x".repeat(length), { headers }));
      expect(read?.length).toBe(length > 100 ? undefined : length);
    }
  });

  describe("that is not a web stream, such as that of node-fetch,", () => {
    const foreign = (text: string, headers: Record<string, string> = {}) =>
      ({ status: 200, ok: true, headers: new Headers(headers), body: { pipe() {} }, text: async () => text }) as never;

    test("is read as text, also when bytes are requested", async () => {
      expect((await reading(foreign("{}"))).text).toBe("{}");
      const complete = await reading(foreign("{}"), { keepBytes: true });
      expect(await toResponse(complete).text()).toBe("{}");
    });

    test("is limited", async () => {
      expect((await reading(foreign("x".repeat(101)))).text).toBeUndefined();
      expect((await reading(foreign("", { "content-length": "101" }))).text).toBeUndefined();
    });
  });

  test("is limited when the content-length is empty", async () => {
    const pulled = vi.fn((controller: ReadableStreamDefaultController<Uint8Array>) => {
      if (pulled.mock.calls.length > 50) controller.close();
      else controller.enqueue(new Uint8Array(10));
    });
    const headers = { "content-length": "" };
    const response = new Response(new ReadableStream({ pull: pulled }, { highWaterMark: 0 }), { headers });
    expect((await reading(response)).text).toBeUndefined();
    expect(pulled.mock.calls.length).toBeLessThan(20);
  });

  test("accepts a response without a body", async () => {
    expect((await reading(new Response(null))).text).toBe("");
  });
});

test.each([300, 304, 305, 306])("status %i is not described as a redirect", async (code) => {
  const { clock, call } = calling(text(null, code, { location: "https://else.example" }));
  const error = await failure(clock, call);
  expect(error).toMatchObject({ name: "ApiError", status: code });
  expect(String(error)).not.toContain("redirect");
});

test.each([undefined, () => undefined])(
  "a fetch whose responses have a Map for headers buys once, with the listener %j",
  async (onEvent) => {
    const step: Step = () =>
      ({ ok: true, status: 200, headers: new Map(), text: async () => "{}" }) as unknown as Response;
    const { caller, clock } = testCaller(scriptedFetch(step), { onEvent });
    expect(await success(clock, caller.call(unsafe, inputFor(unsafe)).withResponse())).toMatchObject({
      data: {},
      requestId: undefined,
    });
  },
);

test("a fetch whose responses have headers that cannot be listed ends in an ApiError", async () => {
  const headers = { get: () => null, has: () => false };
  const step: Step = () => ({ ok: false, status: 422, headers, text: async () => "no" }) as unknown as Response;
  const { clock, call } = calling(step, unsafe);
  expect(await failure(clock, call)).toMatchObject({ name: "ApiError", status: 422, ambiguous: false });
});
