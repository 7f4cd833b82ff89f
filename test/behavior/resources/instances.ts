import { describe, expect, test } from "vitest";
import { instanceBody, script } from "../bodies.js";
import { refusal } from "../refusals.js";
import { useWorld, type World } from "../world.js";

const world = useWorld({ covers: "instances" });

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("an instance", () => {
  test("can be created, listed, fetched, updated, terminated and deleted", async () => {
    const w = await world();
    const { instances } = w.sfc;
    const made = await instances.create(instanceBody(w, { name: "trainer-1", tags: { env: "prod" } }));
    expect(made).toMatchObject({ object: "instance", name: "trainer-1", pool: { id: w.pool("main") } });
    expect((await instances.list()).data).toEqual([made]);
    expect(await instances.get(made.id)).toEqual(made);

    const updated = await instances.update(made.id, { name: "trainer-2", priority_level: "critical" });
    expect(updated).toMatchObject({
      id: made.id,
      name: "trainer-2",
      priority_level: "critical",
      tags: { env: "prod" },
    });
    expect(await instances.get(made.id)).toEqual(updated);

    expect((await instances.terminate(made.id)).status).toBe("terminated");
    await instances.delete(made.id);
    await expect(instances.get(made.id)).rejects.toMatchObject(refusal(404));
    expect((await instances.list()).data).toEqual([]);
  });

  test("gets a generated name when none is given", async () => {
    const w = await world();
    const [one, two] = [await w.sfc.instances.create(instanceBody(w)), await w.sfc.instances.create(instanceBody(w))];
    expect(one.name).toMatch(/^[a-z]+-[a-z]+-\w{6}$/);
    expect(two.name).not.toBe(one.name);
  });

  test("keeps its id and changes its resource path when it is renamed", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w, { name: "before" }));
    await w.sfc.instances.update("sfc:instance:acme:default:before", { name: "after" });
    expect((await w.sfc.instances.get("sfc:instance:acme:default:after")).id).toBe(id);
    await expect(w.sfc.instances.get("sfc:instance:acme:default:before")).rejects.toMatchObject(refusal(404));
  });

  test("is also found by its former id prefix, and returns the canonical id", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w));
    expect((await w.sfc.instances.get(id.replace("inst_", "vm_"))).id).toBe(id);
  });

  test("cannot be renamed to a name in use: 400", async () => {
    const w = await world();
    await w.sfc.instances.create(instanceBody(w, { name: "one" }));
    const { id } = await w.sfc.instances.create(instanceBody(w, { name: "two" }));
    await expect(w.sfc.instances.update(id, { name: "one" })).rejects.toMatchObject(refusal(400, "name_taken"));
  });

  test("keeps its tags when a PATCH omits them; a PATCH with tags replaces all of them, and null removes them", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w, { tags: { a: "1", b: "2" } }));
    expect((await w.sfc.instances.update(id, { priority_level: "yield" })).tags).toEqual({ a: "1", b: "2" });
    expect((await w.sfc.instances.update(id, { tags: { c: "3" } })).tags).toEqual({ c: "3" });
    expect((await w.sfc.instances.update(id, { tags: null })).tags).toBeNull();
  });

  test("keeps its name and priority by default when a PATCH sets them to null, which is not documented", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w, { name: "one", priority_level: "critical" }));
    const after = await w.sfc.instances.update(id, { name: null, priority_level: null });
    expect(after).toMatchObject({ name: "one", priority_level: "critical" });
  });

  test("on an unknown pool returns 404, and with an unknown SKU or image 422", async () => {
    const w = await world();
    const start = (change: object) => w.sfc.instances.create(instanceBody(w, change));
    await expect(start({ pool: "pool_nobody" })).rejects.toMatchObject(refusal(404));
    await expect(start({ instance_sku: "isku_nobody" })).rejects.toMatchObject(refusal(422));
    await expect(start({ image: "image_nobody" })).rejects.toMatchObject(refusal(422));
    expect(w.simulator.state.instances).toEqual([]);
  });
});

describe("listing instances", () => {
  async function three(w: World) {
    const start = (name: string, tags: Record<string, string>) =>
      w.sfc.instances.create(instanceBody(w, { name, tags }));
    await start("a", { env: "prod", team: "ml" });
    w.simulator.advance({ minutes: 1 });
    await start("b", { env: "prod" });
    w.simulator.advance({ minutes: 1 });
    await start("c", { env: "dev" });
  }
  const names = (page: { data: readonly { name: string }[] }) => page.data.map(({ name }) => name);

  test("filters by tag, by tag key, and by several of them at once", async () => {
    const w = await world();
    await three(w);
    expect(names(await w.sfc.instances.list({ tag: ["env=prod"] }))).toEqual(["b", "a"]);
    expect(names(await w.sfc.instances.list({ tag_key: ["team"] }))).toEqual(["a"]);
    expect(names(await w.sfc.instances.list({ tag: ["env=prod"], tag_key: ["team"] }))).toEqual(["a"]);
    expect(names(await w.sfc.instances.list({ tag: ["env=test"] }))).toEqual([]);
  });

  test("filters by one or several statuses", async () => {
    const w = await world();
    await three(w);
    expect(names(await w.sfc.instances.list({ status: ["running"] }))).toEqual(["b", "a"]);
    expect(names(await w.sfc.instances.list({ status: ["awaiting_allocation"] }))).toEqual(["c"]);
    expect(names(await w.sfc.instances.list({ status: ["running", "awaiting_allocation"] }))).toEqual(["c", "b", "a"]);
  });

  test("filters by creation time, with inclusive bounds", async () => {
    const w = await world();
    await three(w);
    const created_after = w.hour(0) - 60;
    expect(names(await w.sfc.instances.list({ created_after, created_before: w.hour(0) }))).toEqual(["c", "b"]);
    expect(names(await w.sfc.instances.list({ created_before: created_after }))).toEqual(["b", "a"]);
  });

  test("filters by id, pool, SKU and workspace", async () => {
    const w = await world();
    await three(w);
    const { id } = await w.sfc.instances.get("sfc:instance:acme:default:b");
    expect(names(await w.sfc.instances.list({ id: [id, "inst_nobody"] }))).toEqual(["b"]);
    expect(names(await w.sfc.instances.list({ pool: [w.pool("spare")] }))).toEqual([]);
    expect(names(await w.sfc.instances.list({ pool: ["sfc:pool:acme:default:main"] }))).toEqual(["c", "b", "a"]);
    expect(names(await w.sfc.instances.list({ instance_sku: [w.sku("alameda")] }))).toEqual([]);
    expect(names(await w.sfc.instances.list({ workspace: w.workspace("research") }))).toEqual([]);
  });

  test("returns cloud-init data only on request", async () => {
    const w = await world();
    const cloud_init_user_data = base64("#cloud-config\n");
    const made = await w.sfc.instances.create(instanceBody(w, { cloud_init_user_data }));
    expect(made.cloud_init_user_data_used).toBe(true);
    expect((await w.sfc.instances.list()).data[0]).not.toHaveProperty("cloud_init_user_data");
    const { data } = await w.sfc.instances.list({ include: ["cloud_init_user_data"] });
    expect(data[0]?.cloud_init_user_data).toBe(cloud_init_user_data);
  });
});

describe("an instance's console log", () => {
  async function logged(w: World) {
    const { id } = await w.sfc.instances.create(instanceBody(w));
    for (const text of ["zero", "one", "two", "three"]) w.simulator.writeLog(id, text);
    return id;
  }
  const seqnums = ({ data }: { data: readonly { seqnum: number }[] }) => data.map(({ seqnum }) => seqnum);

  test("is returned in base64 chunks of bytes, not of text", async () => {
    const w = await world();
    const id = await logged(w);
    const notText = Uint8Array.of(0xff, 0xfe, 0x00);
    w.simulator.writeLog(id, notText);
    const { data } = await w.sfc.instances.listLogs(id);
    expect(Buffer.from(data[1]?.data ?? "", "base64").toString()).toBe("one");
    expect(new Uint8Array(Buffer.from(data[4]?.data ?? "", "base64"))).toEqual(notText);
  });

  test("is read between two inclusive sequence numbers, so a reader continues at last + 1", async () => {
    const w = await world();
    const id = await logged(w);
    expect(seqnums(await w.sfc.instances.listLogs(id, { seqnum_after: 1, seqnum_before: 2 }))).toEqual([1, 2]);
    expect(seqnums(await w.sfc.instances.listLogs(id, { seqnum_after: 1, limit: 2 }))).toEqual([1, 2]);
    expect(seqnums(await w.sfc.instances.listLogs(id, { seqnum_after: 3 }))).toEqual([3]);
    expect(seqnums(await w.sfc.instances.listLogs(id, { seqnum_after: 4 }))).toEqual([]);
  });

  test("is read backward with sort_by", async () => {
    const w = await world();
    const id = await logged(w);
    expect(seqnums(await w.sfc.instances.listLogs(id, { sort_by: "-seqnum", limit: 3 }))).toEqual([3, 2, 1]);
  });
});

/*
 * lifecycles/instance.ts tests the lifecycle in detail. The operations that remain here need a running instance or
 * change several instances.
 */
test("ssh details, a batch update and a replacement succeed for a running instance", async () => {
  const w = await world();
  const { instances } = w.sfc;
  const { id } = await instances.create(instanceBody(w, script));
  w.simulator.advance({ minutes: 10 });
  const ssh = await instances.getSsh(id);
  expect(ssh).toMatchObject({ port: 22, host_keys: [{ key_type: "ssh-ed25519" }] });
  const { data } = await instances.batchUpdate({ data: [{ id, priority_level: "preferred" }] });
  expect(data).toEqual([await instances.get(id)]);
  const fresh = await instances.replace(id, { image: w.image("ubuntu-24.04-cuda-13") });
  expect(fresh).toMatchObject({ priority_level: "preferred", image: { name: "ubuntu-24.04-cuda-13" } });
});
