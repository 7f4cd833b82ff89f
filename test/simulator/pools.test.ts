import { describe, expect, it } from "vitest";
import { instanceBody, orderBody, type Session, session } from "./session.js";

describe("pools", () => {
  it("are created empty, are found by id or path, and can be renamed and deleted", async () => {
    const s = await session();
    const { body } = await s.post("/pools", { workspace: "sfc:workspace:acme:default", name: "p", tags: { a: "1" } });
    expect(body).toMatchObject({
      kind: "market",
      tags: { a: "1" },
      allocation_schedule: { total: [], by_instance_sku: {} },
    });
    await s.patch(`/pools/${body.id}`, { name: "q" });
    expect((await s.get("/pools/sfc:pool:acme:default:p")).status).toBe(404);
    expect((await s.get("/pools/sfc:pool:acme:default:q")).body.tags).toEqual({ a: "1" });
    expect((await s.delete(`/pools/${body.id}`)).status).toBe(204);
    expect((await s.delete(`/pools/${body.id}`)).status).toBe(404);
  });

  it("get a generated name when none is given, and refuse a name in use", async () => {
    const s = await session();
    const workspace = s.workspace("default");
    expect((await s.post("/pools", { workspace })).body.name).toMatch(/^[a-z]+-[a-z]+-[0-9A-Za-z]{6}$/);
    expect((await s.post("/pools", { workspace, name: "main" })).status).toBe(422);
    expect((await s.post("/pools", { workspace: s.workspace("research"), name: "main" })).status).toBe(201);
  });

  it("have a schedule from now on, and with as much of the past as requested", async () => {
    const s = await session();
    const start = s.hour(0);
    s.sim.advance({ hours: 2 });
    const first = async (query: string) =>
      (await s.get(`/pools/${s.pool("main")}${query}`)).body.allocation_schedule.total[0].start_at;
    expect(await first("")).toBe(start + 7200);
    expect(await first("?schedule_history_minutes=30")).toBe(start + 5400);
    expect(await first("?schedule_history_minutes=1440")).toBe(start);
    expect((await s.get("/pools?schedule_history_minutes=1441")).status).toBe(422);
  });

  it("cannot be deleted while nodes, orders or instances depend on them", async () => {
    const s = await session();
    expect((await s.delete(`/pools/${s.pool("main")}`)).status).toBe(422);
    const spare = s.pool("spare");
    const order = await s.post(
      "/orders",
      orderBody(s, { pool: spare, limit_price_dollars_per_node_hour: "1.0", allow_standing: true }),
    );
    expect((await s.delete(`/pools/${spare}`)).status).toBe(422);
    await s.delete(`/orders/${order.body.id}`);
    s.sim.advance({ seconds: 1 });
    const instance = await s.post("/instances", instanceBody(s, { pool: spare }));
    expect((await s.delete(`/pools/${spare}`)).status).toBe(422);
    await s.post(`/instances/${instance.body.id}/terminate`);
    expect((await s.delete(`/pools/${spare}`)).status).toBe(204);
    // The terminated instance still refers to its pool.
    expect((await s.get(`/instances/${instance.body.id}`)).body.pool).toEqual({ id: spare, name: "spare" });
  });
});

describe("pool transfers", () => {
  function transfer(s: Session, nodes: number, change: object = {}) {
    return {
      from_pool: s.pool("main"),
      to_pool: s.pool("spare"),
      instance_sku: s.sku("richmond"),
      allocation_schedule_delta: [
        { start_at: s.hour(1), node_count: nodes },
        { start_at: s.hour(2), end_at: s.hour(3), node_count: 1 },
      ],
      ...change,
    };
  }

  it("are accepted with 202 and executed later, and a missing end is the next start", async () => {
    const s = await session();
    const made = await s.post("/pool_transfers", transfer(s, 3));
    expect([made.status, made.body.status]).toEqual([202, "pending"]);
    s.sim.advance({ seconds: 1 });
    expect((await s.get(`/pool_transfers/${made.body.id.replace("pxfr", "cxfr")}`)).body.status).toBe("executed");
    const { body } = await s.get(`/pools/${s.pool("spare")}`);
    expect(body.allocation_schedule.total).toEqual([
      { start_at: s.hour(1), end_at: s.hour(2), node_count: 3 },
      { start_at: s.hour(2), end_at: s.hour(3), node_count: 1 },
    ]);
  });

  it("are rejected with a reason when the pool does not have the nodes", async () => {
    const s = await session();
    const { body } = await s.post("/pool_transfers", transfer(s, 5));
    s.sim.advance({ seconds: 1 });
    const after = (await s.get(`/pool_transfers/${body.id}`)).body;
    expect(after.status).toBe("rejected");
    expect(after.rejected_reason).toContain("does not have these nodes free");
  });

  it("can be listed by either pool and by status", async () => {
    const s = await session();
    await s.post("/pool_transfers", transfer(s, 1));
    const count = async (query: string) => (await s.get(`/pool_transfers?${query}`)).body.data.length;
    expect(await count(`pool=${s.pool("spare")}`)).toBe(1);
    expect(await count(`pool=${s.pool("notebooks")}`)).toBe(0);
    expect(await count("status=executed")).toBe(0);
  });

  it("refuse times not on a whole minute, the same pool twice and unknown pools", async () => {
    const s = await session();
    const off = [{ start_at: s.hour(1) + 30, end_at: s.hour(2), node_count: 1 }];
    expect((await s.post("/pool_transfers", transfer(s, 1, { allocation_schedule_delta: off }))).status).toBe(422);
    expect((await s.post("/pool_transfers", transfer(s, 1, { to_pool: s.pool("main") }))).status).toBe(422);
    expect((await s.post("/pool_transfers", transfer(s, 1, { to_pool: "pool_unknown" }))).status).toBe(404);
  });
});
