import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import type { SfcError } from "../../src/wrappers/errors.js";
import type { CallOptions } from "../../src/wrappers/options.js";
import { inputFor, sampleOperations } from "../support/operations.js";
import { json, type Step, scriptedFetch, status, text } from "../support/scripted-fetch.js";
import { failure, settle, success } from "../support/settle.js";
import { testCaller, testToken } from "../support/test-caller.js";

const { read, keyed, unsafe } = sampleOperations;
const thing = { id: "thing_1" };

function calling(step: Step, operation: typeof read | typeof keyed | typeof unsafe = read, options: CallOptions = {}) {
  const test = testCaller(scriptedFetch(step));
  return { ...test, call: test.caller.call<unknown>(operation, inputFor(operation), { maxRetries: 0, ...options }) };
}

/** A body in pieces, without a content-length, that counts what was read of it. */
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
    ["escaped letter by letter", text(`{"error":{"type":"${escaped}","message":"${escaped}"}}`, 422)],
    ["in the type", json({ error: { type: token, message: "no" } }, 422)],
    ["in a detail", json({ error: { type: "a", message: "no", details: [{ code: "c", message: token }] } }, 422)],
    ["as the name of a member", json({ error: { type: "a", message: "no", details: [{ [token]: 1 }] } }, 422)],
    ["escaped for an address", json({ error: { type: "a", message: encodeURIComponent(token) } }, 422)],
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
  test("ends a body that is larger, at once, as a DecodeError", async () => {
    const { step, pulled } = pieces(1_000, 1_000);
    const { clock, call } = calling(step, keyed, { maxResponseBytes: 10_000 });
    const error = await failure(clock, call);
    expect(error).toMatchObject({ name: "DecodeError", status: 200, attempts: 1, ambiguous: true });
    expect(String(error)).toContain("larger than maxResponseBytes (10000 bytes)");
    expect(pulled).toEqual({ count: 11, cancelled: true });
  });

  test("leaves a read unambiguous, and accepts a body of exactly its size", async () => {
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

  test("is 64 MiB by default, an option of the client, and of the call", async () => {
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

  test("is checked before the body is read where content-length says its size", async () => {
    const { step, pulled } = pieces(3, 10, { "content-length": "1000000" });
    const { clock, call } = calling(step, read, { maxResponseBytes: 1_000 });
    expect(await failure(clock, call)).toMatchObject({ name: "DecodeError" });
    expect(pulled.count).toBe(0);
  });

  test("does not believe the content-length of a compressed body, which a transport has unpacked", async () => {
    const { step } = pieces(100, 100, { "content-length": "50", "content-encoding": "gzip" });
    const { clock, call } = calling(step, read, { maxResponseBytes: 1_000 });
    expect(await failure(clock, call)).toMatchObject({ name: "DecodeError" });
  });

  test("reads a body with a size in one piece", async () => {
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

describe("a success that is no object", () => {
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
    "is not suspected in %s",
    async (body) => {
      const { clock, call } = calling(text(body));
      expect(await success(clock, call)).toEqual(JSON.parse(body));
    },
  );
});

test.each([300, 304, 305, 306])("status %i is not described as a redirect", async (code) => {
  const { clock, call } = calling(text(null, code, { location: "https://else.example" }));
  const error = await failure(clock, call);
  expect(error).toMatchObject({ name: "ApiError", status: code });
  expect(String(error)).not.toContain("redirect");
});

test("a fetch whose responses have headers that cannot be listed ends in an ApiError", async () => {
  const headers = { get: () => null, has: () => false };
  const step: Step = () => ({ ok: false, status: 422, headers, text: async () => "no" }) as unknown as Response;
  const { clock, call } = calling(step, unsafe);
  expect(await failure(clock, call)).toMatchObject({ name: "ApiError", status: 422, ambiguous: false });
});
