import { describe, expect, it } from "vitest";
import { instanceBody, script, session } from "./session.js";

describe("creating an instance", () => {
  it("returns a waiting instance that later gets a node, boots, and has SSH details and a log", async () => {
    const s = await session();
    const made = await s.post("/instances", instanceBody(s, { name: "a", ...script }));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      status: "awaiting_allocation",
      name: "a",
      priority_level: "normal",
      expected_shutdown_at: null,
    });
    const path = `/instances/${made.body.id}`;
    expect((await s.get(`${path}/ssh`)).status).toBe(404);

    s.sim.advance({ seconds: 1 });
    expect((await s.get(path)).body.status).toBe("running");
    expect((await s.get(`${path}/ssh`)).status).toBe(404);

    s.sim.advance({ seconds: 120 });
    expect((await s.get(`${path}/ssh`)).body).toMatchObject({ port: 22 });
    const logs = await s.get(`${path}/logs`);
    expect(Buffer.from(logs.body.data[0].data, "base64").toString()).toContain("Booting trainer");
  });

  it("is not idempotent: the same body twice creates two instances with different names", async () => {
    const s = await session();
    const first = await s.post("/instances", instanceBody(s), { key: "k" });
    const second = await s.post("/instances", instanceBody(s), { key: "k" });
    expect(second.body.id).not.toBe(first.body.id);
    expect(second.body.name).not.toBe(first.body.name);
    expect(s.sim.state.instances).toHaveLength(2);
  });

  it("refuses a name in use with 422, because the operation declares no 400", async () => {
    const s = await session();
    await s.post("/instances", instanceBody(s, { name: "a" }));
    const clash = await s.post("/instances", instanceBody(s, { name: "a" }));
    expect([clash.status, clash.body.error.details[0].code]).toEqual([422, "name_taken"]);
  });

  it.each([
    ["an unknown pool", { pool: "pool_doesnotexist" }, 404],
    ["an unknown SKU", { instance_sku: "isku_doesnotexist" }, 422],
    ["an unknown image", { image: "image_doesnotexist" }, 422],
    ["a public address without a firewall", { enable_public_ipv4: true }, 422],
    ["a firewall without a public address", { firewall: "frwl_1" }, 422],
    ["a tag key that starts with an underscore", { tags: { _a: "b" } }, 422],
    ["a pool that only contains an id", { pool: "xpool_abc y" }, 422],
    ["cloud-init over 64 KB", { cloud_init_user_data: Buffer.alloc(65_537).toString("base64") }, 422],
  ])("refuses %s", async (_, change, status) => {
    const s = await session();
    expect((await s.post("/instances", instanceBody(s, change))).status).toBe(status);
    expect(s.sim.state.instances).toHaveLength(0);
  });

  it("accepts only images of its own workspace and public images", async () => {
    const s = await session();
    const elsewhere = (image: string) =>
      s.post("/instances", instanceBody(s, { pool: s.pool("notebooks"), image: s.image(image) }));
    expect((await elsewhere("trainer")).status).toBe(422);
    expect((await elsewhere("ubuntu-24.04-cuda-13")).status).toBe(201);
  });

  it("assigns a public address when the SKU supports it and a firewall is given", async () => {
    const s = await session({ world: { pools: [{ name: "main", allocations: [{ sku: "alameda", nodes: 1 }] }] } });
    const body = {
      instance_sku: s.sku("alameda"),
      enable_public_ipv4: true,
      firewall: "sfc:firewall:acme:default:ssh-and-https",
    };
    const made = await s.post("/instances", instanceBody(s, body));
    s.sim.advance({ seconds: 1 });
    const { body: running } = await s.get(`/instances/${made.body.id}`);
    expect(running.firewall).toMatch(/^frwl_/);
    expect(running.public_ip).toMatch(/^203\.0\.113\./);
  });

  it("accepts former id prefixes and returns the canonical ones", async () => {
    const s = await session();
    const old = {
      instance_sku: s.sku("richmond").replace("isku", "clus"),
      image: s.image("trainer").replace("image", "vmi"),
    };
    const made = await s.post("/instances", instanceBody(s, old));
    expect(made.body.instance_sku.id).toBe(s.sku("richmond"));
    const { body } = await s.get(`/instances/${made.body.id.replace("inst", "vm")}`);
    expect(body.id).toBe(made.body.id);
    expect(body.capacity.id).toMatch(/^cap_/);
  });
});

describe("changing an instance", () => {
  it("changes its resource path on rename, but not its id", async () => {
    const s = await session();
    const { body } = await s.post("/instances", instanceBody(s, { name: "a" }));
    const renamed = await s.patch(`/instances/${body.resource_path}`, { name: "b" });
    expect(renamed.body).toMatchObject({ id: body.id, resource_path: "sfc:instance:acme:default:b" });
    expect((await s.get(`/instances/${body.resource_path}`)).status).toBe(404);
    expect((await s.get("/instances/sfc:instance:acme:default:b")).body.id).toBe(body.id);
  });

  it("replaces all tags, keeps them when omitted, and removes them with null", async () => {
    const s = await session();
    const { body } = await s.post("/instances", instanceBody(s, { tags: { a: "1", b: "2" } }));
    const path = `/instances/${body.id}`;
    expect((await s.patch(path, { tags: { c: "3" } })).body.tags).toEqual({ c: "3" });
    expect((await s.patch(path, { priority_level: "critical" })).body.tags).toEqual({ c: "3" });
    expect((await s.patch(path, { tags: null })).body.tags).toBeNull();
  });

  it("returns 400 when the new name is in use", async () => {
    const s = await session();
    await s.post("/instances", instanceBody(s, { name: "a" }));
    const { body } = await s.post("/instances", instanceBody(s, { name: "b" }));
    expect((await s.patch(`/instances/${body.id}`, { name: "a" })).status).toBe(400);
  });

  it("ignores an explicit null by default and refuses it on request", async () => {
    for (const [patchNull, status] of [
      ["ignore", 200],
      ["refuse", 422],
    ] as const) {
      const s = await session({ assumptions: { patchNull } });
      const { body } = await s.post("/instances", instanceBody(s, { name: "a" }));
      expect((await s.patch(`/instances/${body.id}`, { name: null })).status).toBe(status);
      // For tags, null is valid: it removes them.
      expect((await s.patch(`/instances/${body.id}`, { tags: null })).status).toBe(200);
    }
  });
});

describe("ending an instance", () => {
  it("terminates once, and a second call returns 404", async () => {
    const s = await session();
    const { body } = await s.post("/instances", instanceBody(s));
    expect((await s.post(`/instances/${body.id}/terminate`)).body.status).toBe("terminated");
    expect((await s.post(`/instances/${body.id}/terminate`)).status).toBe(404);
  });

  it("deletes only after termination, and then frees the name", async () => {
    const s = await session();
    const { body } = await s.post("/instances", instanceBody(s, { name: "a" }));
    expect((await s.delete(`/instances/${body.id}`)).status).toBe(409);
    await s.post(`/instances/${body.id}/terminate`);
    expect(
      (await s.patch(`/instances/${(await s.post("/instances", instanceBody(s))).body.id}`, { name: "a" })).status,
    ).toBe(400);
    expect((await s.delete(`/instances/${body.id}`)).status).toBe(204);
    expect((await s.delete(`/instances/${body.id}`)).status).toBe(404);
    expect((await s.post("/instances", instanceBody(s, { name: "a" }))).status).toBe(201);
  });

  it("requires that a failed instance is terminated before it is deleted", async () => {
    const s = await session();
    const { body } = await s.post("/instances", instanceBody(s));
    s.sim.failInstance(body.id);
    expect((await s.get(`/instances/${body.id}`)).body.status).toBe("failed");
    expect((await s.delete(`/instances/${body.id}`)).status).toBe(409);
  });
});

describe("replacing an instance", () => {
  const tags = { team: "infra" };

  it("inherits pool, SKU, tags and priority, but not cloud-init, and terminates the old instance", async () => {
    const s = await session();
    const old = await s.post(
      "/instances",
      instanceBody(s, { tags, priority_level: "critical", cloud_init_user_data: "aGk=" }),
    );
    const made = await s.post(`/instances/${old.body.id}/replace`, { image: s.image("trainer") });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ tags, priority_level: "critical", cloud_init_user_data_used: false });
    expect(made.body.pool).toEqual(old.body.pool);
    expect(made.body.id).not.toBe(old.body.id);
    expect((await s.get(`/instances/${old.body.id}`)).body.status).toBe("terminated");
  });

  it("with the old name returns 400 and terminates nothing", async () => {
    const s = await session();
    const old = await s.post("/instances", instanceBody(s, { name: "a" }));
    const clash = await s.post(`/instances/${old.body.id}/replace`, { image: s.image("trainer"), name: "a" });
    expect(clash.status).toBe(400);
    expect(s.sim.state.instances.map(({ status }) => status)).toEqual(["awaiting_allocation"]);
  });

  it("returns 404 for a terminated target and 422 for an unusable image", async () => {
    const s = await session();
    const { body } = await s.post("/instances", instanceBody(s));
    expect((await s.post(`/instances/${body.id}/replace`, { image: "image_unknown" })).status).toBe(422);
    await s.post(`/instances/${body.id}/terminate`);
    expect((await s.post(`/instances/${body.id}/replace`, { image: s.image("trainer") })).status).toBe(404);
  });
});

describe("updating many instances", () => {
  it("sets every priority, and for a repeated id applies the last entry and returns the instance once", async () => {
    const s = await session();
    const [a, b] = [await s.post("/instances", instanceBody(s)), await s.post("/instances", instanceBody(s))].map(
      ({ body }) => body.id,
    );
    const { body } = await s.patch("/instances", {
      data: [
        { id: a, priority_level: "yield" },
        { id: b, priority_level: "preferred" },
        { id: a.replace("inst", "vm"), priority_level: "critical" },
      ],
    });
    expect(body.data.map((row: { id: string; priority_level: string }) => [row.id, row.priority_level])).toEqual([
      [a, "critical"],
      [b, "preferred"],
    ]);
    expect(body).not.toHaveProperty("has_more");
  });

  it("changes nothing when one entry fails", async () => {
    const s = await session();
    const { body } = await s.post("/instances", instanceBody(s));
    const data = [
      { id: body.id, priority_level: "critical" },
      { id: "inst_unknown", priority_level: "critical" },
    ];
    expect((await s.patch("/instances", { data })).status).toBe(422);
    expect(s.sim.state.instances[0]?.priority_level).toBe("normal");
  });

  it("refuses instances of two workspaces, resource paths, and more entries than the assumed limit", async () => {
    const s = await session({ assumptions: { batchEntryCap: 2 } });
    const here = await s.post("/instances", instanceBody(s, { image: s.image("ubuntu-24.04-cuda-13") }));
    const there = await s.post(
      "/instances",
      instanceBody(s, { pool: s.pool("notebooks"), image: s.image("ubuntu-24.04-cuda-13") }),
    );
    const entry = (id: string) => ({ id, priority_level: "critical" });
    expect((await s.patch("/instances", { data: [entry(here.body.id), entry(there.body.id)] })).status).toBe(422);
    expect((await s.patch("/instances", { data: [entry(here.body.resource_path)] })).status).toBe(422);
    expect((await s.patch("/instances", { data: Array(3).fill(entry(here.body.id)) })).status).toBe(422);
    expect((await s.patch("/instances", { data: Array(2).fill(entry(here.body.id)) })).status).toBe(200);
  });
});

describe("an instance's console log", () => {
  it("has inclusive bounds, sorts in both directions, and keeps bytes that are not text", async () => {
    const s = await session();
    const { body } = await s.post("/instances", instanceBody(s));
    for (const byte of [0xff, 0x01, 0x80, 0x41]) s.sim.writeLog(body.id, Uint8Array.of(byte));
    const numbers = async (query: string) => {
      const { body: logs } = await s.get(`/instances/${body.id}/logs?${query}`);
      return logs.data.map(({ seqnum }: { seqnum: number }) => seqnum);
    };
    expect(await numbers("seqnum_after=1&seqnum_before=2")).toEqual([1, 2]);
    expect(await numbers("sort_by=-seqnum&limit=2")).toEqual([3, 2]);
    expect(await numbers("seqnum_after=4")).toEqual([]);
    const { body: logs } = await s.get(`/instances/${body.id}/logs?limit=1`);
    expect(logs.data[0].data).toBe("/w==");
    expect((await s.get(`/instances/${body.id}/logs?limit=2501`)).status).toBe(422);
  });
});
