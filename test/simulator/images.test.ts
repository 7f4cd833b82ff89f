import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { instanceBody, type Session, session } from "./session.js";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function start(s: Session, name = "mine") {
  return (await s.post("/images", { workspace: s.workspace("default"), name })).body;
}

async function putPart(s: Session, id: string, part: number, bytes: Uint8Array<ArrayBuffer>, headers = {}) {
  const { body } = await s.post(`/images/${id}/parts`, { part_id: part });
  return fetch(body.url, {
    method: "PUT",
    body: bytes,
    headers: { "content-type": "application/octet-stream", ...headers },
  });
}

const [one, two] = [Buffer.from("first part, "), Buffer.from("second part")];
const whole = Buffer.concat([one, two]);

async function upload(s: Session, sha = sha256(whole)) {
  const image = await start(s);
  await putPart(s, image.id, 2, two);
  await putPart(s, image.id, 1, one);
  await s.post(`/images/${image.id}/complete`, { sha256: sha });
  return image.id as string;
}

describe("uploading an image", () => {
  it("keeps every part when the first parts arrive at the same time", async () => {
    const s = await session();
    const image = await start(s);
    const parts = Array.from({ length: 16 }, (_, n) => Buffer.from(`part ${n}, `));
    await Promise.all(parts.map((bytes, n) => putPart(s, image.id, n + 1, bytes)));
    const sha = sha256(Buffer.concat(parts));
    await s.post(`/images/${image.id}/complete`, { sha256: sha });
    const { body } = await s.get(`/images/${image.id}/download`);
    const got = await (await fetch(body.url)).arrayBuffer();
    expect(Buffer.from(got).toString()).toBe(Buffer.concat(parts).toString());
  });

  it("goes from started through uploading to completed, and is downloaded byte for byte in the order of parts", async () => {
    const s = await session();
    const image = await start(s);
    expect(image).toMatchObject({ upload_status: "started", is_public: false, sha256: null });
    expect((await putPart(s, image.id, 2, two)).status).toBe(200);
    expect((await s.get(`/images/${image.id}`)).body.upload_status).toBe("uploading");
    await putPart(s, image.id, 1, Buffer.from("a part that is sent again"));
    await putPart(s, image.id, 1, one);
    const done = await s.post(`/images/${image.id}/complete`, { sha256: sha256(whole) });
    expect(done.body).toMatchObject({ upload_status: "completed", sha256: sha256(whole) });

    const { body: download } = await s.get(`/images/${image.id}/download`);
    expect([download.size, download.sha256]).toEqual([whole.length, sha256(whole)]);
    expect(Buffer.from(await (await fetch(download.url)).arrayBuffer())).toEqual(whole);
  });

  it("records whether a presigned URL was sent the token", async () => {
    const s = await session();
    const image = await start(s);
    await putPart(s, image.id, 1, one);
    await putPart(s, image.id, 2, two, { authorization: "Bearer sk_live_simulator" });
    const puts = s.sim.requests.filter(({ operationId }) => operationId === "upload_part");
    expect(puts.map(({ authorization }) => authorization)).toEqual([false, true]);
  });

  it("refuses presigned URLs that are expired, modified, or belong to a completed upload", async () => {
    const s = await session();
    const image = await start(s);
    const { body } = await s.post(`/images/${image.id}/parts`, { part_id: 1 });
    const put = (url: string) => fetch(url, { method: "PUT", body: one }).then(({ status }) => status);
    expect(await put(body.url.replace("/1?", "/2?"))).toBe(403);
    expect(await put(body.url)).toBe(200);
    s.sim.advance({ hours: 1 });
    expect(await put(body.url)).toBe(403);
    const fresh = await s.post(`/images/${image.id}/parts`, { part_id: 2 });
    await s.post(`/images/${image.id}/complete`, { sha256: sha256(one) });
    expect(await put(fresh.body.url)).toBe(403);
  });

  it("cannot be completed without parts, twice or with an invalid hash, and cannot continue afterwards", async () => {
    const s = await session();
    const image = await start(s);
    const complete = (sha: string) =>
      s.post(`/images/${image.id}/complete`, { sha256: sha }).then(({ status }) => status);
    expect(await complete(sha256(one))).toBe(400);
    await putPart(s, image.id, 1, one);
    expect(await complete(sha256(one).toUpperCase())).toBe(400);
    expect(await complete(sha256(one))).toBe(200);
    expect(await complete(sha256(one))).toBe(400);
    expect((await s.post(`/images/${image.id}/parts`, { part_id: 2 })).status).toBe(400);
    expect((await s.post(`/images/${image.id}/parts`, { part_id: 0 })).status).toBe(400);
  });

  it("accepts a wrong hash, and the instance that boots from the image fails", async () => {
    const s = await session();
    const image = await upload(s, "0".repeat(64));
    const { body } = await s.post("/instances", instanceBody(s, { image }));
    s.sim.advance({ minutes: 1 });
    expect((await s.get(`/instances/${body.id}`)).body.status).toBe("running");
    s.sim.advance({ minutes: 5 });
    expect((await s.get(`/instances/${body.id}`)).body.status).toBe("failed");
  });

  it("refuses a name in use with 409", async () => {
    const s = await session();
    await start(s);
    expect((await s.post("/images", { workspace: s.workspace("default"), name: "mine" })).status).toBe(409);
  });

  it("keeps bytes in a temporary folder that is removed on close", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sfc-test-"));
    vi.stubEnv("TMPDIR", folder);
    try {
      const s = await session();
      await putPart(s, (await start(s)).id, 1, one);
      expect(readdirSync(folder)).toHaveLength(1);
      await s.sim.close();
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    }
  });
});

describe("downloading an image", () => {
  it("serves one range, also to the end, from the end, and across parts", async () => {
    const s = await session();
    const { body } = await s.get(`/images/${await upload(s)}/download`);
    const range = async (header: string) => {
      const response = await fetch(body.url, { headers: { range: header } });
      return [response.status, await response.text(), response.headers.get("content-range")];
    };
    expect(await range("bytes=6-16")).toEqual([206, whole.subarray(6, 17).toString(), `bytes 6-16/${whole.length}`]);
    expect(await range("bytes=20-")).toEqual([206, whole.subarray(20).toString(), `bytes 20-22/${whole.length}`]);
    expect(await range("bytes=-4")).toEqual([206, "part", `bytes 19-22/${whole.length}`]);
    expect(await range("bytes=23-")).toEqual([416, "", `bytes */${whole.length}`]);
    expect((await range("lines=1-2"))[0]).toBe(200);
  });

  it("returns 409 until the upload is complete", async () => {
    const s = await session();
    expect((await s.get(`/images/${(await start(s)).id}/download`)).status).toBe(409);
  });
});

describe("the lifecycle of an image", () => {
  it("allows one revocation and one reinstatement, and no new instance in between", async () => {
    const s = await session();
    const id = await upload(s);
    const act = (verb: string) => s.post(`/images/${id}/${verb}`).then(({ status }) => status);
    expect(await act("reinstate")).toBe(409);
    expect(await act("revoke")).toBe(200);
    expect(await act("revoke")).toBe(409);
    expect((await s.post("/instances", instanceBody(s, { image: id }))).status).toBe(422);
    expect(await act("reinstate")).toBe(200);
    expect((await s.post("/instances", instanceBody(s, { image: id }))).status).toBe(201);
  });

  it("ends with a deletion that returns 200 and a body, but not while a template or an active instance uses the image", async () => {
    const s = await session();
    const id = await upload(s);
    const instance = await s.post("/instances", instanceBody(s, { image: id }));
    const template = await s.post("/instance_templates", { workspace: s.workspace("default"), image: id });
    expect((await s.delete(`/images/${id}`)).status).toBe(409);
    await s.post(`/instances/${instance.body.id}/terminate`);
    expect((await s.delete(`/images/${id}`)).status).toBe(409);
    await s.delete(`/instance_templates/${template.body.id}`);
    expect((await s.delete(`/images/${id}`)).body).toEqual({ object: "image", deleted: true, name: "mine" });
    expect((await s.get(`/images/${id}`)).status).toBe(404);
  });

  it("of a public image cannot be changed: 403", async () => {
    const s = await session();
    const id = s.image("ubuntu-24.04-cuda-13");
    expect((await s.delete(`/images/${id}`)).status).toBe(403);
    expect((await s.post(`/images/${id}/revoke`)).status).toBe(403);
  });
});

describe("listing images", () => {
  it("includes public images only for the public workspace", async () => {
    const s = await session();
    const names = async (query: string) =>
      (await s.get(`/images${query}`)).body.data.map((row: { name: string }) => row.name);
    expect(await names("")).toEqual(["trainer"]);
    expect(await names("?workspace=sfc:workspace:sfcompute:public")).toEqual([
      "ubuntu-22.04-cuda-12",
      "ubuntu-24.04-cuda-13",
    ]);
    expect(await names(`?id=${s.image("trainer").replace("image", "vmi")}`)).toEqual(["trainer"]);
  });
});
