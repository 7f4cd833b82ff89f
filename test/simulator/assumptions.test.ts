import { describe, expect, it } from "vitest";
import type { Assumptions } from "../../packages/devtools/src/simulator.js";
import { instanceBody, orderBody, type Session, script, session } from "./session.js";

/** Each assumption about what is not documented, with a value other than the default. Assumptions that are missing here are tested with their rules. */
const assuming = (assumptions: Partial<Assumptions>) => session({ assumptions });

const rect = (s: Session, from: number, until: number, nodes: number) => ({
  allocation_schedule_delta: [{ start_at: s.hour(from), end_at: s.hour(until), node_count: nodes }],
});

describe("assumptions about lists and names", () => {
  it("bothCursors: the first cursor can take precedence", async () => {
    const s = await assuming({ bothCursors: "starting_after" });
    const { body } = await s.get("/users?limit=1");
    const both = await s.get(`/users?limit=1&starting_after=${body.cursor}&ending_before=${body.cursor}`);
    expect(both.body.data[0].id).toBe("ada");
  });

  it("logOrder: newest first without sort_by", async () => {
    const s = await assuming({ logOrder: "-seqnum" });
    const { body } = await s.post("/instances", instanceBody(s));
    s.sim.writeLog(body.id, "a");
    s.sim.writeLog(body.id, "b");
    const { body: logs } = await s.get(`/instances/${body.id}/logs`);
    expect(logs.data.map(({ seqnum }: { seqnum: number }) => seqnum)).toEqual([1, 0]);
  });

  it("nameClash: names may repeat", async () => {
    const s = await assuming({ nameClash: "allow" });
    for (let i = 0; i < 2; i++) {
      expect((await s.post("/instances", instanceBody(s, { name: "a" }))).status).toBe(201);
    }
  });
});

describe("assumptions about instances", () => {
  it("displaceFirst: the oldest of equal priority loses its node", async () => {
    const s = await session({
      assumptions: { displaceFirst: "oldest" },
      world: {
        pools: [
          {
            name: "main",
            allocations: [
              { sku: "richmond", nodes: 1 },
              { sku: "richmond", nodes: 1, untilHours: 1 },
            ],
          },
        ],
      },
    });
    await s.post("/instances", instanceBody(s, { name: "a" }));
    await s.post("/instances", instanceBody(s, { name: "b" }));
    s.sim.advance({ hours: 1 });
    expect(s.sim.state.instances.map(({ status }) => status)).toEqual(["terminated", "running"]);
  });

  it("cloudInitLimit: 64 KB of base64", async () => {
    const data = Buffer.alloc(60_000).toString("base64");
    for (const [cloudInitLimit, status] of [
      ["decoded", 201],
      ["encoded", 422],
    ] as const) {
      const s = await assuming({ cloudInitLimit });
      expect((await s.post("/instances", instanceBody(s, { cloud_init_user_data: data }))).status).toBe(status);
    }
  });

  it("assignSeconds and bootSeconds: how long a node and a boot take", async () => {
    const s = await assuming({ assignSeconds: 30, bootSeconds: 10 });
    const { body } = await s.post("/instances", instanceBody(s, script));
    const ssh = async () => (await s.get(`/instances/${body.id}/ssh`)).status;
    s.sim.advance({ seconds: 39 });
    expect([s.sim.state.instances[0]?.status, await ssh()]).toEqual(["running", 404]);
    s.sim.advance({ seconds: 1 });
    expect(await ssh()).toBe(200);
  });
});

describe("assumptions about the market", () => {
  it.each(["filled", "partially_filled"] as const)("partialImmediateStatus: %s", async (partialImmediateStatus) => {
    const s = await assuming({ partialImmediateStatus });
    await s.post("/orders", orderBody(s, { ...rect(s, 1, 2, 17), allow_partial: true }));
    s.sim.advance({ seconds: 1 });
    expect(s.sim.state.orders[0]?.status).toBe(partialImmediateStatus);
  });

  it("buyHold: open orders hold no money", async () => {
    const s = await session({ world: { balance: "40.00" }, assumptions: { buyHold: "nothing" } });
    const standing = { ...rect(s, 1, 2, 2), limit_price_dollars_per_node_hour: "15.0", allow_standing: true };
    for (let i = 0; i < 2; i++) expect((await s.post("/orders", orderBody(s, standing))).status).toBe(201);
  });

  it("pastStart: the future part of an order can still fill", async () => {
    const s = await assuming({ pastStart: "allow" });
    await s.post("/orders", orderBody(s, rect(s, -1, 1, 1)));
    s.sim.advance({ seconds: 1 });
    const [order] = s.sim.state.orders;
    expect(order?.status).toBe("filled");
    expect(order?.filled_allocation_schedule_delta).toEqual([
      { start_at: s.hour(0), end_at: s.hour(1), node_count: 1 },
    ]);
    expect((await s.post("/orders", orderBody(s, rect(s, -2, -1, 1)))).status).toBe(422);
  });

  it("fillsWindow: only trades of exactly this window are returned", async () => {
    const s = await assuming({ fillsWindow: "exact" });
    const fills = async (from: number, until: number) =>
      (await s.get(`/orderbook/fills?start_at=${s.hour(from)}&end_at=${s.hour(until)}`)).body.data.length;
    expect([await fills(-20, 28), await fills(-20, 29)]).toEqual([1, 0]);
  });

  it("requirementOperators: the operators that a filter may use", async () => {
    const s = await assuming({ requirementOperators: ["is"] });
    const quote = async (filter: string) =>
      (await s.get(`/orderbook/quote?start_at=${s.hour(1)}&end_at=${s.hour(2)}&requirements=${filter}`)).status;
    expect([
      await quote("accelerator:is:h100"),
      await quote("accelerator:eq:h100"),
      await quote("accelerator:h100"),
    ]).toEqual([200, 422, 200]);
  });

  it("sellFeeFlat and sellFeeBps: the fee of a sale", async () => {
    const s = await assuming({ sellFeeFlat: "1.0", sellFeeBps: 0 });
    await s.post("/orders", orderBody(s, { side: "sell", limit_price_dollars_per_node_hour: "11.0" }));
    s.sim.advance({ seconds: 1 });
    // One dollar per node-hour, for 4 node-hours.
    expect(s.sim.state.balances.fees).toBe("4.00");
  });

  it("orderSeconds and transferSeconds: the time between acceptance and effect", async () => {
    const s = await assuming({ orderSeconds: 10, transferSeconds: 20 });
    await s.post("/orders", orderBody(s));
    const body = {
      from_pool: s.pool("main"),
      to_pool: s.pool("spare"),
      instance_sku: s.sku("richmond"),
      ...rect(s, 1, 2, 1),
    };
    await s.post("/pool_transfers", body);
    const statuses = () => [s.sim.state.orders[0]?.status, s.sim.state.poolTransfers[0]?.status];
    s.sim.advance({ seconds: 9 });
    expect(statuses()).toEqual(["pending", "pending"]);
    s.sim.advance({ seconds: 10 });
    expect(statuses()).toEqual(["filled", "pending"]);
    s.sim.advance({ seconds: 1 });
    expect(statuses()).toEqual(["filled", "executed"]);
  });
});

describe("assumptions about images and automations", () => {
  it("presignedSeconds: the lifetime of a presigned URL", async () => {
    const s = await assuming({ presignedSeconds: 10 });
    const { body } = await s.get(`/images/${s.image("trainer")}/download`);
    expect(body.expires_at).toBe(s.hour(0) + 10);
    s.sim.advance({ seconds: 9 });
    expect((await fetch(body.url)).status).toBe(200);
    s.sim.advance({ seconds: 1 });
    expect((await fetch(body.url)).status).toBe(403);
  });

  it("uploadStateRefusal: 404 for an upload that has ended", async () => {
    const s = await assuming({ uploadStateRefusal: 404 });
    expect((await s.post(`/images/${s.image("trainer")}/parts`, { part_id: 1 })).status).toBe(404);
  });

  it("spotWindowMinutes, hideSpotOrders and reconcileSeconds: how far ahead spot deployments buy, whether their orders are listed, and how often they run", async () => {
    const s = await assuming({ spotWindowMinutes: 180, hideSpotOrders: true, reconcileSeconds: 600 });
    s.sim.advance({ seconds: 1 });
    const template = await s.post("/instance_templates", {
      workspace: s.workspace("default"),
      image: s.image("trainer"),
    });
    await s.post("/deployments", {
      kind: "spot",
      pool: s.pool("spare"),
      instance_sku: s.sku("richmond"),
      instance_template: template.body.id,
      target_instance_count: 1,
      max_buy_price_dollars_per_node_hour: "17.0",
    });
    s.sim.advance({ minutes: 9, seconds: 58 });
    expect(s.sim.state.orders).toEqual([]);
    s.sim.advance({ seconds: 2 });
    const [range] = (await s.get(`/pools/${s.pool("spare")}`)).body.allocation_schedule.total;
    expect(range.end_at).toBeGreaterThanOrEqual(s.hour(3));
    expect((await s.get("/orders")).body.data).toEqual([]);
    expect(s.sim.state.orders.length).toBeGreaterThan(0);
  });
});
