import { describe, expect, test } from "vitest";
import type { PoolTransferCreate } from "../../../src/index.js";
import type { Names } from "../names.js";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "poolTransfers" });

/** Moves three of the four nodes of `main` to `spare` for two hours. */
function transferBody({ pool, sku, hour }: Names, change: Partial<PoolTransferCreate> = {}): PoolTransferCreate {
  return {
    from_pool: pool("main"),
    to_pool: pool("spare"),
    instance_sku: sku("richmond"),
    allocation_schedule_delta: [{ start_at: hour(1), end_at: hour(3), node_count: 3 }],
    ...change,
  };
}

describe("a pool transfer", () => {
  test("is accepted with 202 as pending, can be listed and fetched, and is executed later", async () => {
    const w = await world();
    const { data: made, response } = await w.sfc.poolTransfers.create(transferBody(w)).withResponse();
    expect([response.status, made.status]).toEqual([202, "pending"]);
    expect((await w.sfc.poolTransfers.list({ status: "pending" })).data).toEqual([made]);

    w.simulator.advance({ seconds: 1 });
    expect(await w.sfc.poolTransfers.get(made.id)).toEqual({ ...made, status: "executed" });
    expect((await w.sfc.poolTransfers.list({ status: "pending" })).data).toEqual([]);
    expect((await w.sfc.poolTransfers.list({ pool: [w.pool("spare")] })).data).toHaveLength(1);
    expect((await w.sfc.poolTransfers.list({ pool: [w.pool("notebooks")] })).data).toEqual([]);
  });

  test("moves nodes from one schedule to the other, and no money", async () => {
    const w = await world();
    const { balances } = w.simulator.state;
    await w.sfc.poolTransfers.create(transferBody(w));
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.pools.get(w.pool("spare"))).allocation_schedule.total).toEqual([
      { start_at: w.hour(1), end_at: w.hour(3), node_count: 3 },
    ]);
    expect((await w.sfc.pools.get(w.pool("main"))).allocation_schedule.total).toEqual([
      { start_at: w.hour(0), end_at: w.hour(1), node_count: 4 },
      { start_at: w.hour(1), end_at: w.hour(3), node_count: 1 },
      { start_at: w.hour(3), end_at: w.hour(720), node_count: 4 },
    ]);
    expect(w.simulator.state.balances).toEqual(balances);
  });

  test("of nodes that the pool does not have is accepted, and later rejected with a reason", async () => {
    const w = await world();
    const allocation_schedule_delta = [{ start_at: w.hour(1), end_at: w.hour(2), node_count: 5 }];
    const { id, status } = await w.sfc.poolTransfers.create(transferBody(w, { allocation_schedule_delta }));
    expect(status).toBe("pending");
    w.simulator.advance({ seconds: 1 });
    const after = await w.sfc.poolTransfers.get(id);
    expect(after.status).toBe("rejected");
    expect(after.rejected_reason).toMatch(/nodes/);
    expect((await w.sfc.pools.get(w.pool("spare"))).allocation_schedule.total).toEqual([]);
  });

  test("accepts several ranges, in which a missing end is the next start", async () => {
    const w = await world();
    const allocation_schedule_delta = [
      { start_at: w.hour(1), node_count: 1 },
      { start_at: w.hour(2), end_at: w.hour(3), node_count: 2 },
    ];
    await w.sfc.poolTransfers.create(transferBody(w, { allocation_schedule_delta }));
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.pools.get(w.pool("spare"))).allocation_schedule.total).toEqual([
      { start_at: w.hour(1), end_at: w.hour(2), node_count: 1 },
      { start_at: w.hour(2), end_at: w.hour(3), node_count: 2 },
    ]);
  });

  test("takes a node from the instance that runs on it", async () => {
    const w = await world();
    const body = { instance_sku: w.sku("richmond"), image: w.image("trainer"), pool: w.pool("main") };
    for (let made = 0; made < 4; made++) await w.sfc.instances.create(body);
    await w.sfc.poolTransfers.create(transferBody(w));
    const running = async () => (await w.sfc.instances.list({ status: ["running"] })).data.length;
    w.simulator.advance({ minutes: 59 });
    expect(await running()).toBe(4);
    w.simulator.advance({ minutes: 1 });
    expect(await running()).toBe(1);
  });

  test("from a pool to itself, or from an unknown pool, is refused", async () => {
    const w = await world();
    const same = w.sfc.poolTransfers.create(transferBody(w, { to_pool: w.pool("main") }));
    await expect(same).rejects.toMatchObject(refusal(422));
    const fromUnknown = w.sfc.poolTransfers.create(transferBody(w, { from_pool: "pool_unknown" }));
    await expect(fromUnknown).rejects.toMatchObject(refusal(404));
    await expect(w.sfc.poolTransfers.get("pxfr_nobody")).rejects.toMatchObject(refusal(404));
  });

  test("with a used key returns the first transfer", async () => {
    const w = await world();
    const transfer = () => w.sfc.poolTransfers.create(transferBody(w), { idempotencyKey: "move-1" });
    const first = await transfer();
    w.simulator.advance({ seconds: 1 });
    expect((await transfer()).id).toBe(first.id);
    expect(w.simulator.state.poolTransfers).toHaveLength(1);
  });
});
