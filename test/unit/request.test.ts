import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { UsageError } from "../../src/wrappers/errors.js";
import { checkBaseUrl, isLoopback } from "../../src/wrappers/options.js";
import { buildUrl, checkHeaders, fillPath, serializeBody, serializeQuery } from "../../src/wrappers/request.js";
import { send } from "../../src/wrappers/send.js";
import { Interruption } from "../../src/wrappers/timeout.js";
import { sampleOperations } from "../support/operations.js";
import { json, scriptedFetch } from "../support/scripted-fetch.js";

const { read, keyed } = sampleOperations;
const half = "\ud83d";

function fieldOf(refused: () => unknown): string {
  try {
    refused();
  } catch (error) {
    if (UsageError.is(error)) return error.field;
    throw error;
  }
  throw new Error("expected a UsageError");
}

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

  test("takes the token out of a refusal that quotes it, and leaves a success as it is", async () => {
    const token = "sk_live_0123456789";
    const fetch = scriptedFetch(json({ quoted: `Bearer ${token}` }, 400), json({ quoted: token }));
    const interruption = new Interruption();
    expect((await send(fetch, request, token, interruption, 1_000)).text).toBe('{"quoted":"Bearer [token]"}');
    expect((await send(fetch, request, token, interruption, 1_000)).text).toBe(`{"quoted":"${token}"}`);
  });

  test("takes a token of 16 characters out, and leaves a shorter one, which may be a word", async () => {
    const interruption = new Interruption();
    for (const [token, shown] of [
      ["x".repeat(15), "x".repeat(15)],
      ["x".repeat(16), "[token]"],
    ] as const) {
      const { text } = await send(scriptedFetch(json({ quoted: token }, 400)), request, token, interruption, 1_000);
      expect(text).toBe(`{"quoted":"${shown}"}`);
    }
  });

  test("leaves out a missing body", async () => {
    const fetch = scriptedFetch(json({}));
    await send(fetch, { ...request, body: undefined }, "sk_1", new Interruption(), 1_000);
    expect(fetch.requests[0]?.init).not.toHaveProperty("body");
  });
});

describe("an address", () => {
  test("has the path's values escaped, but for the colons of a resource path", () => {
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

  test("repeats the name of a list, and escapes what would end the value", () => {
    expect(serializeQuery({ status: ["running", "failed"], tag: ["env=prod"], limit: 5, all: true })).toBe(
      "status=running&status=failed&tag=env%3Dprod&limit=5&all=true",
    );
  });

  test("leaves out what is undefined", () => {
    expect(buildUrl("https://api.test", keyed, { query: { limit: undefined } })).toBe("https://api.test/v/things");
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
    ["a body that is missing", undefined, "body"],
    ["not a number", { price: { limit: Number.NaN } }, "body.limit"],
    ["infinity", { n: Number.POSITIVE_INFINITY }, "body.n"],
    ["a bigint", { n: 1n }, "body.n"],
    ["a circle", circle, "body"],
    ["what throws", trap, "body"],
  ])("refuses %s", (_, body, field) => {
    expect(fieldOf(() => serializeBody(keyed, body))).toBe(field);
  });
});

describe("checkHeaders", () => {
  test("come in lower case", () => {
    expect(checkHeaders({ "X-Trace": "1", accept: "text/plain" })).toEqual({ "x-trace": "1", accept: "text/plain" });
  });

  test.each(["Authorization", "authorization", "IDEMPOTENCY-KEY"])("refuse %s, which has an option", (name) => {
    expect(fieldOf(() => checkHeaders({ [name]: "x" }))).toBe("options.headers");
  });

  test.each([
    ["a value with a newline", { "x-a": "sk_live_1\nx-b: 1" }],
    ["a value with a null", { "x-a": "sk_live_1\0" }],
    ["a value that is no text", { "x-a": 7 as unknown as string }],
    ["a name with a newline", { "x-a: sk_live_1\n": "1" }],
    ["an empty name", { "": "sk_live_1" }],
  ])("refuse %s without quoting it", (_, headers) => {
    expect(() => checkHeaders(headers)).toThrow(UsageError);
    expect(() => checkHeaders(headers)).not.toThrow(/sk_live_1/);
  });
});

describe("isLoopback", () => {
  test.each(["localhost", "api.localhost", "127.0.0.1", "127.255.255.254", "127.1.22.133", "[::1]"])(
    "knows %s",
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
  ])("does not take %j for this machine", (host) => {
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
  ])("keeps %s", (given, kept) => {
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

  test("allows plain http beyond this machine only with allowInsecure, and nothing else", () => {
    expect(checkBaseUrl("http://api.test", true)).toBe("http://api.test");
    expect(fieldOf(() => checkBaseUrl("ftp://api.test", true))).toBe("options.baseUrl");
  });
});
