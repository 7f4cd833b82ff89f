import { describe, expect, it } from "vitest";
import { instanceBody, type Session, session } from "./session.js";

async function template(s: Session, change: object = {}) {
  const { body } = await s.post("/instance_templates", {
    workspace: s.workspace("default"),
    image: s.image("trainer"),
    name: "t",
    ...change,
  });
  return body.id as string;
}

async function deployment(s: Session, change: object = {}) {
  return s.post("/deployments", {
    kind: "generic",
    name: "d",
    pool: s.pool("main"),
    instance_sku: s.sku("richmond"),
    instance_template: "sfc:instance_template:acme:default:t",
    target_instance_count: 2,
    ...change,
  });
}

async function procurement(s: Session, change: object = {}) {
  return s.post("/procurements", {
    name: "p",
    target: 2,
    pool: s.pool("spare"),
    instance_sku: s.sku("richmond"),
    min_sell_price_dollars_per_node_hour: "11.0",
    max_buy_price_dollars_per_node_hour: "17.0",
    managed_window_minutes: 120,
    ...change,
  });
}

const live = (s: Session) => s.sim.state.instances.filter(({ status }) => status !== "terminated");
const nodes = async (s: Session, pool: string) => {
  const { body } = await s.get(`/pools/${pool}`);
  return body.allocation_schedule.total.map((range: { node_count: number }) => range.node_count);
};

describe("a generic deployment", () => {
  it("starts instances from its template and names them by its pattern", async () => {
    const s = await session();
    await template(s, { tags: { from: "template" } });
    const made = await deployment(s, { instance_name_template: "web-{{nanoid(12)}}" });
    expect(made.status).toBe(201);
    s.sim.advance({ minutes: 1 });
    s.sim.advance({ seconds: 1 });
    expect(live(s)).toHaveLength(2);
    for (const instance of live(s)) {
      expect(instance.name).toMatch(/^web-[0-9A-Za-z]{12}$/);
      expect(instance).toMatchObject({
        status: "running",
        tags: { from: "template" },
        managed_by: { id: made.body.id, object: "deployment" },
      });
    }
    expect((await s.get(`/deployments/${made.body.id}`)).body.status).toEqual({
      state: "info",
      message: "2 of 2 instances run",
    });
  });

  it("never buys: it waits when there are no nodes", async () => {
    const s = await session();
    await template(s);
    const made = await deployment(s, { pool: s.pool("spare") });
    s.sim.advance({ hours: 1 });
    expect(s.sim.state.orders).toEqual([]);
    expect((await s.get(`/deployments/${made.body.id}`)).body.status.state).toBe("warning");
  });

  it("follows its target up and down, and replaces failed instances", async () => {
    const s = await session();
    await template(s);
    const { body } = await deployment(s);
    s.sim.advance({ minutes: 1 });
    await s.patch(`/deployments/${body.id}`, { target_instance_count: 3 });
    s.sim.advance({ minutes: 1 });
    s.sim.failInstance(live(s)[0]?.id ?? "");
    s.sim.advance({ minutes: 1 });
    expect(live(s).filter(({ status }) => status !== "failed")).toHaveLength(3);
    await s.patch(`/deployments/${body.id}`, { target_instance_count: 1 });
    s.sim.advance({ minutes: 1 });
    expect(live(s).filter(({ status }) => status !== "failed")).toHaveLength(1);
  });

  it("terminates its newest instances first", async () => {
    const s = await session();
    await template(s);
    const { body } = await deployment(s, { target_instance_count: 3 });
    s.sim.advance({ minutes: 2 });
    const [oldest] = live(s);
    await s.patch(`/deployments/${body.id}`, { target_instance_count: 1 });
    s.sim.advance({ minutes: 1 });
    expect(live(s).map(({ id }) => id)).toEqual([oldest?.id]);
  });

  it("does nothing while it is disabled, and leaves its instances when it is deleted", async () => {
    const s = await session();
    await template(s);
    const { body } = await deployment(s);
    await s.patch(`/deployments/${body.id}`, { enabled: false });
    s.sim.advance({ minutes: 5 });
    expect(live(s)).toHaveLength(0);
    await s.patch(`/deployments/${body.id}`, { enabled: true });
    s.sim.advance({ minutes: 1 });
    expect((await s.delete(`/deployments/${body.id}`)).status).toBe(204);
    expect(live(s).map(({ managed_by }) => managed_by)).toEqual([null, null]);
  });

  it("terminates its instances when it is deleted, if that is assumed", async () => {
    const s = await session({ assumptions: { deploymentDelete: "terminate" } });
    await template(s);
    const { body } = await deployment(s);
    s.sim.advance({ minutes: 1 });
    await s.delete(`/deployments/${body.id}`);
    expect(live(s)).toHaveLength(0);
  });

  it("prevents the deletion of its template, and is listed in its pool", async () => {
    const s = await session();
    const id = await template(s);
    const { body } = await deployment(s);
    expect((await s.delete(`/instance_templates/${id}`)).status).toBe(422);
    expect((await s.get(`/pools/${s.pool("main")}`)).body.deployments).toEqual([{ id: body.id, name: "d" }]);
  });

  it.each([
    ["{{adjective}}", "fewer names than the default"],
    ["{{nanoid(22)}}-{{nanoid(10)}}", "a length over 21"],
    ["-{{nanoid(12)}}", "a name that begins with a dash"],
    [`${"x".repeat(250)}{{nanoid(21)}}`, "more than 255 characters"],
  ])("refuses the name pattern %s: %s", async (instance_name_template) => {
    const s = await session();
    await template(s);
    expect((await deployment(s, { instance_name_template })).status).toBe(422);
  });
});

describe("a spot deployment", () => {
  const spot = { kind: "spot", max_buy_price_dollars_per_node_hour: "17.0" };

  it("buys the nodes that its instances need, up to its price", async () => {
    const s = await session();
    await template(s);
    const made = await deployment(s, { ...spot, pool: s.pool("spare") });
    expect(made.body).toMatchObject({ object: "spot_deployment", max_buy_price_dollars_per_node_hour: "17.00" });
    s.sim.advance({ minutes: 2 });
    expect(live(s).map(({ status }) => status)).toEqual(["running", "running"]);
    expect((await s.get(`/deployments/${made.body.resource_path}`)).body.status.state).toBe("info");
  });

  it("does not pay more than its price", async () => {
    const s = await session();
    await template(s);
    await deployment(s, { ...spot, pool: s.pool("spare"), max_buy_price_dollars_per_node_hour: "16.0" });
    s.sim.advance({ minutes: 2 });
    expect(live(s).map(({ status }) => status)).toEqual(["awaiting_allocation", "awaiting_allocation"]);
    expect(s.sim.state.balances.account).toBe("100000.00");
  });

  it("is distinguished from a generic one by `object`, in the same list and under the same path", async () => {
    const s = await session();
    await template(s);
    const generic = await deployment(s);
    const other = await deployment(s, { ...spot, name: "e" });
    const { body } = await s.get("/deployments?workspace=sfc:workspace:acme:default");
    expect(body.data.map((row: { object: string }) => row.object)).toEqual(["spot_deployment", "deployment"]);
    expect((await s.get(`/deployments/${other.body.id}`)).body.id).toBe(other.body.id);
    expect((await s.get(`/deployments/sfc:spot_deployment:acme:default:${generic.body.name}`)).status).toBe(404);
    expect((await s.get("/deployments")).status).toBe(422);
    expect(
      (await s.patch(`/deployments/${generic.body.id}`, { max_buy_price_dollars_per_node_hour: "1.0" })).status,
    ).toBe(422);
    expect(
      (await s.patch(`/deployments/${other.body.id}`, { max_buy_price_dollars_per_node_hour: "1.0" })).status,
    ).toBe(200);
  });
});

describe("a procurement", () => {
  it("buys nodes up to its target and renews them every hour, and the default order list omits its orders", async () => {
    const s = await session();
    const made = await procurement(s);
    expect(made.status).toBe(201);
    s.sim.advance({ minutes: 2 });
    expect(await nodes(s, s.pool("spare"))).toEqual([2]);
    s.sim.advance({ hours: 10 });
    expect(await nodes(s, s.pool("spare"))).toEqual([2]);
    expect((await s.get(`/procurements/${made.body.id}`)).body.status.state).toBe("info");
    expect((await s.get("/orders")).body.data).toEqual([]);
    const own = (await s.get(`/orders?procurement=${made.body.resource_path}`)).body.data;
    expect(own.length).toBeGreaterThan(5);
    expect(own.length).toBeLessThan(15);
  });

  it("sells nodes above its target", async () => {
    const s = await session();
    await procurement(s, { pool: s.pool("main"), target: 1 });
    s.sim.advance({ minutes: 2 });
    expect((await nodes(s, s.pool("main")))[0]).toBe(1);
    expect(Number(s.sim.state.balances.account)).toBeGreaterThan(100_000);
  });

  it("can follow the number of instances in its pool", async () => {
    const s = await session();
    await s.post("/instances", instanceBody(s, { pool: s.pool("spare") }));
    await procurement(s, { target: "node_count" });
    s.sim.advance({ minutes: 2 });
    expect(await nodes(s, s.pool("spare"))).toEqual([1]);
    expect(s.sim.state.instances[0]?.status).toBe("running");
  });

  it("cancels its standing orders when it is disabled or deleted", async () => {
    for (const end of ["patch", "delete"] as const) {
      const s = await session();
      const { body } = await procurement(s, { max_buy_price_dollars_per_node_hour: "5.0" });
      s.sim.advance({ minutes: 2 });
      expect(s.sim.state.orders.map(({ status }) => status)).toContain("standing");
      expect((await s.get(`/procurements/${body.id}`)).body.status.state).toBe("warning");
      if (end === "patch") await s.patch(`/procurements/${body.id}`, { enabled: false });
      else await s.delete(`/procurements/${body.id}`);
      expect(new Set(s.sim.state.orders.map(({ status }) => status))).toEqual(new Set(["cancelled"]));
    }
  });

  it("reports an error when the balance is used up", async () => {
    const s = await session({ world: { balance: "1.00" } });
    const { body } = await procurement(s);
    s.sim.advance({ minutes: 2 });
    expect((await s.get(`/procurements/${body.id}`)).body.status.state).toBe("error");
  });

  it("refuses a second automation for the same pool and SKU with 409, and a name in use with 400", async () => {
    const s = await session();
    await template(s);
    await procurement(s);
    expect((await procurement(s, { name: "q" })).status).toBe(409);
    const spot = { kind: "spot", max_buy_price_dollars_per_node_hour: "1.0", pool: s.pool("spare") };
    expect((await deployment(s, spot)).status).toBe(409);
    expect((await deployment(s, { pool: s.pool("spare") })).status).toBe(201);
    expect((await procurement(s, { pool: s.pool("main") })).status).toBe(400);
  });

  it("refuses invalid windows and pools", async () => {
    const s = await session();
    for (const change of [
      { managed_window_minutes: 0 },
      { managed_window_minutes: 129_601 },
      { pool: "main" },
      // A pool has this name, but this is the path of an instance.
      { pool: "sfc:instance:acme:default:main" },
      { target: -1 },
      { target: "nodes" },
    ]) {
      expect((await procurement(s, change)).status).toBe(422);
    }
  });
});
