import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { countingSignal } from "../support/counting-signal.js";
import { outcomeOf, turns } from "../support/settle.js";
import { nodeFetch } from "./make.js";
import { serve, serveBytes, until } from "./server.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const token = "sk_live_t0ken";
const authorized = { headers: { authorization: `Bearer ${token}` } };

const serveResponse = (head: string, body: string | Buffer = "") =>
  serveBytes((socket) => {
    socket.write(`HTTP/1.1 ${head}\r\n\r\n`);
    if (body.length > 0) socket.write(body);
  });

describe("a response is a standard Response", () => {
  test("with status, URL, headers and body", async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(
        201,
        "Made",
        [
          ["set-cookie", "a=1"],
          ["Set-Cookie", "b=2"],
          ["x-n", "1"],
          ["x-n", "2"],
        ].flat(),
      );
      response.end('{"a":1}');
    });
    const response = await nodeFetch()(`${url}/x?y#z`, authorized);
    expect(response).toBeInstanceOf(Response);
    expect(Object.prototype.toString.call(response)).toBe("[object Response]");
    const { status, statusText, ok, redirected, type, bodyUsed } = response;
    expect({ status, statusText, ok, redirected, type, bodyUsed }).toEqual({
      status: 201,
      statusText: "Made",
      ok: true,
      redirected: false,
      type: "basic",
      bodyUsed: false,
    });
    expect(new URL(response.url).pathname).toBe("/x");
    expect(response.headers).toBeInstanceOf(Headers);
    expect(response.headers.get("X-N")).toBe("1, 2");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.json()).toEqual({ a: 1 });
    expect(response.bodyUsed).toBe(true);
  });

  const reads: [string, (response: Response) => Promise<unknown>, unknown][] = [
    ["text", (response) => response.text(), "a=1&b"],
    ["arrayBuffer", async (response) => Buffer.from(await response.arrayBuffer()).toString(), "a=1&b"],
    [
      "bytes",
      async (response) => Buffer.from(await (response as { bytes(): Promise<Uint8Array> }).bytes()).toString(),
      "a=1&b",
    ],
    [
      "blob",
      async (response) => (({ size, type }) => `${size} ${type}`)(await response.blob()),
      "5 application/x-www-form-urlencoded",
    ],
    ["formData", async (response) => [...(await response.formData()).keys()], ["a", "b"]],
    ["clone", async (response) => [await response.clone().text(), await response.text()], ["a=1&b", "a=1&b"]],
    ["body", async (response) => new Response(response.body).text(), "a=1&b"],
    [
      "a copy",
      async (response) => [await new Response(response.body, response).text(), new Response(null, response).status],
      ["a=1&b", 200],
    ],
  ];

  test.each(reads)("that can be read by %s, once", async (_, read, expected) => {
    const { url } = await serveResponse(
      "200 OK\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 5",
      "a=1&b",
    );
    const response = await nodeFetch()(url, {});
    expect(await read(response)).toEqual(expected);
    expect(response.bodyUsed).toBe(true);
    expect(await outcomeOf(response.text())).toMatchObject({ error: { name: "TypeError" } });
    expect(() => response.clone()).toThrow(TypeError);
  });

  test("that prints neither the token nor the query of its URL", async () => {
    const { url } = await serveResponse("200 OK\r\ncontent-length: 2", "{}");
    const response = await nodeFetch()(`${url}/x?X-Amz-Signature=s3cret`, authorized);
    for (const part of [response, response.body, response.headers, response.clone()]) {
      for (const showHidden of [false, true]) {
        const shown = inspect(part, { depth: null, showHidden }) + JSON.stringify(part);
        expect(shown).not.toContain(token);
        expect(shown).not.toContain("s3cret");
      }
    }
    expect(inspect(response)).toContain("status: 200");
  });

  test.each([301, 302, 303, 307, 308])("and a redirect with %i is returned and not followed", async (status) => {
    const seen: string[] = [];
    const { url } = await serve(({ url: path = "" }, response) => {
      seen.push(path);
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
    const response = await nodeFetch()(`${url}/here`, { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([status, "/elsewhere"]);
    expect(await response.text()).toBe("");
    expect(seen).toEqual(["/here"]);
  });

  test("and informational responses before it are skipped", async () => {
    const early = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
    const { url } = await serveBytes((socket) => {
      socket.write(`${early}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok`);
    });
    const response = await nodeFetch()(url, { method: "POST", body: "x" });
    expect([response.status, response.headers.get("link"), await response.text()]).toEqual([200, null, "ok"]);
  });

  test.each([
    ["HEAD", "200 OK\r\ncontent-length: 99"],
    ["HEAD", "200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99"],
    ["GET", "204 No Content"],
    ["GET", "304 Not Modified\r\ncontent-length: 99"],
    ["GET", "205 Reset Content\r\ncontent-length: 0"],
  ])("and %s has no body with %s, and the connection is reused", async (method, head) => {
    const { url, connections } = await serveResponse(head);
    const fetch = nodeFetch();
    for (let request = 0; request < 2; request++) {
      const response = await fetch(url, { method });
      expect([response.body, await response.text(), response.bodyUsed]).toEqual([null, "", false]);
      await turns();
    }
    expect(connections).toHaveLength(1);
  });
});

describe("text is decoded as by fetch", () => {
  test("no matter how the bytes of a character are split", async () => {
    const bytes = Buffer.from("\ufeffa\u00e9\u20ac\u{1f600}");
    const { url } = await serve(async (_, response) => {
      for (const byte of bytes) {
        response.write(Buffer.from([byte]));
        await turns(2);
      }
      response.end();
    });
    expect(await (await nodeFetch()(url, {})).text()).toBe("a\u00e9\u20ac\u{1f600}");
  });

  test("with the same replacement characters for invalid bytes", async () => {
    const bytes = Buffer.from([0x61, 0xff, 0xe2, 0x82, 0x62, 0xed, 0xa0, 0x80, 0xf0, 0x9f]);
    const { url } = await serveResponse(`200 OK\r\ncontent-length: ${bytes.length}`, bytes);
    const [ours, theirs] = [await nodeFetch()(url, {}), await fetch(url)];
    expect(await ours.text()).toBe(await theirs.text());
  });
});

describe("a compressed body is decompressed", () => {
  const text = "hello ".repeat(1_000);
  const packed: [string, Buffer][] = [
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
  ];

  test.each(packed)("from %s, read as a whole or as a stream", async (coding, bytes) => {
    const { url, connections } = await serveResponse(
      `200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: ${bytes.length}`,
      bytes,
    );
    const fetch = nodeFetch();
    expect(await (await fetch(url, {})).text()).toBe(text);
    await turns();
    expect(await new Response((await fetch(url, {})).body).text()).toBe(text);
    expect(connections).toHaveLength(1);
  });

  test("also when another request already uses its connection, which it does not affect", async () => {
    const bytes = gzipSync(Buffer.alloc(8 * 1024 ** 2));
    let finish: (() => unknown) | undefined;
    const { url, connections } = await serve((request, response) => {
      if (request.url === "/next") finish = () => response.end("next");
      else response.writeHead(200, { "content-encoding": "gzip", "content-length": bytes.length }).end(bytes);
    });
    const fetch = nodeFetch();
    const controller = new AbortController();
    const first = await fetch(url, { signal: controller.signal });
    await turns(20);
    const next = fetch(`${url}/next`, {}).then((response) => response.text());
    await until(() => finish !== undefined);
    controller.abort();
    expect(await outcomeOf(first.text())).toMatchObject({ error: { name: "AbortError" } });
    finish?.();
    expect(await next).toBe("next");
    expect(connections).toHaveLength(1);
  });

  test("unless it is empty, or in an unknown encoding", async () => {
    const empty = await serveResponse("200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 0");
    expect(await (await nodeFetch()(empty.url, {})).text()).toBe("");
    const unknown = await serveResponse("200 OK\r\ncontent-encoding: lzma\r\ncontent-length: 2", "zz");
    expect(await (await nodeFetch()(unknown.url, {})).text()).toBe("zz");
  });

  test("and fails when it is truncated or corrupt", async () => {
    const bytes = gzipSync(text);
    for (const spoilt of [bytes.subarray(0, -9), Buffer.from("not gzip at all")]) {
      const { url } = await serveResponse(
        `200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${spoilt.length}`,
        spoilt,
      );
      const { signal, listeners } = countingSignal();
      const response = await nodeFetch()(url, { signal });
      expect(await outcomeOf(response.text())).toMatchObject({
        error: { cause: { code: expect.stringMatching(/^Z_/) } },
      });
      expect(listeners()).toBe(0);
    }
  });
});

describe("a body as a stream", () => {
  const mebibyte = Buffer.alloc(1024 ** 2, "x");

  test("receives no more from the network than is read", async () => {
    let written = 0;
    const { url } = await serve(async (_, response) => {
      for (let piece = 0; piece < 24; piece++) {
        const goesOn = response.write(mebibyte);
        written++;
        if (!goesOn) await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end();
    });
    const response = await nodeFetch()(url, {});
    let before = -1;
    while (written !== before) {
      before = written;
      await turns(200);
    }
    // The buffers of both sides of the connection.
    expect(written).toBeLessThan(16);
    let size = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) size += chunk.length;
    expect(size).toBe(24 * mebibyte.length);
  });

  test("is a byte stream, and can be read into the reader's buffer", async () => {
    const { url } = await serveResponse("200 OK\r\ncontent-length: 5", "hello");
    const reader = ((await nodeFetch()(url, {})).body as ReadableStream<Uint8Array>).getReader({ mode: "byob" });
    const { value } = await reader.read(new Uint8Array(3));
    expect(Buffer.from(value as Uint8Array).toString()).toBe("hel");
    expect(Buffer.from((await reader.read(new Uint8Array(9))).value as Uint8Array).toString()).toBe("lo");
    expect((await reader.read(new Uint8Array(9))).done).toBe(true);
  });

  test("that is cancelled ends the connection, and leaves no listener", async () => {
    const { url, connections } = await serve((_, response) => void response.write(mebibyte));
    const { signal, listeners } = countingSignal();
    const response = await nodeFetch()(url, { signal });
    expect(listeners()).toBe(1);
    await response.body?.cancel();
    await until(() => listeners() === 0);
    await until(() => connections[0]?.closed === true);
  });

  test("that can no longer be read releases its connection, even when it is long", async () => {
    const { url, connections } = await serve((_, response) => void response.write(mebibyte));
    const fetch = nodeFetch();
    expect((await fetch(url, {})).status).toBe(200);
    await until(() => {
      collectGarbage();
      return connections[0]?.closed === true;
    });
  });

  test("stays open while it is read as text, even when the response is garbage collected", async () => {
    let finish: (() => unknown) | undefined;
    const { url } = await serve((_, response) => {
      response.write(mebibyte);
      finish = () => response.end("end");
    });
    const text = nodeFetch()(url, {}).then((response) => response.text());
    for (let turn = 0; turn < 20; turn++) {
      await turns();
      collectGarbage();
    }
    finish?.();
    expect(await text).toHaveLength(mebibyte.length + 3);
  });

  test("stays open while its stream is read, even when the response is garbage collected", async () => {
    let finish: (() => unknown) | undefined;
    const { url } = await serve((_, response) => {
      response.write(mebibyte);
      finish = () => response.end("end");
    });
    const fetch = nodeFetch();
    const reader = ((await fetch(url, {})).body as ReadableStream<Uint8Array>).getReader();
    for (let turn = 0; turn < 20; turn++) {
      collectGarbage();
      await turns();
    }
    finish?.();
    let size = 0;
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) size += piece.value.length;
    expect(size).toBe(mebibyte.length + 3);
  });

  test("that is short and not read releases its connection", async () => {
    const { url, connections } = await serve((_, response) => void response.end("x".repeat(10_000)));
    const fetch = nodeFetch();
    const { signal, listeners } = countingSignal();
    await fetch(url, { signal });
    await until(() => listeners() === 0);
    await turns();
    await fetch(url, { signal });
    expect(connections).toHaveLength(1);
  });
});
