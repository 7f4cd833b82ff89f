import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { downloadImage, uploadImage } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { contradict } from "../support/scripted-fetch.js";
import { bytesOf, folder, hashOf } from "./files.js";
import { errorOf, operationsOf, type Stage, stage } from "./support.js";

const bytes = bytesOf(300_000);

async function uploaded(scene: Stage, content = bytes): Promise<string> {
  const target = { workspace: "sfc:workspace:acme:default", name: "fresh", runtime: scene.runtime };
  return (await uploadImage(scene.sfc, new Blob([content]), target)).id;
}

function gets({ sim }: Stage) {
  return sim.requests.filter(({ operationId }) => operationId === "download_bytes");
}

/** A `fetch` that records the requested ranges. */
function noting(send: Fetch = fetch): { fetch: Fetch; ranges: (string | undefined)[] } {
  const ranges: (string | undefined)[] = [];
  return {
    ranges,
    fetch: (url, init) => {
      ranges.push((init.headers as Record<string, string>).range);
      return send(url, init);
    },
  };
}

/** A `fetch` whose first responses fail after some bytes. With a real socket, the number of delivered bytes would be random. */
function breaking(...lengths: number[]): Fetch {
  return async (url, init) => {
    const length = lengths.shift();
    const response = await fetch(url, init);
    if (length === undefined) return response;
    const whole = new Uint8Array(await response.arrayBuffer());
    let pulled = false;
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      if (pulled) return controller.error(new TypeError("terminated"));
      pulled = true;
      controller.enqueue(whole.subarray(0, length));
    };
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    return new Response(body, { status: response.status, headers: response.headers });
  };
}

describe("downloadImage", () => {
  test("writes the file once it is verified, sends no token, and leaves no other file", async () => {
    const scene = await stage();
    const path = join(await folder(), "image");
    const id = await uploaded(scene);
    const done: number[] = [];
    const onProgress = ({ doneBytes }: { doneBytes: number }) => done.push(doneBytes);
    const result = await downloadImage(scene.sfc, id, path, { runtime: scene.runtime, onProgress });
    expect(result).toEqual({ size: bytes.length, sha256: hashOf(bytes) });
    expect(hashOf(await readFile(path))).toBe(hashOf(bytes));
    expect(done.at(-1)).toBe(bytes.length);
    expect(existsSync(`${path}.part`)).toBe(false);
    expect(gets(scene).map(({ authorization }) => authorization)).toEqual([false]);
  });

  test("writes to a stream", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const [, received] = await Promise.all([
      downloadImage(scene.sfc, id, writable),
      new Response(readable).arrayBuffer(),
    ]);
    expect(hashOf(new Uint8Array(received))).toBe(hashOf(bytes));
  });

  test("continues at the same position with a new URL when the connection breaks", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    const { fetch, ranges } = noting(breaking(100_000, 70_000));
    let got = 0;
    const starts: number[] = [];
    const onProgress = ({ doneBytes }: { doneBytes: number }) => {
      if (ranges.length > starts.length) starts.push(got);
      got = doneBytes;
    };
    await downloadImage(scene.sfc, id, path, { runtime: scene.runtime, fetch, onProgress });
    expect(hashOf(await readFile(path))).toBe(hashOf(bytes));
    expect(ranges).toEqual(starts.map((start) => `bytes=${start}-`));
    expect(starts).toEqual([0, 100_000, 170_000]);
    expect(operationsOf(scene.sim).filter((operation) => operation === "download_image")).toHaveLength(3);
  });

  test("continues after a crash with the bytes in the .part file", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    await writeFile(`${path}.part`, bytes.subarray(0, 123_456));
    const { fetch, ranges } = noting();
    await downloadImage(scene.sfc, id, path, { runtime: scene.runtime, fetch });
    expect(hashOf(await readFile(path))).toBe(hashOf(bytes));
    expect(ranges).toEqual(["bytes=123456-"]);
  });

  test.each([
    ["longer than the image", 400_000],
    ["as long as the image", 300_000],
    ["shorter than the image", 1_000],
  ])("discards a .part file of another image that is %s", async (_, length) => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    await writeFile(`${path}.part`, bytesOf(length, 7));
    await downloadImage(scene.sfc, id, path, { runtime: scene.runtime });
    expect(hashOf(await readFile(path))).toBe(hashOf(bytes));
  });

  test.each<[string, () => unknown]>([
    ["no response", () => undefined],
    ["a body of another kind", () => ({ status: 200, headers: new Headers(), body: Readable.from([bytes]) })],
  ])("ends with a TransferError when a custom fetch returns %s", async (_, respond) => {
    const scene = await stage();
    const id = await uploaded(scene);
    const fetch = async () => respond() as Response;
    const options = { runtime: scene.runtime, fetch };
    expect(await errorOf(downloadImage(scene.sfc, id, join(await folder(), "image"), options))).toMatchObject({
      name: "TransferError",
      reason: "failed",
    });
  });

  test("rejects with the error of an async onProgress", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const own = new Error("the caller's own");
    const options = { runtime: scene.runtime, onProgress: () => Promise.reject(own) };
    expect(await errorOf(downloadImage(scene.sfc, id, join(await folder(), "image"), options))).toBe(own);
  });

  test("decides about a retry by the status of a response, not by its ok", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    scene.sim.faults.add({ operation: "download_bytes", nth: 1, fault: { kind: "answer", status: 503 } });
    const contradicting: Fetch = async (url, init) => contradict(await fetch(url, init));
    await downloadImage(scene.sfc, id, path, { runtime: scene.runtime, fetch: contradicting });
    expect(hashOf(await readFile(path))).toBe(hashOf(bytes));
  });

  test("keeps the received bytes when it gives up", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    const broken = breaking(150_000);
    const fetch: Fetch = async (url, init) => {
      const response = await broken(url, init);
      scene.sim.faults.add({ operation: "download_bytes", fault: { kind: "answer", status: 500 } });
      return response;
    };
    const error = await errorOf(downloadImage(scene.sfc, id, path, { runtime: scene.runtime, fetch }));
    expect(error).toMatchObject({ name: "TransferError", reason: "failed" });
    expect(await readFile(`${path}.part`)).toHaveLength(150_000);
    expect(existsSync(path)).toBe(false);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("/storage/");
  });

  test("leaves no file when the bytes do not have the service's hash", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    const wrong: Fetch = async (url, init) => {
      const { status, headers } = await fetch(url, init);
      return new Response(bytesOf(bytes.length, 9), { status, headers });
    };
    await expect(downloadImage(scene.sfc, id, path, { fetch: wrong })).rejects.toMatchObject({ reason: "checksum" });
    expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false]);
  });

  test("does not accept the whole image in place of a range", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    await writeFile(`${path}.part`, bytes.subarray(0, 1_000));
    const rangeless: Fetch = (url, { headers: _, ...init }) => fetch(url, init);
    await expect(downloadImage(scene.sfc, id, path, { fetch: rangeless })).rejects.toMatchObject({ reason: "failed" });
    expect(await readFile(`${path}.part`)).toHaveLength(1_000);
  });

  test("accepts no bytes beyond the range that the response declares", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    await writeFile(`${path}.part`, bytes.subarray(0, 1_000));
    const headers = { "content-range": `bytes 1000-1999/${bytes.length}` };
    const longer: Fetch = async () => new Response(bytes.subarray(1_000, 5_000), { status: 206, headers });
    await expect(downloadImage(scene.sfc, id, path, { fetch: longer })).rejects.toMatchObject({ reason: "failed" });
    expect(await readFile(`${path}.part`)).toHaveLength(1_000);
  });

  test.each([
    ["of another file", "bytes 0-299999/500000"],
    ["that ends after the image", "bytes 0-300000/*"],
    ["that begins elsewhere", "bytes 1-299999/300000"],
    ["without an end", "bytes 0-"],
  ])("does not accept a range %s", async (_, range) => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    const other: Fetch = async () => new Response(bytes, { status: 206, headers: { "content-range": range } });
    await expect(downloadImage(scene.sfc, id, path, { fetch: other })).rejects.toMatchObject({ reason: "failed" });
    expect(existsSync(path)).toBe(false);
  });

  test("an error response is still an error when its body breaks off", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => controller.error(new TypeError("reset"));
    const broken: Fetch = async () => new Response(new ReadableStream({ pull }), { status: 404 });
    await expect(downloadImage(scene.sfc, id, path, { fetch: broken })).rejects.toMatchObject({ reason: "failed" });
  });

  test("continues with a new request when no further piece arrives", async () => {
    const scene = await stage();
    const id = await uploaded(scene);
    const path = join(await folder(), "image");
    scene.sim.faults.add({ operation: "download_bytes", nth: 1, fault: { kind: "stall", at: "body" } });
    const onProgress = ({ doneBytes }: { doneBytes: number }) => {
      if (doneBytes === 150_000) setImmediate(() => scene.runtime.reachLimits());
    };
    await downloadImage(scene.sfc, id, path, { runtime: scene.runtime, onProgress });
    expect(hashOf(await readFile(path))).toBe(hashOf(bytes));
  });

  test("writes nothing when the image cannot be downloaded", async () => {
    const scene = await stage();
    const { id } = await scene.sfc.images.create({ workspace: "sfc:workspace:acme:default" });
    const path = join(await folder(), "image");
    await expect(downloadImage(scene.sfc, id, path)).rejects.toMatchObject({ name: "ApiError", status: 409 });
    expect(existsSync(`${path}.part`)).toBe(false);
  });
});
