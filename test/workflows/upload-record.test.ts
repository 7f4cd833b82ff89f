import files, { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type UploadOptions, uploadImage } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { bytesOf, fileOf, hashOf, mib5 } from "./files.js";
import { clientOf, errorOf, openStage, type Stage, stage } from "./support.js";

afterEach(() => void vi.restoreAllMocks());

/** A file of two parts, of which the second is small. */
const bytes = bytesOf(mib5 + 9);

function options({ runtime }: Stage, more: Partial<UploadOptions> = {}): UploadOptions {
  return { workspace: "sfc:workspace:acme:default", name: "fresh", partSize: mib5, runtime, ...more };
}

interface FailedUpload {
  readonly path: string;
  readonly place: string;
  readonly record: Record<string, unknown>;
}

/** Starts an upload that fails at its second part, and returns its record. */
async function failedUpload(scene: Stage, path: string): Promise<FailedUpload> {
  let parts = 0;
  const failing: Fetch = (url, init) =>
    ++parts > 1 ? Promise.resolve(new Response("", { status: 400 })) : fetch(url, init);
  await errorOf(uploadImage(scene.sfc, path, options(scene, { fetch: failing, concurrency: 1 })));
  const place = `${path}.sfc-upload.json`;
  return { path, place, record: JSON.parse(await readFile(place, "utf8")) as Record<string, unknown> };
}

describe("the record of an upload", () => {
  let failed: FailedUpload & { scene: Stage };
  beforeAll(async () => {
    const scene = await openStage();
    const path = join(await mkdtemp(join(tmpdir(), "sfc-record-")), "image.qcow2");
    await writeFile(path, bytes);
    failed = { scene, ...(await failedUpload(scene, path)) };
  });
  afterAll(() => failed?.scene.sim.close());

  test.each<[string, (record: Record<string, unknown>) => unknown]>([
    ["empty", () => ""],
    ["truncated", (record) => JSON.stringify(record).slice(0, 60)],
    ["`null`", () => "null"],
    ["a list", () => "[]"],
    ["zeros, as after a power failure", () => "\0".repeat(200)],
    ["of another version", (record) => ({ ...record, version: 2 })],
    ["without a name", ({ name: _, ...record }) => record],
    ["without a workspace", ({ workspace: _, ...record }) => record],
    ["without a part size", ({ partSize: _, ...record }) => record],
    ["with a negative part size", (record) => ({ ...record, partSize: -1 })],
    ["with a part size of zero", (record) => ({ ...record, partSize: 0 })],
    ["with a part size that is too large for the memory", (record) => ({ ...record, partSize: 2 ** 52 })],
    ["with a part size that needs too many parts", (record) => ({ ...record, partSize: 1 })],
    ["with a part size as text", (record) => ({ ...record, partSize: "64 MiB" })],
    ["without a size", ({ size: _, ...record }) => record],
    ["without a time", ({ modifiedMs: _, ...record }) => record],
    ["without parts", ({ parts: _, ...record }) => record],
    ["with parts in a list", (record) => ({ ...record, parts: [] })],
    ["with a part zero", (record) => ({ ...record, parts: { 0: "0".repeat(64) } })],
    ["with a part whose hash is invalid", (record) => ({ ...record, parts: { 1: "yes" } })],
    ["with an image id that is not a string", (record) => ({ ...record, imageId: 7 })],
    ["with an empty image id", (record) => ({ ...record, imageId: "" })],
    ["with an invalid hash", (record) => ({ ...record, sha256: 7 })],
  ])("is refused by its path when it is %s, and nothing is sent", async (_, damage) => {
    const { scene, path, place, record } = failed;
    const damaged = damage(record);
    await writeFile(place, typeof damaged === "string" ? damaged : JSON.stringify(damaged));
    const before = scene.sim.requests.length;
    const error = await errorOf(uploadImage(scene.sfc, path, options(scene)));
    expect(error).toMatchObject({ name: "TransferError", reason: "record", path: place });
    expect((error as Error).message).toContain(place);
    expect(scene.sim.requests).toHaveLength(before);
  });

  test("is named in the error when its image was deleted between two calls", async () => {
    const scene = await stage();
    const { path, place, record } = await failedUpload(scene, await fileOf(bytes));
    await scene.sfc.images.delete(record.imageId as string);
    const error = await errorOf(uploadImage(scene.sfc, path, options(scene)));
    expect(error).toMatchObject({ name: "TransferError", reason: "state", path: place, imageId: record.imageId });
    expect((error as Error).message).toContain(place);
    expect((error as Error).cause).toMatchObject({ name: "ApiError", status: 404 });
    await rm(place);
    expect(await uploadImage(scene.sfc, path, options(scene))).toMatchObject({ sha256: hashOf(bytes) });
  });

  test("is flushed to the disk before it replaces the previous one", async () => {
    const scene = await stage();
    const path = await fileOf(bytesOf(9));
    const handle = await files.open(path);
    const methods = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const steps: string[] = [];
    const { rename } = files;
    const { sync } = methods;
    vi.spyOn(methods, "sync").mockImplementation(async function (this: typeof handle) {
      if ((await this.stat()).isFile()) steps.push("sync");
      return sync.call(this);
    });
    vi.spyOn(files, "rename").mockImplementation((from, to) => {
      steps.push("rename");
      return rename(from, to);
    });
    await uploadImage(scene.sfc, path, options(scene));
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.filter((step, index) => step !== (index % 2 === 0 ? "sync" : "rename"))).toEqual([]);
  });

  test("is written under a different temporary name by each of two uploads of one file", async () => {
    const scene = await stage();
    const path = await fileOf(bytes);
    const uploads = Array.from({ length: 6 }, () => uploadImage(clientOf(scene.sim), path, options(scene)));
    const results = await Promise.allSettled(uploads);
    const refused = results.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    expect(
      refused.map(({ reason }) => reason.name).filter((name) => !["TransferError", "ApiError"].includes(name)),
    ).toEqual([]);
    expect(results.some(({ status }) => status === "fulfilled")).toBe(true);
    const images = scene.sim.state.images.filter(({ name }) => name === "fresh");
    expect(images).toMatchObject([{ upload_status: "completed", sha256: hashOf(bytes) }]);
    expect((await readdir(dirname(path))).filter((name) => name.endsWith(".new"))).toEqual([]);
  });

  test("leaves no temporary file of a process that was killed", async () => {
    const scene = await stage();
    const path = await fileOf(bytesOf(9));
    await writeFile(`${path}.sfc-upload.json.4194305-1.new`, "{");
    await uploadImage(scene.sfc, path, options(scene));
    expect(await readdir(dirname(path))).toEqual(["image.qcow2"]);
  });

  test.each([
    ["a folder", (place: string) => mkdir(place)],
    ["in a missing folder", async () => undefined],
  ])("is named in the error when it cannot be written: %s", async (kind, prepare) => {
    const scene = await stage();
    const path = await fileOf(bytesOf(9));
    const place = kind === "a folder" ? `${path}.json` : `${path}.missing/record.json`;
    await prepare(place);
    const error = await errorOf(uploadImage(scene.sfc, path, options(scene, { resume: place })));
    expect(error).toMatchObject({ name: "TransferError", reason: "record", path: place });
    expect(scene.sim.requests).toEqual([]);
  });
});
