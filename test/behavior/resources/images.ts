import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { refusal } from "../refusals.js";
import { useWorld, type World } from "../world.js";

const world = useWorld({ covers: "images" });

const bytes = new TextEncoder().encode("one image in two parts");
const sha256 = createHash("sha256").update(bytes).digest("hex");

/** Uploads as a client does: a presigned URL for each part, the bytes without a token, then `complete`. */
async function upload({ sfc, workspace }: World, name: string): Promise<string> {
  const { id } = await sfc.images.create({ workspace: workspace("default"), name });
  for (const [index, part] of [bytes.slice(0, 9), bytes.slice(9)].entries()) {
    const { url } = await sfc.images.createUploadPart(id, { part_id: index + 1 });
    expect((await fetch(url, { method: "PUT", body: part })).status).toBe(200);
  }
  await sfc.images.complete(id, { sha256 });
  return id;
}

describe("an image", () => {
  test("goes from started through uploading to completed, and is listed and fetched meanwhile", async () => {
    const w = await world();
    const { sfc, workspace } = w;
    const made = await sfc.images.create({ workspace: workspace("default"), name: "model" });
    expect(made).toMatchObject({ object: "image", upload_status: "started", sha256: null });
    const { url, expires_at } = await sfc.images.createUploadPart(made.id, { part_id: 1 });
    expect(expires_at).toBeGreaterThan(w.hour(0));
    await fetch(url, { method: "PUT", body: bytes });
    expect((await sfc.images.get(made.id)).upload_status).toBe("uploading");

    const done = await sfc.images.complete(made.id, { sha256 });
    expect(done).toMatchObject({ id: made.id, upload_status: "completed", sha256 });
    const { data } = await sfc.images.list({ workspace: workspace("default") });
    expect(data.map(({ name }) => name)).toEqual(["model", "trainer"]);
    expect(await sfc.images.get("sfc:image:acme:default:model")).toEqual(data[0]);
  });

  test("is downloaded from a presigned URL as the bytes of its parts in order, also in ranges", async () => {
    const w = await world();
    const image = await w.sfc.images.download(await upload(w, "model"));
    expect(image).toMatchObject({ sha256, size: bytes.length });
    expect(await (await fetch(image.url)).text()).toBe("one image in two parts");
    const range = await fetch(image.url, { headers: { range: "bytes=4-8" } });
    expect([range.status, await range.text()]).toEqual([206, "image"]);
  });

  test("receives its bytes without the token, because presigned URLs carry their own permission", async () => {
    const w = await world();
    await upload(w, "model");
    const uploads = w.simulator.requests.filter(({ operationId }) => operationId === "upload_part");
    expect(uploads.map(({ status, authorization }) => [status, authorization])).toEqual([
      [200, false],
      [200, false],
    ]);
  });

  test("cannot be uploaded once its presigned URL has expired", async () => {
    const { sfc, simulator, workspace } = await world();
    const { id } = await sfc.images.create({ workspace: workspace("default") });
    const { url } = await sfc.images.createUploadPart(id, { part_id: 1 });
    simulator.advance({ hours: 2 });
    expect((await fetch(url, { method: "PUT", body: bytes })).status).toBe(403);
    expect((await sfc.images.get(id)).upload_status).toBe("started");
  });

  test("with a name in use returns 409", async () => {
    const { sfc, workspace } = await world();
    const clash = sfc.images.create({ workspace: workspace("default"), name: "trainer" });
    await expect(clash).rejects.toMatchObject(refusal(409, "name_taken"));
    const elsewhere = await sfc.images.create({ workspace: workspace("research"), name: "trainer" });
    expect(elsewhere.workspace).toBe("research");
  });

  test("can be revoked only when completed, reinstated only when revoked, and downloaded only when completed", async () => {
    const w = await world();
    const { images } = w.sfc;
    const started = (await images.create({ workspace: w.workspace("default") })).id;
    await expect(images.revoke(started)).rejects.toMatchObject(refusal(409));
    await expect(images.reinstate(started)).rejects.toMatchObject(refusal(409));
    await expect(images.download(started)).rejects.toMatchObject(refusal(409));

    const id = await upload(w, "model");
    await expect(images.reinstate(id)).rejects.toMatchObject(refusal(409));
    expect((await images.revoke(id)).upload_status).toBe("revoked");
    await expect(images.revoke(id)).rejects.toMatchObject(refusal(409));
    await expect(images.download(id)).rejects.toMatchObject(refusal(409));
    expect((await images.reinstate(id)).upload_status).toBe("completed");
    expect((await images.download(id)).sha256).toBe(sha256);
  });

  test("that is revoked can no longer start an instance: creating one returns 422", async () => {
    const { sfc, image, pool, sku } = await world();
    await sfc.images.revoke(image("trainer"));
    const start = sfc.instances.create({ pool: pool("main"), instance_sku: sku("richmond"), image: image("trainer") });
    await expect(start).rejects.toMatchObject(refusal(422));
  });

  test("of the public workspace cannot be deleted, revoked or reinstated: each returns 403", async () => {
    const { sfc, image } = await world();
    const id = image("ubuntu-24.04-cuda-13");
    await expect(sfc.images.delete(id)).rejects.toMatchObject(refusal(403));
    await expect(sfc.images.revoke(id)).rejects.toMatchObject(refusal(403));
    await expect(sfc.images.reinstate(id)).rejects.toMatchObject(refusal(403));
  });

  test("is compared with its hash only when an instance boots", async () => {
    const w = await world();
    const { id } = await w.sfc.images.create({ workspace: w.workspace("default") });
    const { url } = await w.sfc.images.createUploadPart(id, { part_id: 1 });
    await fetch(url, { method: "PUT", body: bytes });
    expect((await w.sfc.images.complete(id, { sha256: "0".repeat(64) })).upload_status).toBe("completed");
    const made = await w.sfc.instances.create({ pool: w.pool("main"), instance_sku: w.sku("richmond"), image: id });
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.instances.get(made.id)).status).toBe("running");
    w.simulator.advance({ minutes: 10 });
    expect((await w.sfc.instances.get(made.id)).status).toBe("failed");
  });
});

describe("deleting an image", () => {
  test("returns 200 with a body, unlike other deletions", async () => {
    const { sfc, image } = await world();
    const { data, response } = await sfc.images.delete(image("trainer")).withResponse();
    expect([response.status, data]).toEqual([200, { object: "image", deleted: true, name: "trainer" }]);
    await expect(sfc.images.get("sfc:image:acme:default:trainer")).rejects.toMatchObject(refusal(404));
  });

  test("returns 409 while a template uses it", async () => {
    const { sfc, image, workspace } = await world();
    const id = image("trainer");
    const template = await sfc.instanceTemplates.create({ workspace: workspace("default"), image: id });
    await expect(sfc.images.delete(id)).rejects.toMatchObject(refusal(409));
    await sfc.instanceTemplates.delete(template.id);
    expect((await sfc.images.delete(id)).deleted).toBe(true);
  });

  test("returns 409 while an active instance uses it", async () => {
    const { sfc, image, pool, sku } = await world();
    const id = image("trainer");
    const instance = await sfc.instances.create({ pool: pool("main"), instance_sku: sku("richmond"), image: id });
    await expect(sfc.images.delete(id)).rejects.toMatchObject(refusal(409));
    await sfc.instances.terminate(instance.id);
    expect((await sfc.images.delete(id)).deleted).toBe(true);
  });
});
