import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type UploadOptions, uploadImage } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { bytesOf, fileOf, hashOf, mib5 } from "./files.js";
import { clientOf, errorOf, operationsOf, type Stage, stage } from "./support.js";

const workspace = "sfc:workspace:acme:default";

function options({ runtime }: Stage, more: Partial<UploadOptions> = {}): UploadOptions {
  return { workspace, name: "release", partSize: mib5, runtime, ...more };
}

/** Another caller's image of the same name, which is started and not completed. */
function othersImage({ sfc }: Stage): Promise<{ id: string }> {
  return sfc.images.create({ workspace, name: "release" });
}

function isCreate(url: string, init: { method?: string | undefined }): boolean {
  return init.method === "POST" && url.endsWith("/images");
}

/** A `fetch` whose first create request fails, before or after it reaches the service. */
function failingCreate(when: "before" | "after"): Fetch {
  let failed = false;
  return async (url, init) => {
    if (failed || !isCreate(url, init)) return fetch(url, init);
    failed = true;
    if (when === "after") await (await fetch(url, init)).text();
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
  };
}

function partsSent({ sim }: Stage): number {
  return operationsOf(sim).filter((operation) => operation === "upload_part").length;
}

describe("an image that was found only by its name", () => {
  test("is not written to after a creation that failed before it reached the service", async () => {
    const scene = await stage();
    const { id } = await othersImage(scene);
    const sfc = clientOf(scene.sim, failingCreate("before"));
    const error = await errorOf(uploadImage(sfc, new Blob([bytesOf(9)]), options(scene)));
    expect(error).toMatchObject({ name: "TransferError", reason: "unconfirmed", imageId: id, ambiguous: true });
    expect((error as Error).message).toContain(id);
    expect((error as Error).message).toContain("imageId");
    expect(partsSent(scene)).toBe(0);
    expect(scene.sim.state.images.find((image) => image.id === id)?.upload_status).toBe("started");
  });

  test("is not written to although this upload may have created it, and `imageId` continues it", async () => {
    const scene = await stage();
    const sfc = clientOf(scene.sim, failingCreate("after"));
    const path = await fileOf(bytesOf(9));
    const error = await errorOf(uploadImage(sfc, path, options(scene)));
    expect(error).toMatchObject({ reason: "unconfirmed", ambiguous: true });
    expect(partsSent(scene)).toBe(0);
    const { imageId } = error as { imageId: string };
    const image = await uploadImage(scene.sfc, path, options(scene, { imageId }));
    expect(image).toMatchObject({ id: imageId, upload_status: "completed", sha256: hashOf(bytesOf(9)) });
    expect(scene.sim.state.images.filter(({ name }) => name === "release")).toHaveLength(1);
    expect(existsSync(`${path}.sfc-upload.json`)).toBe(false);
  });

  test("is not written to on resume from a record without an image id", async () => {
    const scene = await stage();
    const { id } = await othersImage(scene);
    const path = await fileOf(bytesOf(9));
    const failing: Fetch = (url, init) =>
      isCreate(url, init) ? Promise.reject(new TypeError("lost")) : fetch(url, init);
    // The record names no image, whatever the first call finds.
    await errorOf(uploadImage(clientOf(scene.sim, failing), path, options(scene)));
    const record = JSON.parse(await readFile(`${path}.sfc-upload.json`, "utf8")) as object;
    expect(record).not.toHaveProperty("imageId");
    const error = await errorOf(uploadImage(clientOf(scene.sim), path, options(scene)));
    expect(error).toMatchObject({ name: "TransferError", reason: "unconfirmed", imageId: id });
    expect(partsSent(scene)).toBe(0);
  });

  test("a create request that never arrived is repeated when no image has the name", async () => {
    const scene = await stage();
    const sfc = clientOf(scene.sim, failingCreate("before"));
    const image = await uploadImage(sfc, new Blob([bytesOf(9)]), options(scene));
    expect(image.upload_status).toBe("completed");
  });

  test("is also unconfirmed when reading it fails", async () => {
    const scene = await stage();
    await othersImage(scene);
    const failing: Fetch = (url, init) => {
      if (isCreate(url, init)) return Promise.reject(new TypeError("lost"));
      return url.includes("sfc%3Aimage") || url.includes("sfc:image")
        ? Promise.resolve(new Response("{}", { status: 403 }))
        : fetch(url, init);
    };
    const error = await errorOf(uploadImage(clientOf(scene.sim, failing), new Blob([bytesOf(9)]), options(scene)));
    expect(error).toMatchObject({ reason: "unconfirmed", imageId: undefined, ambiguous: true });
  });
});

describe("uploadImage with `imageId`", () => {
  test.each([
    ["of another name", { name: "other" }, "state"],
    ["in another workspace", { workspace: "sfc:workspace:acme:other" }, "state"],
  ])("writes to no image %s", async (_, more, reason) => {
    const scene = await stage();
    const { id } = await othersImage(scene);
    const upload = uploadImage(scene.sfc, new Blob([bytesOf(9)]), options(scene, { ...more, imageId: id }));
    await expect(upload).rejects.toMatchObject({ name: "TransferError", reason, imageId: id });
    expect(partsSent(scene)).toBe(0);
  });

  test("writes to no image that is completed", async () => {
    const scene = await stage();
    const { id } = await uploadImage(scene.sfc, new Blob([bytesOf(9)]), options(scene));
    const upload = uploadImage(scene.sfc, new Blob([bytesOf(8)]), options(scene, { imageId: id }));
    await expect(upload).rejects.toMatchObject({ reason: "state", imageId: id });
    expect(partsSent(scene)).toBe(1);
  });

  test("leaves no record when the image does not exist", async () => {
    const scene = await stage();
    const path = await fileOf(bytesOf(9));
    const upload = uploadImage(scene.sfc, path, options(scene, { imageId: "image_0000000000000000000000" }));
    await expect(upload).rejects.toMatchObject({ name: "ApiError", status: 404 });
    expect(existsSync(`${path}.sfc-upload.json`)).toBe(false);
  });

  test("does not use the record of another image", async () => {
    const scene = await stage();
    const { id } = await othersImage(scene);
    const path = await fileOf(bytesOf(9));
    const failing: Fetch = () => Promise.reject(new TypeError("lost"));
    await errorOf(uploadImage(scene.sfc, path, options(scene, { imageId: id, fetch: failing })));
    const upload = uploadImage(scene.sfc, path, options(scene, { imageId: "image_other" }));
    await expect(upload).rejects.toMatchObject({ reason: "record", path: `${path}.sfc-upload.json` });
    expect((await uploadImage(scene.sfc, path, options(scene, { imageId: id }))).id).toBe(id);
  });

  test("detects parts of an earlier upload that remain in the image", async () => {
    const scene = await stage();
    const { id } = await othersImage(scene);
    for (const part_id of [1, 2]) {
      const { url } = await scene.sfc.images.createUploadPart(id, { part_id });
      await fetch(url, { method: "PUT", body: bytesOf(100, part_id) });
    }
    const upload = uploadImage(scene.sfc, new Blob([bytesOf(9)]), options(scene, { imageId: id }));
    const error = await errorOf(upload);
    expect(error).toMatchObject({ name: "TransferError", reason: "state", imageId: id });
    expect((error as Error).message).toContain("Delete the image");
  });

  test.each(["", 7])("refuses %o", async (imageId) => {
    const scene = await stage();
    const upload = uploadImage(scene.sfc, new Blob([bytesOf(9)]), options(scene, { imageId: imageId as string }));
    await expect(upload).rejects.toMatchObject({ name: "UsageError" });
    expect(scene.sim.requests).toEqual([]);
  });
});

test("an upload whose create request was refused does not remove the record of another process", async () => {
  const scene = await stage();
  const path = await fileOf(bytesOf(9));
  const place = `${path}.sfc-upload.json`;
  let text = "";
  const raced: Fetch = async (url, init) => {
    if (isCreate(url, init)) {
      const { id } = await othersImage(scene);
      text = JSON.stringify({ ...(JSON.parse(await readFile(place, "utf8")) as object), imageId: id });
      await writeFile(place, text);
    }
    return fetch(url, init);
  };
  await expect(uploadImage(clientOf(scene.sim, raced), path, options(scene))).rejects.toMatchObject({ status: 409 });
  expect(await readFile(place, "utf8")).toBe(text);
});
