import { describe, expect, it } from "vitest";
import { instanceBody, orderBody, session } from "./session.js";

describe("an idempotency key", () => {
  it("makes a repeated order return the first one and places nothing", async () => {
    const s = await session();
    const first = await s.post("/orders", orderBody(s), { key: "k" });
    const again = await s.post("/orders", orderBody(s), { key: "k" });
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(s.sim.state.orders).toHaveLength(1);
    expect(s.sim.requests.map(({ committed, replayed }) => [committed, replayed])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it("silently returns the first order when it is sent with another body", async () => {
    const s = await session();
    const first = await s.post("/orders", orderBody(s), { key: "k" });
    const other = orderBody(s, {
      allocation_schedule_delta: [{ start_at: s.hour(1), end_at: s.hour(9), node_count: 4 }],
    });
    expect((await s.post("/orders", other, { key: "k" })).body).toEqual(first.body);
  });

  it("belongs to one operation: the same key makes an order and a transfer", async () => {
    const s = await session();
    const schedule = [{ start_at: s.hour(1), end_at: s.hour(2), node_count: 1 }];
    const transfer = {
      from_pool: s.pool("main"),
      to_pool: s.pool("spare"),
      instance_sku: s.sku("richmond"),
      allocation_schedule_delta: schedule,
    };
    await s.post("/orders", orderBody(s), { key: "k" });
    expect((await s.post("/pool_transfers", transfer, { key: "k" })).body.id).toMatch(/^pxfr_/);
    await s.post("/pool_transfers", transfer, { key: "k" });
    expect(s.sim.state.poolTransfers).toHaveLength(1);
  });

  it("replays a replacement, even for another target", async () => {
    const s = await session();
    const a = await s.post("/instances", instanceBody(s));
    const b = await s.post("/instances", instanceBody(s));
    const image = s.image("trainer");
    const first = await s.post(`/instances/${a.body.id}/replace`, { image }, { key: "k" });
    expect((await s.post(`/instances/${a.body.id}/replace`, { image }, { key: "k" })).body).toEqual(first.body);
    expect((await s.post(`/instances/${b.body.id}/replace`, { image }, { key: "k" })).body.id).toBe(first.body.id);
    expect((await s.get(`/instances/${b.body.id}`)).body.status).toBe("awaiting_allocation");
  });

  it("is not used up by a refused request", async () => {
    const s = await session();
    expect((await s.post("/orders", orderBody(s, { instance_sku: "isku_unknown" }), { key: "k" })).status).toBe(422);
    expect((await s.post("/orders", orderBody(s), { key: "k" })).status).toBe(201);
  });

  it("is forgotten after its lifetime", async () => {
    const s = await session({ assumptions: { keyLifetimeSeconds: 60 } });
    const start = { allocation_schedule_delta: [{ start_at: s.hour(5), end_at: s.hour(6), node_count: 1 }] };
    const first = await s.post("/orders", orderBody(s, start), { key: "k" });
    s.sim.advance({ seconds: 59 });
    expect((await s.post("/orders", orderBody(s, start), { key: "k" })).body.id).toBe(first.body.id);
    s.sim.advance({ seconds: 1 });
    expect((await s.post("/orders", orderBody(s, start), { key: "k" })).body.id).not.toBe(first.body.id);
  });

  it("places one order and returns equal responses for concurrent requests", async () => {
    const s = await session();
    const twins = await Promise.all([1, 2, 3, 4].map(() => s.post("/orders", orderBody(s), { key: "k" })));
    expect(new Set(twins.map(({ body }) => body.id)).size).toBe(1);
    expect(s.sim.state.orders).toHaveLength(1);
  });
});

describe("what is not documented about keys", () => {
  it("can return the current state of the order", async () => {
    const s = await session({ assumptions: { keyReplayBody: "current" } });
    await s.post("/orders", orderBody(s), { key: "k" });
    s.sim.advance({ seconds: 1 });
    expect((await s.post("/orders", orderBody(s), { key: "k" })).body.status).toBe("filled");
  });

  it("can scope keys to the token", async () => {
    const s = await session({ assumptions: { keysSharedByTokens: false } });
    await s.post("/orders", orderBody(s), { key: "k" });
    await s.post("/orders", orderBody(s), { key: "k", token: "sk_live_other" });
    expect(s.sim.state.orders).toHaveLength(2);
  });

  it("can return 200 for a repeat, and refuse another body", async () => {
    const s = await session({ assumptions: { keyReplayStatus: 200, keyMismatch: 409 } });
    const send = (nodes: number) => {
      const allocation_schedule_delta = [{ start_at: s.hour(1), end_at: s.hour(2), node_count: nodes }];
      return fetch(`${s.sim.url}/preview/v2/orders`, {
        method: "POST",
        headers: { authorization: `Bearer ${s.sim.token}`, "content-type": "application/json", "idempotency-key": "k" },
        body: JSON.stringify(orderBody(s, { allocation_schedule_delta })),
      });
    };
    expect((await send(1)).status).toBe(201);
    expect((await send(1)).status).toBe(200);
    const refused = await send(2);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ error: { type: "idempotency_error" } });
  });

  it("can use one key for all operations of the account, and then refuses it for another operation", async () => {
    const s = await session({ assumptions: { keyScope: "account" } });
    await s.post("/orders", orderBody(s), { key: "k" });
    const { body } = await s.post("/instances", instanceBody(s));
    const response = await fetch(`${s.sim.url}/preview/v2/instances/${body.id}/replace`, {
      method: "POST",
      headers: { authorization: `Bearer ${s.sim.token}`, "content-type": "application/json", "idempotency-key": "k" },
      body: JSON.stringify({ image: s.image("trainer") }),
    });
    expect(response.status).toBe(409);
  });
});
