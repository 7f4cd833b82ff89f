import { existsSync } from "node:fs";
import { readFile, truncate, utimes, writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FaultOperation } from "../../packages/devtools/src/simulator/faults/targets.js";
import type { Simulator } from "../../packages/devtools/src/simulator.js";
import { PartBuffers } from "../../src/workflows/transfer.js";
import { choosePartSize } from "../../src/workflows/upload-source.js";
import { type UploadOptions, uploadImage } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { contradict } from "../support/scripted-fetch.js";
import { bytesOf, fileOf, hashOf, mib5 } from "./files.js";
import { clientOf, errorOf, operationsOf, type Stage, stage } from "./support.js";

const refused = expect.objectContaining({ name: "UsageError" });

function options({ runtime }: Stage, more: Partial<UploadOptions> = {}): UploadOptions {
  return { workspace: "sfc:workspace:acme:default", name: "fresh", partSize: mib5, runtime, ...more };
}

/** The parts whose bytes were stored, in the order of their numbers. A part that was sent twice is listed twice. */
function partsSent({ requests }: Simulator): number[] {
  return requests
    .filter(({ operationId, committed }) => operationId === "upload_part" && committed)
    .map(({ path }) => Number(/\/(\d+)\?/.exec(path)?.[1]))
    .sort((a, b) => a - b);
}

async function stored({ sfc }: Stage, id: string): Promise<Uint8Array> {
  const { url } = await sfc.images.download(id);
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

/** A `fetch` for parts that gets no response from the n-th part on, as in a process that is killed there. */
function deadFrom(nth: number): { fetch: Fetch; reached: Promise<void> } {
  let count = 0;
  let release: () => void;
  const reached = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fetch: Fetch = (url, init) => {
    if (++count < nth) return globalThis.fetch(url, init);
    release();
    return new Promise(() => undefined);
  };
  return { fetch, reached };
}

describe("choosePartSize", () => {
  const mib = 1024 ** 2;
  test.each([
    ["a small file is sent as one part", 10, undefined, 10],
    ["64 MiB are sent as one part", 64 * mib, undefined, 64 * mib],
    ["a larger file is sent in parts of 64 MiB", 64 * mib + 1, undefined, 64 * mib],
    ["128 GiB are sent in parts of 64 MiB", 128 * 1024 * mib, undefined, 64 * mib],
    ["small parts become larger when there would be more than 10,000", 100_000 * mib, 5 * mib, 10 * mib],
    ["a stream is sent in parts of 64 MiB", undefined, undefined, 64 * mib],
  ])("%s", (_, size, asked, expected) => {
    expect(choosePartSize(size, asked)).toBe(expected);
  });

  test("parts have at least 5 MiB", () => {
    expect(() => choosePartSize(undefined, mib5 - 1)).toThrow(refused);
  });
});

describe("PartBuffers", () => {
  test("allocates no more buffers than there are slots, and passes each released buffer to the next waiter", async () => {
    const slots = new PartBuffers(2, 8);
    const [first, second] = [await slots.take(), await slots.take()];
    const third = slots.take();
    slots.release(first);
    expect(await third).toBe(first);
    slots.release(second);
    expect(await slots.take()).toBe(second);
  });
});

describe("uploadImage", () => {
  const bytes = bytesOf(mib5 + 1_000);

  test.each(["path", "Blob", "stream", "iterator"])(
    "uploads from a %s, in parts, and completes with the right hash",
    async (kind) => {
      const scene = await stage();
      const blob = new Blob([bytes]);
      const sources = { Blob: blob, stream: blob.stream(), iterator: piecesOf(bytes, 700_001) };
      const source = kind === "path" ? await fileOf(bytes) : sources[kind as keyof typeof sources];
      const seen: (number | undefined)[] = [];
      const onProgress = ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number | undefined }) =>
        void seen.push(doneBytes, totalBytes);
      const image = await uploadImage(scene.sfc, source, options(scene, { onProgress }));
      expect(image).toMatchObject({ name: "fresh", upload_status: "completed", sha256: hashOf(bytes) });
      expect(partsSent(scene.sim)).toEqual([1, 2]);
      expect(hashOf(await stored(scene, image.id))).toBe(hashOf(bytes));
      const total = kind === "path" || kind === "Blob" ? bytes.length : undefined;
      expect(seen.slice(-2)).toEqual([bytes.length, total]);
    },
  );

  test.each([mib5, 2 * mib5])("sends no empty part after %i bytes, which fill their parts exactly", async (length) => {
    const scene = await stage();
    const whole = bytesOf(length);
    const image = await uploadImage(scene.sfc, piecesOf(whole, mib5), options(scene));
    expect(image.sha256).toBe(hashOf(whole));
    expect(partsSent(scene.sim)).toHaveLength(length / mib5);
  });

  test("sends no more parts at the same time than `concurrency`", async () => {
    const scene = await stage();
    let now = 0;
    let most = 0;
    const counted: Fetch = async (url, init) => {
      most = Math.max(most, ++now);
      return fetch(url, init).finally(() => now--);
    };
    await uploadImage(scene.sfc, new Blob([bytesOf(2 * mib5 + 9)]), options(scene, { concurrency: 2, fetch: counted }));
    expect(most).toBe(2);
  });

  test("sends the token to no presigned URL, and leaves no record beside the file", async () => {
    const scene = await stage();
    const path = await fileOf(bytes);
    await uploadImage(scene.sfc, path, options(scene));
    const parts = scene.sim.requests.filter(({ operationId }) => operationId === "upload_part");
    expect(parts.map(({ authorization }) => authorization)).toEqual([false, false]);
    expect(existsSync(`${path}.sfc-upload.json`)).toBe(false);
  });

  test("sends a part again when it fails twice, to a new URL each time", async () => {
    const scene = await stage();
    scene.sim.faults.add({ operation: "upload_part", nth: [1, 2], fault: { kind: "answer", status: 503 } });
    const image = await uploadImage(scene.sfc, new Blob([bytesOf(1_000)]), options(scene));
    expect(image.upload_status).toBe("completed");
    expect(operationsOf(scene.sim).filter((id) => id === "create_image_upload_part_url")).toHaveLength(3);
  });

  test("rejects with the error of an async onProgress", async () => {
    const scene = await stage();
    const own = new Error("the caller's own");
    const onProgress = () => Promise.reject(own);
    expect(await errorOf(uploadImage(scene.sfc, new Blob([bytesOf(9)]), options(scene, { onProgress })))).toBe(own);
  });

  test("decides whether a part is stored by the status of its response, not by its ok", async () => {
    const scene = await stage();
    scene.sim.faults.add({ operation: "upload_part", nth: 1, fault: { kind: "answer", status: 503 } });
    const contradicting: Fetch = async (url, init) => contradict(await fetch(url, init));
    const image = await uploadImage(scene.sfc, new Blob([bytesOf(9)]), options(scene, { fetch: contradicting }));
    expect(image.upload_status).toBe("completed");
    expect(partsSent(scene.sim)).toEqual([1]);
  });

  test.each([
    ["a reset before the bytes are stored", { kind: "reset", when: "before" }],
    ["a reset after the bytes are stored", { kind: "reset", when: "after" }],
    ["a refused connection", { kind: "refuse" }],
    ["a 429", { kind: "answer", status: 429 }],
    ["a 403, as for an expired URL", { kind: "answer", status: 403 }],
  ] as const)("survives %s", async (_, fault) => {
    const scene = await stage();
    scene.sim.faults.add({ operation: "upload_part", nth: [1, 3], fault });
    const image = await uploadImage(scene.sfc, new Blob([bytes]), options(scene));
    expect(hashOf(await stored(scene, image.id))).toBe(hashOf(bytes));
  });

  test("retries with a new URL when one has expired", async () => {
    const scene = await stage();
    let first = true;
    const late: Fetch = (url, init) => {
      if (first) scene.sim.advance({ hours: 2 });
      first = false;
      return fetch(url, init);
    };
    const image = await uploadImage(scene.sfc, new Blob([bytesOf(1_000)]), options(scene, { fetch: late }));
    expect(image.upload_status).toBe("completed");
    expect(
      scene.sim.requests.filter(({ operationId }) => operationId === "upload_part").map(({ status }) => status),
    ).toEqual([403, 200]);
  });

  test("retries a part that hangs", async () => {
    const scene = await stage();
    let first = true;
    const hanging: Fetch = (url, init) => {
      if (!first) return fetch(url, init);
      first = false;
      setImmediate(() => scene.runtime.reachLimits());
      return new Promise(() => undefined);
    };
    const image = await uploadImage(
      scene.sfc,
      new Blob([bytesOf(1_000)]),
      options(scene, { fetch: hanging, deadlineMs: Number.POSITIVE_INFINITY }),
    );
    expect(image.upload_status).toBe("completed");
  });

  test("passes no byte to an attempt that has ended, because its buffer may contain another part by then", async () => {
    const scene = await stage();
    let late: ReadableStream | undefined;
    const hanging: Fetch = (url, init) => {
      if (late !== undefined) return fetch(url, init);
      late = init.body as ReadableStream;
      setImmediate(() => scene.runtime.reachLimits());
      return new Promise(() => undefined);
    };
    const limits = { fetch: hanging, deadlineMs: Number.POSITIVE_INFINITY, concurrency: 1 };
    await uploadImage(scene.sfc, new Blob([bytesOf(mib5 + 9)]), options(scene, limits));
    await expect(late?.getReader().read()).rejects.toMatchObject({ name: "AbortError" });
  });

  test("ends with a TimeoutError when the deadline is reached while a part is sent", async () => {
    const scene = await stage();
    const hanging: Fetch = () => {
      setImmediate(() => scene.runtime.reachLimits());
      return new Promise(() => undefined);
    };
    const limits = { fetch: hanging, timeoutMs: 60_000, deadlineMs: 30_000 };
    const error = await errorOf(uploadImage(scene.sfc, new Blob([bytesOf(1_000)]), options(scene, limits)));
    expect(error).toMatchObject({ name: "TimeoutError", limit: "deadlineMs" });
  });

  test("refuses an empty stream and states that it is empty", async () => {
    const scene = await stage();
    const error = await errorOf(uploadImage(scene.sfc, new Blob([]).stream(), options(scene)));
    expect(error).toMatchObject({ name: "TransferError", reason: "wrong_size", message: "the source is empty." });
  });

  test("gives up on a part after five retries, completes nothing, and does not expose the URL", async () => {
    const scene = await stage();
    scene.sim.faults.add({ operation: "upload_part", fault: { kind: "answer", status: 500 } });
    const error = await errorOf(uploadImage(scene.sfc, new Blob([bytesOf(1_000)]), options(scene)));
    expect(error).toMatchObject({ name: "TransferError", reason: "failed", attempts: 6 });
    expect(scene.sim.state.images.find(({ name }) => name === "fresh")?.upload_status).toBe("started");
    const shown = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${String(error)}`;
    for (const { path } of scene.sim.requests.filter(({ operationId }) => operationId === "upload_part")) {
      expect(shown).not.toContain(path.split("?")[1]);
    }
  });

  test("does not expose the URL when fetch includes it in its error", async () => {
    const scene = await stage();
    const quoting: Fetch = (url) => Promise.reject(new TypeError(`fetch failed: ${url}`, { cause: { url } }));
    const error = await errorOf(uploadImage(scene.sfc, new Blob([bytesOf(9)]), options(scene, { fetch: quoting })));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("/storage/");
  });

  test("does not retry a part that is refused permanently, and follows no redirect", async () => {
    for (const fault of [
      { kind: "answer", status: 400 },
      { kind: "redirect", location: "http://127.0.0.1:1/" },
    ] as const) {
      const scene = await stage();
      scene.sim.faults.add({ operation: "upload_part", fault });
      const upload = uploadImage(scene.sfc, new Blob([bytesOf(9)]), options(scene));
      await expect(upload).rejects.toMatchObject({ reason: "failed", attempts: 1 });
    }
  });

  test("checks the size before anything is created", async () => {
    const scene = await stage();
    const huge = await fileOf(new Uint8Array());
    await truncate(huge, 128 * 1024 ** 3 + 1);
    await expect(uploadImage(scene.sfc, huge, options(scene))).rejects.toThrow(refused);
    await expect(uploadImage(scene.sfc, new Blob([]), options(scene))).rejects.toThrow(refused);
    await expect(uploadImage(scene.sfc, "/nowhere/at/all", options(scene))).rejects.toThrow(refused);
    expect(scene.sim.requests).toEqual([]);
  });

  test("does not change an image of the same name, and leaves no file", async () => {
    const scene = await stage();
    const path = await fileOf(bytesOf(9));
    const upload = uploadImage(scene.sfc, path, options(scene, { name: "trainer" }));
    await expect(upload).rejects.toMatchObject({ name: "ApiError", status: 409 });
    expect(existsSync(`${path}.sfc-upload.json`)).toBe(false);
  });

  test.each([
    ["create_image", { kind: "reset", when: "before" }],
    ["complete_image_upload", { kind: "reset", when: "after" }],
    ["complete_image_upload", { kind: "answer", status: 500 }],
    ["complete_image_upload", { kind: "half-json" }],
  ] as const)("makes one image, completed once, when %s loses its response: %o", async (operation, fault) => {
    const scene = await stage();
    scene.sim.faults.add({ operation, nth: 1, fault });
    const image = await uploadImage(scene.sfc, new Blob([bytesOf(9)]), options(scene));
    expect(image).toMatchObject({ upload_status: "completed", sha256: hashOf(bytesOf(9)) });
    expect(scene.sim.state.images.filter(({ name }) => name === "fresh")).toHaveLength(1);
  });

  test.each([
    ["once after the completion", { complete_image_upload: "30" }, [30_000]],
    ["also after the lookup", { complete_image_upload: "10", fetch_image: "30" }, [10_000, 30_000]],
  ])("waits for Retry-After %s", async (_, refusals, expected) => {
    const scene = await stage();
    for (const [operation, after] of Object.entries(refusals) as [FaultOperation, string][]) {
      const fault = { kind: "answer", status: 503, headers: { "retry-after": after } } as const;
      scene.sim.faults.add({ operation, nth: 1, fault });
    }
    const sfc = scene.sfc.withOptions({ maxRetries: 0 });
    const image = await uploadImage(sfc, new Blob([bytesOf(9)]), options(scene));
    expect(image.upload_status).toBe("completed");
    expect(scene.runtime.waits.filter((ms) => ms >= 10_000)).toEqual(expected);
  });

  test("ends with an AbortError when the caller aborts", async () => {
    const scene = await stage();
    const controller = new AbortController();
    const aborting: Fetch = () => {
      controller.abort();
      return new Promise(() => undefined);
    };
    const upload = uploadImage(
      scene.sfc,
      new Blob([bytes]),
      options(scene, { fetch: aborting, signal: controller.signal }),
    );
    await expect(upload).rejects.toMatchObject({ name: "AbortError" });
  });
});

/** An upload of a process that is about to die, so that no code sees its result. Its file is closed after the test. */
function doomed(scene: Stage, path: string, fetch: Fetch | undefined, more: Partial<UploadOptions> = {}): void {
  const controller = new AbortController();
  const upload = uploadImage(clientOf(scene.sim, fetch), path, options(scene, { ...more, signal: controller.signal }));
  onTestFinished(async () => {
    controller.abort();
    await upload.catch(() => undefined);
  });
}

describe("an upload that is started again after a crash", () => {
  const bytes = bytesOf(mib5 + 1_000);

  /** Uploads one part at a time. The process dies at the last part. */
  async function crashed(scene: Stage, path: string, parts = 2): Promise<void> {
    const { fetch, reached } = deadFrom(parts);
    doomed(scene, path, undefined, { fetch, concurrency: 1, timeoutMs: 2 ** 31 });
    await reached;
  }

  test("sends no stored part again, and creates no second image", async () => {
    const scene = await stage();
    const bytes = bytesOf(2 * mib5 + 1_000);
    const path = await fileOf(bytes);
    await crashed(scene, path, 3);
    expect(partsSent(scene.sim)).toEqual([1, 2]);
    const image = await uploadImage(clientOf(scene.sim), path, options(scene));
    expect(partsSent(scene.sim)).toEqual([1, 2, 3]);
    expect(hashOf(await stored(scene, image.id))).toBe(hashOf(bytes));
    expect(scene.sim.state.images.filter(({ name }) => name === "fresh")).toHaveLength(1);
    expect(existsSync(`${path}.sfc-upload.json`)).toBe(false);
  });

  test("stores neither the token nor a URL in its record", async () => {
    const scene = await stage();
    const path = await fileOf(bytes);
    await crashed(scene, path);
    const manifest = await readFile(`${path}.sfc-upload.json`, "utf8");
    expect(manifest).not.toMatch(/sk_live|http|signature/i);
    expect(Object.keys(JSON.parse(manifest).parts)).toEqual(["1"]);
  });

  test.each([
    ["its length", async (path: string) => writeFile(path, bytesOf(bytes.length + 1))],
    ["its time", async (path: string) => utimes(path, 1, 1)],
  ])("refuses a file that has changed in %s, before anything is sent", async (_, change) => {
    const scene = await stage();
    const path = await fileOf(bytes);
    await crashed(scene, path);
    await change(path);
    const before = scene.sim.requests.length;
    await expect(uploadImage(clientOf(scene.sim), path, options(scene))).rejects.toMatchObject({
      reason: "source_changed",
    });
    expect(scene.sim.requests).toHaveLength(before);
  });

  test("refuses a file whose content has changed although its modification time has not", async () => {
    const scene = await stage();
    const path = await fileOf(bytes);
    await utimes(path, 1_000_000, 1_000_000);
    await crashed(scene, path);
    await writeFile(path, bytesOf(bytes.length, 2));
    await utimes(path, 1_000_000, 1_000_000);
    await expect(uploadImage(clientOf(scene.sim), path, options(scene))).rejects.toMatchObject({
      reason: "source_changed",
    });
    expect(scene.sim.state.images.find(({ name }) => name === "fresh")?.upload_status).toBe("uploading");
  });

  test("refuses a file that changes while it is read", async () => {
    const scene = await stage();
    const path = await fileOf(bytes);
    const touching: Fetch = async (url, init) => {
      await utimes(path, 1, 1);
      return fetch(url, init);
    };
    await expect(uploadImage(scene.sfc, path, options(scene, { fetch: touching }))).rejects.toMatchObject({
      reason: "source_changed",
    });
    expect(scene.sim.state.images.find(({ name }) => name === "fresh")?.upload_status).toBe("uploading");
  });

  test("names the image when the crash followed its creation, and continues it on request", async () => {
    const scene = await stage();
    const path = await fileOf(bytesOf(9));
    const dead: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      return init.method === "POST" && url.endsWith("/images") ? new Promise(() => undefined) : response;
    };
    doomed(scene, path, dead);
    await expect.poll(() => scene.sim.state.images.some(({ name }) => name === "fresh")).toBe(true);
    const error = await errorOf(uploadImage(clientOf(scene.sim), path, options(scene)));
    expect(error).toMatchObject({ reason: "unconfirmed" });
    const { imageId } = error as { imageId: string };
    await uploadImage(clientOf(scene.sim), path, options(scene, { imageId }));
    expect(scene.sim.state.images.filter(({ name }) => name === "fresh")).toMatchObject([
      { id: imageId, upload_status: "completed" },
    ]);
  });

  test("finds the upload complete when the crash followed its completion", async () => {
    const scene = await stage();
    const path = await fileOf(bytesOf(9));
    const dead: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      return url.endsWith("/complete") ? new Promise(() => undefined) : response;
    };
    doomed(scene, path, dead);
    await expect
      .poll(() => scene.sim.state.images.find(({ name }) => name === "fresh")?.upload_status)
      .toBe("completed");
    const image = await uploadImage(clientOf(scene.sim), path, options(scene));
    expect(image.sha256).toBe(hashOf(bytesOf(9)));
    expect(partsSent(scene.sim)).toEqual([1]);
    expect(existsSync(`${path}.sfc-upload.json`)).toBe(false);
  });

  test("is independent of an upload of the same file under another name", async () => {
    const scene = await stage();
    const path = await fileOf(bytes);
    await crashed(scene, path);
    await expect(uploadImage(clientOf(scene.sim), path, options(scene, { name: "other" }))).rejects.toMatchObject({
      reason: "state",
    });
    const image = await uploadImage(
      clientOf(scene.sim),
      path,
      options(scene, { name: "other", resume: `${path}.other.json` }),
    );
    expect(image.name).toBe("other");
  });
});

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
