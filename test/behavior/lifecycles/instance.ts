import { describe, expect, test } from "vitest";
import { instanceBody, script } from "../bodies.js";
import { refusal } from "../refusals.js";
import { useWorld, type World } from "../world.js";

const world = useWorld();

/** A pool with one node in the first hour, and none after it. */
const oneHour = { world: { pools: [{ name: "main", allocations: [{ sku: "richmond", nodes: 1, untilHours: 1 }] }] } };

async function statuses({ sfc }: World): Promise<Record<string, string>> {
  const all = await sfc.instances.list().toArray({ max: 100 });
  return Object.fromEntries(all.map(({ name, status }) => [name, status]));
}

describe("status", () => {
  test("goes from awaiting_allocation to running to terminated", async () => {
    const w = await world();
    const { id, status } = await w.sfc.instances.create(instanceBody(w));
    expect(status).toBe("awaiting_allocation");
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.instances.get(id)).status).toBe("running");
    await w.sfc.instances.terminate(id);
    w.simulator.advance({ days: 1 });
    expect((await w.sfc.instances.get(id)).status).toBe("terminated");
  });

  test("becomes failed on a hardware fault", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w));
    w.simulator.advance({ minutes: 5 });
    w.simulator.failInstance(id);
    expect((await w.sfc.instances.get(id)).status).toBe("failed");
  });

  test("is running when a machine is assigned, while ssh returns 404 until the boot has finished", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w, script));
    await expect(w.sfc.instances.getSsh(id)).rejects.toMatchObject(refusal(404));
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.instances.get(id)).status).toBe("running");
    await expect(w.sfc.instances.getSsh(id)).rejects.toMatchObject(refusal(404));
    w.simulator.advance({ minutes: 10 });
    expect((await w.sfc.instances.getSsh(id)).port).toBe(22);
  });
});

describe("ssh needs a startup script", () => {
  const tenMinutes = { minutes: 10 };

  test("an instance without one runs, boots and writes logs, but ssh keeps returning 404", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w));
    w.simulator.advance(tenMinutes);
    expect(await w.sfc.instances.get(id)).toMatchObject({ status: "running", cloud_init_user_data_used: false });
    expect((await w.sfc.instances.listLogs(id)).data).not.toEqual([]);
    await expect(w.sfc.instances.getSsh(id)).rejects.toMatchObject(refusal(404));
    w.simulator.advance({ hours: 1 });
    await expect(w.sfc.instances.getSsh(id)).rejects.toMatchObject(refusal(404));
  });

  test("a replacement does not inherit it: ssh works only when the replacement sets one again", async () => {
    const w = await world();
    const image = w.image("trainer");
    const old = await w.sfc.instances.create(instanceBody(w, script));
    w.simulator.advance(tenMinutes);
    expect((await w.sfc.instances.getSsh(old.id)).port).toBe(22);

    const without = await w.sfc.instances.replace(old.id, { image });
    w.simulator.advance(tenMinutes);
    expect((await w.sfc.instances.get(without.id)).status).toBe("running");
    await expect(w.sfc.instances.getSsh(without.id)).rejects.toMatchObject(refusal(404));

    const again = await w.sfc.instances.replace(without.id, { image, ...script });
    w.simulator.advance(tenMinutes);
    expect((await w.sfc.instances.getSsh(again.id)).port).toBe(22);
  });

  test("an instance of a deployment has the script of its template", async () => {
    for (const [data, response] of [
      [script, { status: "fulfilled" }],
      [{}, { status: "rejected", reason: refusal(404) }],
    ] as const) {
      const w = await world();
      const place = { workspace: w.workspace("default"), image: w.image("trainer") };
      const template = await w.sfc.instanceTemplates.create({ ...place, ...data });
      await w.sfc.deployments.create({
        kind: "generic",
        pool: w.pool("main"),
        instance_sku: w.sku("richmond"),
        instance_template: template.id,
        target_instance_count: 1,
      });
      w.simulator.advance(tenMinutes);
      const [started] = w.simulator.state.instances;
      expect(started?.status).toBe("running");
      expect(await Promise.allSettled([w.sfc.instances.getSsh(started?.id ?? "")])).toMatchObject([response]);
    }
  });

  test("an instance of the initial world has the script that the world sets", async () => {
    const seeded = { pool: "main", sku: "richmond" };
    const instances = [
      { ...seeded, name: "open", script: "#cloud-config\n" },
      { ...seeded, name: "closed" },
    ];
    const w = await world({ world: { instances } });
    w.simulator.advance(tenMinutes);
    expect((await w.sfc.instances.getSsh("sfc:instance:acme:default:open")).port).toBe(22);
    const closed = w.sfc.instances.getSsh("sfc:instance:acme:default:closed");
    await expect(closed).rejects.toMatchObject(refusal(404));
    const { data } = await w.sfc.instances.list({ include: ["cloud_init_user_data"] });
    expect(data.map((row) => [row.name, row.cloud_init_user_data])).toEqual([
      ["closed", undefined],
      ["open", script.cloud_init_user_data],
    ]);
  });

  test("with the assumption set, the address is returned without a script once the boot has finished", async () => {
    const w = await world({ assumptions: { sshWithoutScript: "details" } });
    const { id } = await w.sfc.instances.create(instanceBody(w));
    w.simulator.advance({ seconds: 1 });
    await expect(w.sfc.instances.getSsh(id)).rejects.toMatchObject(refusal(404));
    w.simulator.advance(tenMinutes);
    expect((await w.sfc.instances.getSsh(id)).port).toBe(22);
  });
});

describe("allocation", () => {
  test("an instance without nodes waits, and runs once nodes are bought", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w, { pool: w.pool("spare") }));
    w.simulator.advance({ hours: 1 });
    expect((await w.sfc.instances.get(id)).status).toBe("awaiting_allocation");
    await w.sfc.orders.create({
      pool: w.pool("spare"),
      side: "buy",
      instance_sku: w.sku("richmond"),
      allocation_schedule_delta: [{ start_at: w.hour(1), end_at: w.hour(2), node_count: 1 }],
      limit_price_dollars_per_node_hour: "16.800000",
    });
    w.simulator.advance({ minutes: 59 });
    expect((await w.sfc.instances.get(id)).status).toBe("awaiting_allocation");
    w.simulator.advance({ minutes: 1 });
    expect((await w.sfc.instances.get(id)).status).toBe("running");
  });

  test("when it drops, instances of lower priority stop first: yield, normal, preferred, then critical", async () => {
    const steps = [4, 3, 2, 1].map((nodes, index) => ({
      sku: "richmond",
      nodes,
      fromHours: index,
      untilHours: index + 1,
    }));
    const w = await world({ world: { pools: [{ name: "main", allocations: steps }] } });
    for (const level of ["critical", "yield", "preferred", "normal"] as const) {
      await w.sfc.instances.create(instanceBody(w, { name: level, priority_level: level }));
    }
    const running = async () =>
      Object.entries(await statuses(w)).flatMap(([name, status]) => (status === "running" ? name : []));
    w.simulator.advance({ minutes: 1 });
    expect((await running()).sort()).toEqual(["critical", "normal", "preferred", "yield"]);
    w.simulator.advance({ hours: 1 });
    expect((await running()).sort()).toEqual(["critical", "normal", "preferred"]);
    w.simulator.advance({ hours: 1 });
    expect((await running()).sort()).toEqual(["critical", "preferred"]);
    w.simulator.advance({ hours: 1 });
    expect(await running()).toEqual(["critical"]);
    w.simulator.advance({ hours: 1 });
    expect(await running()).toEqual([]);
  });

  test("an instance without a priority has the priority normal", async () => {
    const w = await world();
    expect((await w.sfc.instances.create(instanceBody(w))).priority_level).toBe("normal");
  });

  test("that ends terminates instances by default, or returns them to the queue on request", async () => {
    for (const [onAllocationLoss, status] of [
      ["terminate", "terminated"],
      ["wait", "awaiting_allocation"],
    ] as const) {
      const w = await world({ ...oneHour, assumptions: { onAllocationLoss } });
      const { id } = await w.sfc.instances.create(instanceBody(w));
      w.simulator.advance({ hours: 1 });
      expect((await w.sfc.instances.get(id)).status).toBe(status);
    }
  });
});

describe("ending", () => {
  test("terminate returns 200 with the instance, and 404 when it is already terminated", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w));
    const { data, response } = await w.sfc.instances.terminate(id).withResponse();
    expect([response.status, data.id, data.status]).toEqual([200, id, "terminated"]);
    await expect(w.sfc.instances.terminate(id)).rejects.toMatchObject(refusal(404));
  });

  test("delete is possible only after termination, 409 before", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w));
    await expect(w.sfc.instances.delete(id)).rejects.toMatchObject(refusal(409));
    w.simulator.advance({ minutes: 1 });
    await expect(w.sfc.instances.delete(id)).rejects.toMatchObject(refusal(409));
    await w.sfc.instances.terminate(id);
    await w.sfc.instances.delete(id);
    expect(w.simulator.state.instances).toEqual([]);
  });

  test("a terminated instance keeps its name until it is deleted", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w, { name: "one" }));
    await w.sfc.instances.terminate(id);
    const again = () => w.sfc.instances.create(instanceBody(w, { name: "one" }));
    await expect(again()).rejects.toMatchObject(refusal(422, "name_taken"));
    await w.sfc.instances.delete(id);
    expect((await again()).name).toBe("one");
  });
});

describe("start-up choices", () => {
  test("cloud-init of more than 64 KB is refused with 422, and exactly 64 KB are accepted", async () => {
    const w = await world();
    const data = (bytes: number) => Buffer.alloc(bytes, 35).toString("base64");
    const made = await w.sfc.instances.create(instanceBody(w, { cloud_init_user_data: data(65_536) }));
    expect(made.cloud_init_user_data_used).toBe(true);
    const larger = w.sfc.instances.create(instanceBody(w, { cloud_init_user_data: data(65_537) }));
    await expect(larger).rejects.toMatchObject(refusal(422, "too_large"));
  });

  test("cloud-init that is not base64 is refused with 422", async () => {
    const w = await world();
    const body = instanceBody(w, { cloud_init_user_data: "#cloud-config" });
    expect((await w.breaksContract((sfc) => sfc.instances.create(body))).status).toBe(422);
    expect(w.simulator.state.instances).toEqual([]);
  });

  test("a public address needs a firewall and a SKU that supports it", async () => {
    const w = await world();
    const firewall = "sfc:firewall:acme:default:ssh-and-https";
    const start = (change: object) => w.sfc.instances.create(instanceBody(w, { enable_public_ipv4: true, ...change }));
    await expect(start({ instance_sku: w.sku("alameda") })).rejects.toMatchObject(refusal(422));
    await expect(start({ firewall })).rejects.toMatchObject(refusal(422));
    const made = await start({ instance_sku: w.sku("alameda"), firewall });
    expect(made).toMatchObject({ enable_public_ipv4: true, firewall: expect.stringMatching(/^frwl_/) });
  });

  test("a firewall without a public address is forbidden", async () => {
    const w = await world();
    const start = w.sfc.instances.create(
      instanceBody(w, { instance_sku: w.sku("alameda"), firewall: "sfc:firewall:acme:default:ssh-and-https" }),
    );
    await expect(start).rejects.toMatchObject(refusal(422));
  });
});

describe("batch update", () => {
  async function pair(w: World): Promise<[string, string]> {
    const one = await w.sfc.instances.create(instanceBody(w, { name: "one" }));
    const two = await w.sfc.instances.create(instanceBody(w, { name: "two" }));
    return [one.id, two.id];
  }
  const levels = ({ simulator }: World) => simulator.state.instances.map((row) => row.priority_level);

  test("changes all instances, and returns each once without paging fields", async () => {
    const w = await world();
    const [one, two] = await pair(w);
    const response = await w.sfc.instances.batchUpdate({
      data: [
        { id: two, priority_level: "critical" },
        { id: one, priority_level: "yield" },
      ],
    });
    expect(Object.keys(response).sort()).toEqual(["data", "object"]);
    expect(response.data.map(({ id, priority_level }) => [id, priority_level])).toEqual([
      [two, "critical"],
      [one, "yield"],
    ]);
    expect(levels(w)).toEqual(["yield", "critical"]);
  });

  test("changes the priority and nothing else", async () => {
    const w = await world();
    const [id] = await pair(w);
    const before = await w.sfc.instances.get(id);
    await w.sfc.instances.batchUpdate({ data: [{ id, priority_level: "critical" }] });
    expect(await w.sfc.instances.get(id)).toEqual({ ...before, priority_level: "critical" });
  });

  test("is atomic: one unknown instance rolls everything back", async () => {
    const w = await world();
    const [one, two] = await pair(w);
    const entries = [one, "inst_nobody", two].map((id) => ({ id, priority_level: "critical" as const }));
    await expect(w.sfc.instances.batchUpdate({ data: entries })).rejects.toMatchObject(refusal(422, "not_found"));
    expect(levels(w)).toEqual(["normal", "normal"]);
  });

  test("applies the last of several entries for one instance, and returns the instance once", async () => {
    const w = await world();
    const [one] = await pair(w);
    const { data } = await w.sfc.instances.batchUpdate({
      data: [
        { id: one, priority_level: "critical" },
        { id: one, priority_level: "preferred" },
      ],
    });
    expect(data.map(({ id, priority_level }) => [id, priority_level])).toEqual([[one, "preferred"]]);
  });

  test("of instances in two workspaces returns 422 and changes none", async () => {
    const w = await world();
    const [one] = await pair(w);
    const body = instanceBody(w, { pool: w.pool("notebooks"), image: w.image("ubuntu-24.04-cuda-13") });
    const other = await w.sfc.instances.create(body);
    const entries = [one, other.id].map((id) => ({ id, priority_level: "critical" as const }));
    const mixed = w.sfc.instances.batchUpdate({ data: entries });
    await expect(mixed).rejects.toMatchObject(refusal(422, "several_workspaces"));
    expect(levels(w)).toEqual(["normal", "normal", "normal"]);
  });

  test("of more entries than the limit returns 422; the limit is not documented", async () => {
    const w = await world({ assumptions: { batchEntryCap: 1 } });
    const entries = (await pair(w)).map((id) => ({ id, priority_level: "critical" as const }));
    await expect(w.sfc.instances.batchUpdate({ data: entries })).rejects.toMatchObject(refusal(422, "too_many"));
    expect(levels(w)).toEqual(["normal", "normal"]);
  });

  test("accepts ids but no resource paths, and requires both members", async () => {
    const w = await world();
    const [one] = await pair(w);
    const byPath = await w.breaksContract((sfc) =>
      sfc.instances.batchUpdate({ data: [{ id: "sfc:instance:acme:default:one", priority_level: "critical" }] }),
    );
    expect(byPath).toMatchObject(refusal(422));
    const incomplete = { id: one } as { id: string; priority_level: "critical" };
    expect(await w.breaksContract((sfc) => sfc.instances.batchUpdate({ data: [incomplete] }))).toMatchObject(
      refusal(422),
    );
    expect(levels(w)).toEqual(["normal", "normal"]);
  });
});

describe("replace", () => {
  const publicAddress = (w: World) => ({
    instance_sku: w.sku("alameda"),
    enable_public_ipv4: true,
    firewall: "sfc:firewall:acme:default:ssh-and-https",
  });

  test("terminates the old instance and creates another on the same pool and SKU in one step", async () => {
    const w = await world();
    const old = await w.sfc.instances.create(instanceBody(w, { name: "old" }));
    const { data, response } = await w.sfc.instances.replace(old.id, { image: w.image("trainer") }).withResponse();
    expect(response.status).toBe(201);
    expect(data.id).not.toBe(old.id);
    expect([data.pool, data.instance_sku]).toEqual([old.pool, old.instance_sku]);
    expect(await statuses(w)).toEqual({ old: "terminated", [data.name]: "awaiting_allocation" });
  });

  test("inherits public address, firewall, tags and priority", async () => {
    const w = await world();
    const body = instanceBody(w, { ...publicAddress(w), tags: { env: "prod" }, priority_level: "critical" });
    const old = await w.sfc.instances.create(body);
    const fresh = await w.sfc.instances.replace(old.id, { image: w.image("trainer") });
    expect(fresh).toMatchObject({ enable_public_ipv4: true, tags: { env: "prod" }, priority_level: "critical" });
    expect(fresh.firewall).toBe(old.firewall);
  });

  test("inherits having a public address: a new address by default, the same address on request", async () => {
    for (const replacementPublicIp of ["new", "same"] as const) {
      const pools = [{ name: "main", allocations: [{ sku: "alameda", nodes: 1 }] }];
      const w = await world({ assumptions: { replacementPublicIp }, world: { pools } });
      const { id } = await w.sfc.instances.create(instanceBody(w, publicAddress(w)));
      w.simulator.advance({ seconds: 1 });
      const old = await w.sfc.instances.get(id);
      const fresh = await w.sfc.instances.replace(id, { image: w.image("trainer") });
      w.simulator.advance({ seconds: 1 });
      const { public_ip: address } = await w.sfc.instances.get(fresh.id);
      expect(address).toMatch(/^203\.0\.113\.\d+$/);
      expect(address === old.public_ip).toBe(replacementPublicIp === "same");
      expect((await w.sfc.instances.get(id)).public_ip).not.toBe(address);
    }
  });

  test("does not inherit cloud-init: without one, there is no startup script", async () => {
    const w = await world();
    const cloud_init_user_data = Buffer.from("#cloud-config\n").toString("base64");
    const old = await w.sfc.instances.create(instanceBody(w, { cloud_init_user_data }));
    const without = await w.sfc.instances.replace(old.id, { image: w.image("trainer") });
    expect([old.cloud_init_user_data_used, without.cloud_init_user_data_used]).toEqual([true, false]);
    const again = await w.sfc.instances.replace(without.id, { image: w.image("trainer"), cloud_init_user_data });
    expect(again.cloud_init_user_data_used).toBe(true);
  });

  test("requires an image, and does not inherit that of the old instance", async () => {
    const w = await world();
    const old = await w.sfc.instances.create(instanceBody(w));
    const nothing = {} as { image: string };
    expect((await w.breaksContract((sfc) => sfc.instances.replace(old.id, nothing))).status).toBe(422);
    const fresh = await w.sfc.instances.replace(old.id, { image: w.image("ubuntu-24.04-cuda-13") });
    expect([old.image.name, fresh.image.name]).toEqual(["trainer", "ubuntu-24.04-cuda-13"]);
  });

  test("takes another name or a generated one, and the old instance keeps its name", async () => {
    const w = await world();
    const image = w.image("trainer");
    const old = await w.sfc.instances.create(instanceBody(w, { name: "one" }));
    const named = await w.sfc.instances.replace(old.id, { image, name: "two" });
    expect(named).toMatchObject({ name: "two", resource_path: "sfc:instance:acme:default:two" });
    const made = await w.sfc.instances.replace(named.id, { image });
    expect(made.name).toMatch(/^[a-z]+-[a-z]+-\w+$/);
    const names = w.simulator.state.instances.map((row) => row.name);
    expect(names).toEqual(["one", "two", made.name]);
  });

  test("with the same name returns 400, and the old instance keeps running", async () => {
    const w = await world();
    const old = await w.sfc.instances.create(instanceBody(w, { name: "old" }));
    const same = w.sfc.instances.replace(old.id, { image: w.image("trainer"), name: "old" });
    await expect(same).rejects.toMatchObject(refusal(400, "name_taken"));
    expect(await statuses(w)).toEqual({ old: "awaiting_allocation" });
  });

  test("with an unusable image returns 422, and the old instance keeps running", async () => {
    const w = await world();
    const old = await w.sfc.instances.create(instanceBody(w, { name: "old" }));
    const { id } = await w.sfc.images.create({ workspace: w.workspace("default") });
    await expect(w.sfc.instances.replace(old.id, { image: id })).rejects.toMatchObject(refusal(422));
    expect(await statuses(w)).toEqual({ old: "awaiting_allocation" });
  });

  test("of a missing or terminated instance returns 404", async () => {
    const w = await world();
    const body = { image: w.image("trainer") };
    await expect(w.sfc.instances.replace("inst_nobody", body)).rejects.toMatchObject(refusal(404));
    const { id } = await w.sfc.instances.create(instanceBody(w));
    await w.sfc.instances.terminate(id);
    await expect(w.sfc.instances.replace(id, body)).rejects.toMatchObject(refusal(404));
  });

  test("with a used key returns the replacement of the first call", async () => {
    const w = await world();
    const old = await w.sfc.instances.create(instanceBody(w));
    const replace = () =>
      w.sfc.instances.replace(old.id, { image: w.image("trainer") }, { idempotencyKey: "deploy-7" });
    const first = await replace();
    expect((await replace()).id).toBe(first.id);
    expect(w.simulator.requests.at(-1)).toMatchObject({ idempotencyKey: "deploy-7", replayed: true, committed: false });
    expect(w.simulator.state.instances).toHaveLength(2);
  });
});
