import { execFileSync } from "node:child_process";
import { truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type UploadOptions, uploadImage } from "../../src/workflows.js";
import { bytesOf, fileOf } from "./files.js";
import { errorOf, type Stage, stage } from "./support.js";

const gib = 1024 ** 3;

afterEach(() => void vi.restoreAllMocks());

/** An image with this name exists, so the upload ends before a byte is sent. */
function options({ runtime }: Stage, more: Partial<UploadOptions> = {}): UploadOptions {
  return { workspace: "sfc:workspace:acme:default", name: "trainer", runtime, ...more };
}

async function sparse(size: number): Promise<string> {
  const path = await fileOf(new Uint8Array());
  await truncate(path, size);
  return path;
}

describe("the size of an image", () => {
  test.each([
    ["75 GiB are uploaded without a warning", 75 * gib, 0],
    ["more than 75 GiB are uploaded with one warning", 75 * gib + 1, 1],
    ["128 GiB are uploaded with one warning", 128 * gib, 1],
  ])("%s", async (_, size, count) => {
    const scene = await stage();
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    const error = await errorOf(uploadImage(scene.sfc, await sparse(size), options(scene, { onWarning })));
    expect(error).toMatchObject({ name: "ApiError", status: 409 });
    expect(warnings).toHaveLength(count);
    for (const warning of warnings) expect(warning).toMatch(/75 GiB/);
  });

  test("more than 128 GiB are refused without a warning, before anything is created", async () => {
    const scene = await stage();
    const onWarning = vi.fn();
    const upload = uploadImage(scene.sfc, await sparse(128 * gib + 1), options(scene, { onWarning }));
    await expect(upload).rejects.toMatchObject({ name: "UsageError" });
    expect(onWarning).not.toHaveBeenCalled();
    expect(scene.sim.requests).toEqual([]);
  });

  test("the upload rejects with the error of an async `onWarning`", async () => {
    const scene = await stage();
    const own = new Error("the caller's own");
    const onWarning = () => Promise.reject(own);
    expect(await errorOf(uploadImage(scene.sfc, await sparse(76 * gib), options(scene, { onWarning })))).toBe(own);
  });

  test("the warning goes to console.warn without `onWarning`", async () => {
    const scene = await stage();
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    await errorOf(uploadImage(scene.sfc, await sparse(76 * gib), options(scene)));
    expect(warn.mock.calls).toEqual([[expect.stringContaining("75 GiB")]]);
  });
});

describe("a source that cannot be uploaded", () => {
  test.each([undefined, null, 7, {}, [1, 2]])("%o is refused before anything is created", async (source) => {
    const scene = await stage();
    const upload = uploadImage(scene.sfc, source as unknown as string, options(scene, { name: "fresh" }));
    await expect(upload).rejects.toMatchObject({ name: expect.stringMatching(/UsageError/) });
  });

  test("a stream that is locked is refused before anything is created", async () => {
    const scene = await stage();
    const stream = new Blob([bytesOf(9)]).stream();
    stream.getReader();
    const upload = uploadImage(scene.sfc, stream, options(scene, { name: "fresh" }));
    await expect(upload).rejects.toMatchObject({ name: "UsageError" });
    expect(scene.sim.requests).toEqual([]);
  });

  test("a stream of text is refused", async () => {
    const scene = await stage();
    const upload = uploadImage(scene.sfc, textPieces(), options(scene, { name: "fresh" }));
    await expect(upload).rejects.toMatchObject({ name: "UsageError" });
  });

  test("a directory or a pipe is refused without waiting for the pipe", async () => {
    const scene = await stage();
    const folder = dirname(await fileOf(bytesOf(9)));
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const source of [folder, pipe]) {
      const error = await errorOf(uploadImage(scene.sfc, source, options(scene)));
      expect(error).toMatchObject({ name: "UsageError" });
      expect((error as Error).message).toContain(source);
    }
    expect(scene.sim.requests).toEqual([]);
  });
});

async function* textPieces(): AsyncGenerator<Uint8Array> {
  yield "text" as unknown as Uint8Array;
}
