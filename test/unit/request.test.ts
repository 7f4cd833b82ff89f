import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { UsageError } from "../../src/wrappers/errors.js";
import { checkBaseUrl, isLoopback } from "../../src/wrappers/options.js";
import {
  buildUrl,
  checkCursors,
  checkHeaders,
  fillPath,
  serializeBody,
  serializeQuery,
} from "../../src/wrappers/request.js";
import { send } from "../../src/wrappers/send.js";
import { Interruption } from "../../src/wrappers/timeout.js";
import { sampleList, sampleOperations } from "../support/operations.js";
import { json, scriptedFetch } from "../support/scripted-fetch.js";

const { read, keyed } = sampleOperations;
const half = "\ud83d";

function errorOf(refused: () => unknown): UsageError {
  try {
    refused();
  } catch (error) {
    if (UsageError.is(error)) return error;
    throw error;
  }
  throw new Error("expected a UsageError");
}

const fieldOf = (refused: () => unknown) => errorOf(refused).field;
const messageOf = (refused: () => unknown) => errorOf(refused).message;

describe("send", () => {
  const request = { url: "https://api.test/v", method: "POST", headers: { accept: "a" }, body: "{}" } as const;

  test("adds the token, follows no redirect, and calls fetch unbound", async () => {
    const bound = vi.fn();
    const fetch = scriptedFetch(json({ ok: 1 }));
    const interruption = new Interruption();
    const observed = async function (this: unknown, url: string, init: RequestInit) {
      bound(this);
      return fetch(url, init);
    };
    expect(await send(observed, request, "sk_1", interruption, 1_000)).toMatchObject({ text: '{"ok":1}' });
    expect(bound).toHaveBeenCalledWith(undefined);
    expect(fetch.requests[0]?.init).toEqual({
      method: "POST",
      headers: { accept: "a", authorization: "Bearer sk_1" },
      redirect: "manual",
      body: "{}",
      signal: interruption.signal,
    });
  });

  test("removes the token from an error body that quotes it, and leaves a success unchanged", async () => {
    const token = "sk_live_0123456789";
    const fetch = scriptedFetch(json({ quoted: `Bearer ${token}` }, 400), json({ quoted: token }));
    const interruption = new Interruption();
    expect((await send(fetch, request, token, interruption, 1_000)).text).toBe('{"quoted":"Bearer [token]"}');
    expect((await send(fetch, request, token, interruption, 1_000)).text).toBe(`{"quoted":"${token}"}`);
  });

  test("removes a token of 16 characters, and keeps a shorter one, which may be a word", async () => {
    const interruption = new Interruption();
    for (const [token, shown] of [
      ["x".repeat(15), "x".repeat(15)],
      ["x".repeat(16), "[token]"],
    ] as const) {
      const { text } = await send(scriptedFetch(json({ quoted: token }, 400)), request, token, interruption, 1_000);
      expect(text).toBe(`{"quoted":"${shown}"}`);
    }
  });

  test("omits a missing body", async () => {
    const fetch = scriptedFetch(json({}));
    await send(fetch, { ...request, body: undefined }, "sk_1", new Interruption(), 1_000);
    expect(fetch.requests[0]?.init).not.toHaveProperty("body");
  });
});

describe("a URL", () => {
  test("escapes path parameters, except for the colons of a resource path", () => {
    expect(fillPath("/v/{a}/x/{b}", { a: "sfc:pool:acme:dev:main", b: "a/b?c#d %" })).toBe(
      "/v/sfc:pool:acme:dev:main/x/a%2Fb%3Fc%23d%20%25",
    );
  });

  test("never leads to another path, whatever the value", () => {
    const base = "https://api.test/prefix";
    // Not the unit "binary": its table of all characters takes a second to make.
    const special = fc.constantFrom(..."/\\.%?#;:@&=+ \t\n\r\0");
    const character = fc.oneof(
      special,
      fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    );
    fc.assert(
      fc.property(fc.string({ unit: character }), (id) => {
        let url: URL;
        try {
          url = new URL(buildUrl(base, read, { path: { id } }));
        } catch (error) {
          expect(UsageError.is(error)).toBe(true);
          return;
        }
        expect(url.origin).toBe("https://api.test");
        expect(url.pathname.split("/").slice(0, 4)).toEqual(["", "prefix", "v", "things"]);
        expect(url.pathname.split("/")).toHaveLength(5);
        expect(url.search + url.hash).toBe("");
      }),
    );
  });

  test.each(["", ".", "..", half, undefined, null, 7, {}])("refuses %j as a path parameter", (id) => {
    expect(fieldOf(() => buildUrl("https://api.test", read, { path: { id: id as string } }))).toBe("id");
  });

  test("names the operation and the parameter that it refuses", () => {
    expect(messageOf(() => buildUrl("https://api.test", read, { path: { id: ".." } }))).toBe(
      'GET /v/things/{id}: id: must be a non-empty string other than "." and ".."',
    );
    expect(messageOf(() => buildUrl("https://api.test", keyed, { query: [] }))).toBe(
      "POST /v/things: query: must be a plain object",
    );
    expect(messageOf(() => buildUrl("https://api.test", keyed, { query: { status: [] } }))).toBe(
      "POST /v/things: query.status: must not be an empty list, which would filter nothing; omit it",
    );
    expect(messageOf(() => buildUrl("https://api.test", keyed, { query: { n: Number.NaN } }))).toBe(
      "POST /v/things: query.n: cannot be part of a URL",
    );
  });

  test("accepts dots that are part of a longer value", () => {
    expect(fillPath("/v/{id}", { id: "..." })).toBe("/v/...");
    expect(fillPath("/v/{id}", { id: ".a" })).toBe("/v/.a");
    expect(fillPath("/v/{id}", { id: "a.." })).toBe("/v/a..");
  });

  test("has at most one cursor, when the operation has pages", () => {
    const list = sampleList();
    const both = { starting_after: "A", ending_before: "B" };
    expect(messageOf(() => checkCursors(list, both))).toBe(
      "GET /v/things: query.ending_before: cannot be combined with starting_after: a list is read in one direction",
    );
    expect(fieldOf(() => buildUrl("https://api.test", list, { query: both }))).toBe("query.ending_before");
    for (const one of [{ starting_after: "A" }, { ending_before: "B" }, { ...both, ending_before: null }, {}]) {
      expect(() => checkCursors(list, one)).not.toThrow();
    }
    expect(() => checkCursors(keyed, both)).not.toThrow();
  });

  test("repeats the name of a list parameter, and escapes characters that would end its value", () => {
    expect(serializeQuery({ status: ["running", "failed"], tag: ["env=prod"], limit: 5, all: true })).toBe(
      "status=running&status=failed&tag=env%3Dprod&limit=5&all=true",
    );
  });

  test("omits undefined values", () => {
    expect(buildUrl("https://api.test", keyed, { query: { limit: undefined } })).toBe("https://api.test/v/things");
    expect(serializeQuery({ a: undefined, b: 1, c: [undefined, 2], d: undefined })).toBe("b=1&c=2");
  });

  test.each([
    ["an empty list, which would match everything", { status: [] }, "query.status"],
    ["not a number", { limit: Number.NaN }, "query.limit"],
    ["half a character", { name: half }, "query.name"],
    ["a list of nothing", { status: [undefined] }, "query.status"],
  ])("refuses %s", (_, query, field) => {
    expect(fieldOf(() => serializeQuery(query))).toBe(field);
  });
});

describe("serializeBody", () => {
  test("is the JSON of the body, and undefined without one", () => {
    expect(serializeBody(keyed, { a: [1, "b", null], c: undefined })).toBe('{"a":[1,"b",null]}');
    expect(serializeBody(read, undefined)).toBeUndefined();
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const trap = {
    toJSON() {
      throw new Error("sk_live_secret");
    },
  };

  test.each([
    ["a missing body", undefined, "body"],
    ["not a number", { price: { limit: Number.NaN } }, "body.limit"],
    ["infinity", { n: Number.POSITIVE_INFINITY }, "body.n"],
    ["a bigint", { n: 1n }, "body.n"],
    ["a circle", circle, "body"],
    ["what throws", trap, "body"],
    ["a Map", { tags: new Map([["a", 1]]) }, "body.tags"],
    ["a Set as the body", new Set([1]), "body"],
    ["a regular expression beside null", { a: null, shape: /a/ }, "body.shape"],
  ])("refuses %s", (_, body, field) => {
    expect(fieldOf(() => serializeBody(keyed, body))).toBe(field);
  });

  test.each([
    [undefined, "body: is required"],
    [null, "body: is required"],
    [{ n: Number.NaN }, "body.n: must be a finite number"],
    [{ n: 1n }, "body.n: must be a finite number"],
    [{ tags: new Map() }, "body.tags: would be serialized as {}; pass a plain object"],
    [new Map(), "body: would be serialized as {}; pass a plain object"],
    [circle, "body: cannot be written as JSON"],
    [() => undefined, "body: cannot be written as JSON"],
  ])("states the operation, the member and what is wrong with it: %#", (body, message) => {
    expect(messageOf(() => serializeBody(keyed, body))).toBe(`POST /v/things: ${message}`);
  });

  test.each([
    [{ a: {}, b: null }, '{"a":{},"b":null}'],
    [{ a: [], b: {} }, '{"a":[],"b":{}}'],
    [{ a: new Date(0), b: {} }, '{"a":"1970-01-01T00:00:00.000Z","b":{}}'],
    [{ a: () => 1, b: {} }, '{"b":{}}'],
    [{ a: Object.assign(new Map(), { own: 1 }), b: {} }, '{"a":{"own":1},"b":{}}'],
    [{ a: "null {}", b: 0 }, '{"a":"null {}","b":0}'],
  ])("accepts a value that JSON can represent: %o", (body, json) => {
    expect(serializeBody(keyed, body)).toBe(json);
  });
});

describe("checkHeaders", () => {
  test("returns names in lower case", () => {
    expect(checkHeaders({ "X-Trace": "1", accept: "text/plain" })).toEqual({ "x-trace": "1", accept: "text/plain" });
  });

  test.each(["Authorization", "authorization", "IDEMPOTENCY-KEY"])("refuses %s, because an option sets it", (name) => {
    expect(fieldOf(() => checkHeaders({ [name]: "x" }))).toBe("options.headers");
  });

  test.each([
    ["a value with a newline", { "x-a": "sk_live_1\nx-b: 1" }],
    ["a value with a null", { "x-a": "sk_live_1\0" }],
    ["a value that is not a string", { "x-a": 7 as unknown as string }],
    ["a name with a newline", { "x-a: sk_live_1\n": "1" }],
    ["an empty name", { "": "sk_live_1" }],
  ])("refuses %s without quoting it", (_, headers) => {
    expect(() => checkHeaders(headers)).toThrow(UsageError);
    expect(() => checkHeaders(headers)).not.toThrow(/sk_live_1/);
  });
});

describe("the message about headers", () => {
  const setByTransport = Object.fromEntries(
    ["connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"].map(
      (name) => [name, "the transport sets it"],
    ),
  );
  test.each(
    Object.entries({
      ...setByTransport,
      authorization:
        "use the client's token option, which may be a function that returns a fresh token for each attempt",
      "idempotency-key": "use the call's idempotencyKey option",
    }),
  )("states why %s is refused", (name, reason) => {
    expect(messageOf(() => checkHeaders({ [name.toUpperCase()]: "x" }))).toBe(
      `options.headers: must not contain "${name}": ${reason}`,
    );
  });

  test.each([
    [new Map(), 'must be a plain object of strings, such as { "x-trace": "7" }'],
    [{ "x y": "1" }, "contains an invalid header name"],
    [{ " x": "1" }, "contains an invalid header name"],
    [{ x: "é–" }, "contains a value that is not a string of printable Latin-1 characters"],
    [{ x: "\n1" }, "contains a value that is not a string of printable Latin-1 characters"],
    [{ x: ["1"] }, "contains a value that is not a string of printable Latin-1 characters"],
  ])("states what is wrong: %o", (headers, message) => {
    const given = headers as Record<string, string>;
    expect(messageOf(() => checkHeaders(given))).toBe(`options.headers: ${message}`);
    expect(messageOf(() => checkHeaders(given, {}, "headers"))).toBe(`headers: ${message}`);
  });

  test("accepts names of the object prototype, an empty value and Latin-1", () => {
    expect(checkHeaders({ constructor: "", "x-a": "\té ~" })).toEqual({ constructor: "", "x-a": "\té ~" });
  });
});

describe("isLoopback", () => {
  test.each(["localhost", "api.localhost", "127.0.0.1", "127.255.255.254", "127.1.22.133", "[::1]"])(
    "recognizes %s",
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  test.each([
    "127.evil.com",
    "127.0.0.1.evil.com",
    "127.0.0",
    "127.0.0.1.1",
    "127.0.0.a",
    "1127.0.0.1",
    "128.0.0.1",
    "evillocalhost",
    "localhost.evil.com",
    "[::2]",
    "x[::1]",
    "::1",
    "",
  ])("does not treat %j as this machine", (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe("checkBaseUrl", () => {
  test.each([
    ["https://api.sfcompute.com", "https://api.sfcompute.com"],
    ["https://proxy.test/sfc/", "https://proxy.test/sfc"],
    ["http://localhost:4010", "http://localhost:4010"],
    ["http://api.localhost", "http://api.localhost"],
    ["http://127.0.0.1:9/", "http://127.0.0.1:9"],
    ["http://127.8.8.8", "http://127.8.8.8"],
    ["http://[::1]:80/a//", "http://[::1]/a"],
  ])("accepts %s", (given, kept) => {
    expect(checkBaseUrl(given, false)).toBe(kept);
  });

  test.each([
    "http://api.sfcompute.com",
    "http://localhost.evil.test",
    "http://127.0.0.1.evil.test",
    "http://notlocalhost",
    "ftp://localhost",
    "file:///etc/passwd",
    "https://user:sk_live_1@api.test",
    "https://api.test/?key=sk_live_1",
    "https://api.test/#sk_live_1",
    "api.test",
    "",
  ])("refuses %s without quoting it", (given) => {
    expect(fieldOf(() => checkBaseUrl(given, false))).toBe("options.baseUrl");
    expect(() => checkBaseUrl(given, false)).not.toThrow(/sk_live_1/);
  });

  test("allows only plain http, and only with allowInsecure, to other machines", () => {
    expect(checkBaseUrl("http://api.test", true)).toBe("http://api.test");
    expect(fieldOf(() => checkBaseUrl("ftp://api.test", true))).toBe("options.baseUrl");
  });
});
