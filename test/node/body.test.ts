import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { ResponseBody } from "../../src/node/body.js";
import { outcomeOf } from "../support/settle.js";
import { nodeFetch } from "./make.js";
import { serveBytes } from "./server.js";

const textOf = async (promise: Promise<Response>) => (await promise).text();

describe("content-encoding", () => {
  test.each(["constructor", "__proto__", "toString", "valueOf, gzip"])(
    "%s is unknown: the body is passed through",
    async (coding) => {
      const { url } = await serveBytes((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: 2\r\n\r\nzz`);
      });
      expect(await textOf(nodeFetch()(url, {}))).toBe("zz");
    },
    5_000,
  );
});

test("a body that is longer than any text is an error, and does not end the process", async () => {
  const piece = Buffer.alloc(64 * 1024 ** 2, "x");
  const body = new ResponseBody(Readable.from(Array(9).fill(piece)), Number.NaN);
  expect(await outcomeOf(body.text())).toMatchObject({ error: { name: "TypeError" } });
}, 10_000);
