import { Agent } from "node:http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prepareRequest } from "../../src/node/request.js";
import { wasNeverSent } from "../../src/wrappers/retry.js";
import { outcomeOf } from "../support/settle.js";
import { nodeFetch } from "./make.js";
import { bodyOf, serve, serveBytes, until } from "./server.js";

const secret = "Bearer sk_live_s3cret";

/** A server that returns the request it received. */
const mirror = () =>
  serve(async (request, response) => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: (await bodyOf(request)).toString("base64") }));
  });

async function mirrored(init: RequestInit, path = "/") {
  const { url } = await mirror();
  const response = await nodeFetch()(url + path, init);
  const seen = (await response.json()) as {
    method: string;
    url: string;
    headers: Record<string, string>;
    body: string;
  };
  return { ...seen, body: Buffer.from(seen.body, "base64") };
}

describe("a sent request", () => {
  test("has the path with its query, without the fragment", async () => {
    expect((await mirrored({}, "/a%20b/é?x=1&y=%2F#z")).url).toBe("/a%20b/%C3%A9?x=1&y=%2F");
  });

  test.each([
    ["get", "GET"],
    ["PATCH", "PATCH"],
    ["DELETE", "DELETE"],
  ])("has the method %s as %s", async (method, expected) => {
    expect((await mirrored({ method })).method).toBe(expected);
  });

  test("has the headers of a record, of pairs and of Headers alike", async () => {
    for (const headers of [{ "X-A": " one " }, [["x-a", "one"]] as [string, string][], new Headers({ "x-a": "one" })]) {
      expect((await mirrored({ headers })).headers["x-a"]).toBe("one");
    }
  });

  test("has the default headers of fetch, unless the caller sets them", async () => {
    expect((await mirrored({})).headers).toMatchObject({ accept: "*/*", "accept-encoding": "gzip, br" });
    const headers = { accept: "text/html", "accept-encoding": "br", "user-agent": "me" };
    expect((await mirrored({ headers })).headers).toMatchObject(headers);
  });

  test("for a range accepts no compression, because the range refers to the stored bytes", async () => {
    const { headers } = await mirrored({ headers: { range: "bytes=5-" } });
    expect(headers).toMatchObject({ range: "bytes=5-", "accept-encoding": "identity" });
  });

  test("keeps the bytes of a header beyond ASCII, also together with a text body", async () => {
    const { headers, body } = await mirrored({
      method: "POST",
      headers: { "x-name": "caf\u00e9" },
      body: "cr\u00e8me",
    });
    expect(headers["x-name"]).toBe("caf\u00e9");
    expect(body.toString()).toBe("crème");
  });
});

test("the shortcut for a URL with the previous origin leads to the same request as parsing the URL", () => {
  const agent = new Agent();
  const prepare = (address: string) => {
    const { url, options } = prepareRequest(address, {}, () => agent);
    return { url, ...options };
  };
  const parts = [
    "/",
    ".",
    "..",
    "%2e",
    "%2E",
    "%",
    "a",
    "Z",
    "~",
    "é",
    " ",
    "\t",
    "\\",
    ":8080",
    "@b",
    "?",
    "&",
    "=",
    "#",
  ];
  const others = [
    "'",
    '"',
    "|",
    "^",
    "`",
    "{",
    "}",
    "<",
    ">",
    "[",
    "]",
    "+",
    "*",
    "!",
    "$",
    "(",
    ")",
    ",",
    ";",
    "-",
    "_",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts, ...others), { maxLength: 6 }), (path) => {
      const address = `http://api.test/${path.join("")}`;
      prepare("http://other.test/");
      const parsed = prepare(address);
      prepare("http://api.test/");
      expect(prepare(address)).toEqual(parsed);
      expect(parsed).toMatchObject({ hostname: "api.test", port: "" });
    }),
    { numRuns: 2_000, seed: 20261128 },
  );
  prepare("http://api.test/");
  for (const rest of [":8080/", ".evil.test/", "@evil.test/", "x/"]) {
    const { host } = new URL(`http://api.test${rest}`);
    const go = () => prepare(`http://api.test${rest}`).headers;
    if (rest.startsWith("@")) expect(go).toThrow(/credentials/);
    else expect(go()).toMatchObject({ host });
  }
});

describe("a body", () => {
  const bytes = new Uint8Array([0, 255, 128, 10]);
  const bodies: [string, NonNullable<RequestInit["body"]>, Buffer, string | undefined][] = [
    ["a text", "h\u00e9\ud800", Buffer.from("h\u00e9\ufffd"), "text/plain;charset=UTF-8"],
    ["an empty text", "", Buffer.alloc(0), "text/plain;charset=UTF-8"],
    ["bytes", bytes, Buffer.from(bytes), undefined],
    ["a part of a buffer", bytes.subarray(1, 3), Buffer.from([255, 128]), undefined],
    ["a buffer", bytes.buffer, Buffer.from(bytes), undefined],
    ["a blob", new Blob([bytes], { type: "image/x" }), Buffer.from(bytes), "image/x"],
    [
      "a form's parameters",
      new URLSearchParams({ a: "b c" }),
      Buffer.from("a=b+c"),
      "application/x-www-form-urlencoded;charset=UTF-8",
    ],
  ];

  test.each(bodies)("is sent with its length: %s", async (_, body, expected, type) => {
    const seen = await mirrored({ method: "POST", body });
    expect(seen.body.equals(expected)).toBe(true);
    expect(seen.headers["content-length"]).toBe(String(expected.length));
    expect(seen.headers["content-type"]).toBe(type);
  });

  test("that is a form has the boundary in its content type", async () => {
    const form = new FormData();
    form.set("field", "value");
    const seen = await mirrored({ method: "POST", body: form });
    expect(seen.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(seen.body.toString()).toContain("value");
  });

  test("keeps the content type that the caller sets", async () => {
    const headers = { "content-type": "application/json" };
    expect((await mirrored({ method: "POST", body: "{}", headers })).headers).toMatchObject(headers);
  });

  test("that is absent has the length 0 for methods that may have a body", async () => {
    expect((await mirrored({ method: "POST" })).headers["content-length"]).toBe("0");
    expect((await mirrored({ method: "DELETE" })).headers).not.toHaveProperty("content-length");
  });

  const streamOf = (...texts: string[]) =>
    new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const text of texts) controller.enqueue(Buffer.from(text));
        controller.close();
      },
    });

  test("that is a stream is sent in chunks, or with the given content-length", async () => {
    const chunked = await mirrored({ method: "PUT", body: streamOf("ab", "", "c") });
    expect(chunked.headers).toMatchObject({ "transfer-encoding": "chunked" });
    expect(chunked.body.toString()).toBe("abc");
    const promised = await mirrored({ method: "PUT", body: streamOf("ab", "c"), headers: { "content-length": "3" } });
    expect(promised.headers["content-length"]).toBe("3");
    expect(promised.body.toString()).toBe("abc");
  });

  test.each([
    ["fewer bytes than promised", streamOf("ab")],
    ["more bytes than promised", streamOf("abc", "d")],
  ])("that is a stream with %s fails, and ends the connection", async (_, body) => {
    const { url, connections } = await mirror();
    const sent = nodeFetch()(url, { method: "PUT", body, headers: { "content-length": "3" } });
    expect(await outcomeOf(sent)).toMatchObject({ error: { cause: { code: "ERR_HTTP_CONTENT_LENGTH_MISMATCH" } } });
    await new Promise((resolve) => (connections[0]?.closed ? resolve(0) : connections[0]?.once("close", resolve)));
  });

  test("that is a failing stream fails the request", async () => {
    const { url } = await mirror();
    const failure = new Error("the disk is gone");
    const body = new ReadableStream({ pull: () => Promise.reject(failure) });
    const outcome = await outcomeOf(nodeFetch()(url, { method: "PUT", body }));
    expect(outcome).toMatchObject({ error: { name: "TypeError", cause: failure } });
  });

  test("that is a stream is read no faster than it is sent", async () => {
    let pulled = 0;
    const piece = new Uint8Array(64 * 1024);
    const body = new ReadableStream({
      pull: (controller) => {
        if (pulled++ > 4_000) controller.close();
        else controller.enqueue(piece);
      },
    });
    const { url, connections } = await serve(() => undefined);
    const controller = new AbortController();
    const sent = outcomeOf(nodeFetch()(url, { method: "PUT", body, signal: controller.signal }));
    await until(() => pulled > 0);
    let before = -1;
    // The server reads nothing. Once the buffers of the network and of both sides are full, sending stops.
    while (pulled !== before) {
      before = pulled;
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(connections).toHaveLength(1);
    expect(pulled).toBeLessThan(2_000);
    controller.abort();
    expect(await sent).toMatchObject({ error: { name: "AbortError" } });
  });

  test("is cancelled when the response is complete before it is sent, and the connection is closed", async () => {
    let cancelled = false;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1_024)),
      cancel: () => {
        cancelled = true;
      },
    });
    const { url, connections } = await serve((_, response) => response.writeHead(413).end("too large"));
    const response = await nodeFetch()(url, { method: "PUT", body });
    expect([response.status, await response.text()]).toEqual([413, "too large"]);
    await new Promise((resolve) => (connections[0]?.closed ? resolve(0) : connections[0]?.once("close", resolve)));
    expect(cancelled).toBe(true);
  });
});

describe("an invalid request is refused before a connection is opened, and not quoted", () => {
  const cases: [string, string, RequestInit][] = [
    ["an invalid address", "nowhere?X-Amz-Signature=s3cret", {}],
    ["another protocol", "ftp://127.0.0.1/s3cret", {}],
    ["credentials in the address", "http://me:s3cret@127.0.0.1/", {}],
    ["a line break in a header", "", { headers: { authorization: `${secret}\r\nx: y` } }],
    ["a header that is not bytes", "", { headers: { authorization: `${secret}\u20ac` } }],
    ["an invalid name", "", { headers: { "s3cret\n": "x" } }],
    ["an expectation", "", { headers: { expect: "100-continue" } }],
    [
      "another way to count the body",
      "",
      { method: "POST", body: "s3cret", headers: { "transfer-encoding": "chunked" } },
    ],
    ["a length that is not the body's", "", { method: "POST", body: "s3cret", headers: { "content-length": "99" } }],
    ["a length that is not a number", "", { method: "POST", body: "s3cret", headers: { "content-length": "+6" } }],
    ["a method that is not allowed", "", { method: "TRACE" }],
    ["an invalid method", "", { method: "G\r\nET" }],
    ["a body of GET", "", { method: "GET", body: "s3cret" }],
  ];

  test.each(cases)("%s", async (_, address, init) => {
    const { url, connections } = await mirror();
    const { error } = (await outcomeOf(nodeFetch()(address || url, init))) as { error: Error };
    expect(error).toBeInstanceOf(TypeError);
    expect(wasNeverSent(error)).toBe(true);
    expect(`${error.stack} ${(error.cause as Error)?.stack}`).not.toContain("s3cret");
    expect(connections).toHaveLength(0);
  });
});

test("the head is sent once, and no header twice", async () => {
  let head = "";
  const { url } = await serveBytes((socket, text) => {
    head += text;
    socket.write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  await (await nodeFetch()(`${url}/x`, { method: "POST", headers: { authorization: secret }, body: "{}" })).text();
  const lines = head.split("\r\n");
  expect(lines[0]).toBe("POST /x HTTP/1.1");
  const names = lines.slice(1, lines.indexOf("")).map((line) => line.split(":")[0]?.toLowerCase());
  expect(names.sort()).toEqual([
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
  ]);
  expect(lines.at(-1)).toBe("{}");
});
