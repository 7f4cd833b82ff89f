import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { ResponseBody } from "../../src/node/body.js";
import { outcomeOf, turns } from "../support/settle.js";
import { nodeFetch } from "./make.js";
import { serveBytes } from "./server.js";

const textOf = async (promise: Promise<Response>) => (await promise).text();

describe("content-encoding", () => {
  test.each(["constructor", "__proto__", "toString", "valueOf, gzip"])(
    "%s is unknown, so the body is passed through",
    async (coding) => {
      const { url } = await serveBytes((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: 2\r\n\r\nzz`);
      });
      expect(await textOf(nodeFetch()(url, {}))).toBe("zz");
    },
    5_000,
  );
});

test("a body that is longer than the longest string causes an error, and does not end the process", async () => {
  const piece = Buffer.alloc(64 * 1024 ** 2, "x");
  const body = new ResponseBody(Readable.from(Array(9).fill(piece)));
  expect(await outcomeOf(body.text())).toMatchObject({ error: { name: "TypeError" } });
}, 10_000);

test("a body that is complete but unread, and then fails, does not end the process", async () => {
  for (const content of [[Buffer.from("short")], []]) {
    const body = new ResponseBody(Readable.from(content));
    await turns(10);
    body.fail(new Error("canceled"));
    await turns(10);
    expect(await outcomeOf(body.text())).toHaveProperty("error");
  }
});

test("a short body is read piece by piece as it arrives", async () => {
  let finish: (() => unknown) | undefined;
  const { url } = await serveBytes((socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfirst");
    finish = () => socket.write("later");
  });
  const reader = ((await nodeFetch()(url, {})).body as ReadableStream<Uint8Array>).getReader();
  expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe("first");
  finish?.();
  expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe("later");
  expect((await reader.read()).done).toBe(true);
});
