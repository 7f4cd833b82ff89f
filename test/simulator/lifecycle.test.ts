import { describe, expect, it, vi } from "vitest";
import { instanceBody, orderBody, type Session, session } from "./session.js";

const twoNodes = (untilHours: number | null) => ({
  pools: [
    {
      name: "main",
      allocations: [
        { sku: "richmond", nodes: 2, untilHours },
        { sku: "richmond", nodes: 1, fromHours: 0, untilHours: 1 },
      ],
    },
  ],
});

async function create(s: Session, name: string, priority_level = "normal") {
  await s.post("/instances", instanceBody(s, { name, priority_level }));
}

function statuses(s: Session) {
  return Object.fromEntries(s.sim.state.instances.map(({ name, status }) => [name, status]));
}

describe("instances and the nodes of their pool", () => {
  it("wait when there are too few nodes, and start by priority and then by age", async () => {
    const s = await session({ world: twoNodes(10) });
    for (const [name, priority] of [
      ["a", "yield"],
      ["b", "normal"],
      ["c", "normal"],
      ["d", "normal"],
      ["e", "critical"],
    ] as const) {
      await create(s, name, priority);
    }
    s.sim.advance({ seconds: 1 });
    expect(statuses(s)).toEqual({
      a: "awaiting_allocation",
      b: "running",
      c: "running",
      d: "awaiting_allocation",
      e: "running",
    });
  });

  it("lose nodes from the lowest priority up, and the newest first among equal priorities", async () => {
    const s = await session({ world: twoNodes(10) });
    await create(s, "a", "normal");
    await create(s, "b", "normal");
    await create(s, "c", "critical");
    s.sim.advance({ minutes: 59 });
    expect(statuses(s)).toEqual({ a: "running", b: "running", c: "running" });
    s.sim.advance({ minutes: 1 });
    expect(statuses(s)).toEqual({ a: "running", b: "terminated", c: "running" });
  });

  it("are terminated permanently when the allocation ends, or wait if that is assumed", async () => {
    for (const [onAllocationLoss, status] of [
      ["terminate", "terminated"],
      ["wait", "awaiting_allocation"],
    ] as const) {
      const s = await session({ world: twoNodes(2), assumptions: { onAllocationLoss } });
      await create(s, "a");
      s.sim.advance({ hours: 3 });
      expect(statuses(s)).toEqual({ a: status });
    }
  });

  it("do not take a node from a running instance unless that is assumed", async () => {
    for (const [preemptRunning, a] of [
      [false, "running"],
      [true, "terminated"],
    ] as const) {
      const s = await session({
        world: { pools: [{ name: "main", allocations: [{ sku: "richmond", nodes: 1 }] }] },
        assumptions: { preemptRunning },
      });
      await create(s, "a");
      s.sim.advance({ seconds: 1 });
      await create(s, "b", "critical");
      s.sim.advance({ seconds: 1 });
      expect(statuses(s).a).toBe(a);
    }
  });

  it("start as soon as a node is free", async () => {
    const s = await session({ world: { pools: [{ name: "main", allocations: [{ sku: "richmond", nodes: 1 }] }] } });
    await create(s, "a");
    await create(s, "b");
    s.sim.advance({ seconds: 1 });
    await s.post(`/instances/${s.sim.state.instances[0]?.id}/terminate`);
    s.sim.advance(0);
    expect(statuses(s)).toEqual({ a: "terminated", b: "running" });
  });

  it("change in the order of their times within one long advance", async () => {
    const s = await session({ world: twoNodes(2) });
    await create(s, "a");
    s.sim.advance({ days: 1 });
    const [row] = s.sim.state.instances;
    expect(row?.status).toBe("terminated");
    // The instance is terminated at the end of the allocation, not at the end of the advance.
    expect(row?.updated_at).toBe(Date.UTC(2026, 6, 28, 10) / 1000);
    expect((await s.get(`/instances/${row?.id}/logs`)).body.data.length).toBeGreaterThan(0);
  });
});

it("have the same result after many small steps as after a large one", async () => {
  const run = async (steps: number[]) => {
    const s = await session();
    s.sim.advance({ seconds: 17 });
    for (const name of ["a", "b", "c", "d", "e"]) await create(s, name);
    await s.post("/orders", orderBody(s, { limit_price_dollars_per_node_hour: "5.0", allow_standing: true }));
    await s.post("/orders", orderBody(s, { side: "sell", limit_price_dollars_per_node_hour: "11.0" }));
    await s.post("/procurements", {
      target: "node_count",
      pool: s.pool("main"),
      instance_sku: s.sku("richmond"),
      min_sell_price_dollars_per_node_hour: "11.0",
      max_buy_price_dollars_per_node_hour: "17.0",
      managed_window_minutes: 90,
    });
    for (const seconds of steps) s.sim.advance({ seconds });
    return { ...s.sim.state };
  };
  const whole = await run([18_000]);
  expect(await run(Array(18).fill(1000))).toEqual(whole);
  expect(await run([1, 59, 60, 3333, 4444, 10_103])).toEqual(whole);
  expect(whole.orders.length).toBeGreaterThan(3);
});

describe("the clock", () => {
  it("starts at a fixed time and stands still until it is advanced", async () => {
    const s = await session();
    expect(s.sim.now.toISOString()).toBe("2026-07-28T08:00:00.000Z");
    await s.get("/me");
    expect(s.sim.now.toISOString()).toBe("2026-07-28T08:00:00.000Z");
    s.sim.advance({ days: 1, hours: 1, minutes: 1, seconds: 1, ms: 1 });
    expect(s.sim.now.toISOString()).toBe("2026-07-29T09:01:01.001Z");
    expect(() => s.sim.advance(-1)).toThrow(RangeError);
  });

  it("follows the wall clock on request", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
    try {
      const s = await session({ realTime: true });
      await create(s, "a");
      vi.setSystemTime(Date.UTC(2030, 0, 1, 0, 0, 1));
      expect(statuses(s)).toEqual({ a: "running" });
      s.sim.advance({ hours: 1 });
      expect(s.sim.now.toISOString()).toBe("2030-01-01T01:00:01.000Z");
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the seed", () => {
  it("decides all ids and names: the same seed and requests lead to the same responses", async () => {
    const run = async (seed: string) => {
      const s = await session({ seed });
      await s.post("/pools", { workspace: s.workspace("default") });
      return JSON.stringify([s.sim.state.pools, s.sim.state.instanceSkus]);
    };
    const [a, b, c] = [await run("one"), await run("one"), await run("two")];
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it("makes ids of the canonical prefix plus 21 letters and digits", async () => {
    const s = await session();
    for (const { id } of s.sim.state.pools) expect(id).toMatch(/^pool_[0-9A-Za-z]{21}$/);
  });
});

describe("the state", () => {
  it("is a copy: changes to it have no effect", async () => {
    const s = await session();
    const [pool] = s.sim.state.pools;
    Object.assign(pool ?? {}, { name: "changed" });
    expect(s.sim.state.pools[0]?.name).toBe("main");
  });
});
