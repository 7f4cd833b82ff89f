import { describe, expect, test } from "vitest";
import { instanceBody, orderBody } from "../bodies.js";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "pools" });

describe("a pool", () => {
  test("can be created, listed, fetched, updated and deleted", async () => {
    const { sfc, workspace } = await world();
    const made = await sfc.pools.create({ workspace: workspace("research"), name: "nightly", tags: { env: "dev" } });
    expect(made).toMatchObject({ object: "pool", name: "nightly", kind: "market", tags: { env: "dev" } });

    const listed = await sfc.pools.list({ workspace: workspace("research") });
    expect(listed.data.map(({ name }) => name)).toEqual(["nightly", "notebooks"]);
    expect(await sfc.pools.get(made.id)).toEqual(made);

    const updated = await sfc.pools.update(made.id, { name: "weekly", tags: null });
    expect(updated).toMatchObject({ id: made.id, name: "weekly", tags: null });
    expect(await sfc.pools.get("sfc:pool:acme:research:weekly")).toEqual(updated);

    await sfc.pools.delete(made.id);
    await expect(sfc.pools.get(made.id)).rejects.toMatchObject(refusal(404));
    await expect(sfc.pools.delete(made.id)).rejects.toMatchObject(refusal(404));
    expect((await sfc.pools.list({ workspace: workspace("research") })).data).toHaveLength(1);
  });

  test("is filtered by tag and by id or resource path", async () => {
    const { sfc, pool } = await world();
    const names = async (query: object) => (await sfc.pools.list(query)).data.map(({ name }) => name);
    expect(await names({ tag: ["env=prod"] })).toEqual(["main"]);
    expect(await names({ tag_key: ["env"] })).toEqual(["notebooks", "main"]);
    expect(await names({ id: [pool("spare"), "sfc:pool:acme:default:main"] })).toEqual(["spare", "main"]);
  });

  test("with a name in use returns 422", async () => {
    const { sfc, workspace, pool } = await world();
    const twin = sfc.pools.create({ workspace: workspace("default"), name: "main" });
    await expect(twin).rejects.toMatchObject(refusal(422, "name_taken"));
    await expect(sfc.pools.update(pool("spare"), { name: "main" })).rejects.toMatchObject(refusal(422, "name_taken"));
  });
});

describe("the schedule of a pool", () => {
  test("contains the present and the future, and past time only with schedule_history_minutes", async () => {
    const { sfc, simulator, pool, sku, hour } = await world();
    const start = hour(0);
    simulator.advance({ minutes: 90 });
    const nodes = { end_at: start + 720 * 3600, node_count: 4 };
    const now = await sfc.pools.get(pool("main"));
    expect(now.allocation_schedule.total).toEqual([{ ...nodes, start_at: start + 5400 }]);
    expect(now.allocation_schedule.by_instance_sku).toEqual({ [sku("richmond")]: now.allocation_schedule.total });
    const past = await sfc.pools.get(pool("main"), { schedule_history_minutes: 30 });
    expect(past.allocation_schedule.total).toEqual([{ ...nodes, start_at: start + 3600 }]);
    const [listed] = (await sfc.pools.list({ id: [pool("main")], schedule_history_minutes: 1440 })).data;
    expect(listed?.allocation_schedule.total).toEqual([{ ...nodes, start_at: start }]);
  });

  test("grows by bought nodes and shrinks by sold nodes, over half-open time ranges", async () => {
    const w = await world();
    const { sfc, simulator, pool, hour } = w;
    await sfc.orders.create(orderBody(w));
    await sfc.orders.create(
      orderBody(w, {
        side: "sell",
        allocation_schedule_delta: [{ start_at: hour(3), end_at: hour(5), node_count: 1 }],
        limit_price_dollars_per_node_hour: "10.000000",
      }),
    );
    simulator.advance({ seconds: 1 });
    expect((await sfc.pools.get(pool("main"))).allocation_schedule.total).toEqual([
      { start_at: hour(0), end_at: hour(1), node_count: 4 },
      { start_at: hour(1), end_at: hour(3), node_count: 6 },
      { start_at: hour(3), end_at: hour(5), node_count: 3 },
      { start_at: hour(5), end_at: hour(720), node_count: 4 },
    ]);
  });
});

describe("the kind of a pool", () => {
  const kinds = {
    world: {
      pools: (["market", "originating", "read_only"] as const).map((kind) => ({
        name: kind === "market" ? "main" : kind,
        kind,
        allocations: [{ sku: "richmond", nodes: 2 }],
      })),
    },
  };

  test("market allows buying and selling", async () => {
    const w = await world(kinds);
    const sale = orderBody(w, { side: "sell", limit_price_dollars_per_node_hour: "10.000000" });
    const orders = [await w.sfc.orders.create(orderBody(w)), await w.sfc.orders.create(sale)];
    expect(orders.map(({ side, status }) => [side, status])).toEqual([
      ["buy", "pending"],
      ["sell", "pending"],
    ]);
  });

  test("originating allows selling but not buying", async () => {
    const w = await world(kinds);
    const pool = w.pool("originating");
    await expect(w.sfc.orders.create(orderBody(w, { pool }))).rejects.toMatchObject(refusal(422));
    const sale = orderBody(w, { pool, side: "sell", limit_price_dollars_per_node_hour: "10.000000" });
    expect((await w.sfc.orders.create(sale)).status).toBe("pending");
  });

  test("read_only allows neither", async () => {
    const w = await world(kinds);
    const pool = w.pool("read_only");
    for (const side of ["buy", "sell"] as const) {
      await expect(w.sfc.orders.create(orderBody(w, { pool, side }))).rejects.toMatchObject(refusal(422));
    }
  });
});

describe("deleting a pool returns 422", () => {
  test("while it owns nodes", async () => {
    const { sfc, pool } = await world();
    await expect(sfc.pools.delete(pool("main"))).rejects.toMatchObject(refusal(422));
  });

  test("while it will own nodes later, until their time has passed", async () => {
    const later = { sku: "richmond", nodes: 1, fromHours: 5, untilHours: 6 };
    const { sfc, simulator, pool } = await world({ world: { pools: [{ name: "main", allocations: [later] }] } });
    const id = pool("main");
    await expect(sfc.pools.delete(id)).rejects.toMatchObject(refusal(422));
    simulator.advance({ hours: 5, minutes: 30 });
    await expect(sfc.pools.delete(id)).rejects.toMatchObject(refusal(422));
    simulator.advance({ minutes: 30 });
    await sfc.pools.delete(id);
    expect(simulator.state.pools).toEqual([]);
  });

  test("while it has an active order", async () => {
    const w = await world();
    const pool = w.pool("spare");
    const body = orderBody(w, { pool, allow_standing: true, limit_price_dollars_per_node_hour: "1.000000" });
    const { id } = await w.sfc.orders.create(body);
    await expect(w.sfc.pools.delete(pool)).rejects.toMatchObject(refusal(422));
    await w.sfc.orders.cancel(id);
    w.simulator.advance({ seconds: 1 });
    await w.sfc.pools.delete(pool);
    expect(w.simulator.state.pools.some((row) => row.id === pool)).toBe(false);
  });

  test("while it has an active instance", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w, { pool: w.pool("spare") }));
    await expect(w.sfc.pools.delete(w.pool("spare"))).rejects.toMatchObject(refusal(422));
    await w.sfc.instances.terminate(id);
    const pool = w.pool("spare");
    await w.sfc.pools.delete(pool);
    await expect(w.sfc.pools.get(pool)).rejects.toMatchObject(refusal(404));
  });

  test("while it has a deployment", async () => {
    const w = await world();
    const pool = w.pool("spare");
    const template = await w.sfc.instanceTemplates.create({
      workspace: w.workspace("default"),
      image: w.image("trainer"),
    });
    const { id } = await w.sfc.deployments.create({
      kind: "generic",
      pool,
      instance_sku: w.sku("richmond"),
      instance_template: template.id,
      target_instance_count: 0,
    });
    expect((await w.sfc.pools.get(pool)).deployments?.map((row) => row.id)).toEqual([id]);
    await expect(w.sfc.pools.delete(pool)).rejects.toMatchObject(refusal(422));
    await w.sfc.deployments.delete(id);
    await w.sfc.pools.delete(pool);
  });

  test("while it has a procurement", async () => {
    const w = await world();
    const pool = w.pool("spare");
    const { id } = await w.sfc.procurements.create({
      pool,
      instance_sku: w.sku("richmond"),
      target: 0,
      min_sell_price_dollars_per_node_hour: "20.000000",
      max_buy_price_dollars_per_node_hour: "1.000000",
      managed_window_minutes: 60,
    });
    expect((await w.sfc.pools.get(pool)).procurements?.map((row) => row.id)).toEqual([id]);
    await expect(w.sfc.pools.delete(pool)).rejects.toMatchObject(refusal(422));
    await w.sfc.procurements.delete(id);
    await w.sfc.pools.delete(pool);
  });
});
