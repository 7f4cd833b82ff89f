import { describe, expect, test } from "vitest";
import type { ProcurementCreate } from "../../../src/index.js";
import { instanceBody } from "../bodies.js";
import type { Names } from "../names.js";
import { refusal } from "../refusals.js";
import { useWorld, type World } from "../world.js";

const world = useWorld({ covers: "procurements" });

/** Keeps three H100 nodes on the empty pool for the next two hours. The market sells at 16.80. */
function procurementBody({ pool, sku }: Names, change: Partial<ProcurementCreate> = {}): ProcurementCreate {
  return {
    name: "keeper",
    pool: pool("spare"),
    instance_sku: sku("richmond"),
    target: 3,
    max_buy_price_dollars_per_node_hour: "17.000040",
    min_sell_price_dollars_per_node_hour: "30.000000",
    managed_window_minutes: 120,
    ...change,
  };
}

async function nodesNow({ sfc, pool, hour }: World, name = "spare"): Promise<number> {
  const { total } = (await sfc.pools.get(pool(name))).allocation_schedule;
  const now = total.find(({ start_at, end_at }) => start_at <= hour(0) && (end_at ?? Infinity) > hour(0));
  return now?.node_count ?? 0;
}

describe("a procurement", () => {
  test("can be created, listed, fetched, updated and deleted", async () => {
    const w = await world();
    const { procurements } = w.sfc;
    const made = await procurements.create(procurementBody(w));
    expect(made).toMatchObject({ object: "procurement", enabled: true, target: 3, managed_window_minutes: 120 });
    expect((await procurements.list({ pool: w.pool("spare") })).data).toEqual([made]);
    expect((await procurements.list({ workspace: w.workspace("research") })).data).toEqual([]);
    expect(await procurements.get("sfc:procurement:acme:default:keeper")).toEqual(made);

    const updated = await procurements.update(made.id, { name: "saver", managed_window_minutes: 60 });
    expect(updated).toMatchObject({ id: made.id, name: "saver", managed_window_minutes: 60, target: 3 });
    expect(await procurements.get(made.id)).toEqual(updated);

    await procurements.delete(made.id);
    await expect(procurements.get(made.id)).rejects.toMatchObject(refusal(404));
    expect((await procurements.list()).data).toEqual([]);
  });

  test("rounds its prices to the nearest 0.000060 dollars per node-hour", async () => {
    const w = await world();
    const made = await w.sfc.procurements.create(
      procurementBody(w, {
        max_buy_price_dollars_per_node_hour: "17.000069",
        min_sell_price_dollars_per_node_hour: "30.00009",
      }),
    );
    expect(made).toMatchObject({
      max_buy_price_dollars_per_node_hour: "17.00004",
      min_sell_price_dollars_per_node_hour: "30.00012",
    });
  });

  test("manages a window of 1 to 129600 minutes", async () => {
    const w = await world();
    for (const managed_window_minutes of [0, 129_601]) {
      const error = await w.breaksContract((sfc) =>
        sfc.procurements.create(procurementBody(w, { managed_window_minutes })),
      );
      expect(error.status).toBe(422);
    }
    const longest = await w.sfc.procurements.create(procurementBody(w, { managed_window_minutes: 129_600 }));
    expect(longest.managed_window_minutes).toBe(129_600);
  });

  test("with a name in use returns 400", async () => {
    const w = await world();
    await w.sfc.procurements.create(procurementBody(w));
    const twin = w.sfc.procurements.create(procurementBody(w, { instance_sku: w.sku("alameda") }));
    await expect(twin).rejects.toMatchObject(refusal(400, "name_taken"));
  });

  test("is limited to one per pool and SKU: a second one, or one beside a spot deployment, returns 409", async () => {
    const w = await world();
    const { id } = await w.sfc.procurements.create(procurementBody(w));
    const second = () => w.sfc.procurements.create(procurementBody(w, { name: "other" }));
    await expect(second()).rejects.toMatchObject(refusal(409, "automation_exists"));
    await w.sfc.procurements.delete(id);
    const template = await w.sfc.instanceTemplates.create({
      workspace: w.workspace("default"),
      image: w.image("trainer"),
    });
    await w.sfc.deployments.create({
      kind: "spot",
      pool: w.pool("spare"),
      instance_sku: w.sku("richmond"),
      instance_template: template.id,
      target_instance_count: 1,
      max_buy_price_dollars_per_node_hour: "17.000000",
    });
    await expect(second()).rejects.toMatchObject(refusal(409, "automation_exists"));
  });
});

describe("the target of a procurement", () => {
  test("as a number is bought, is kept as time passes, and is reported in the status", async () => {
    const w = await world();
    const { id } = await w.sfc.procurements.create(procurementBody(w));
    w.simulator.advance({ minutes: 2 });
    expect(await nodesNow(w)).toBe(3);
    expect((await w.sfc.procurements.get(id)).status.state).toBe("info");
    w.simulator.advance({ hours: 12 });
    expect(await nodesNow(w)).toBe(3);
  });

  test("as node_count follows the instances of the pool that are not terminated", async () => {
    const w = await world();
    await w.sfc.procurements.create(procurementBody(w, { target: "node_count" }));
    w.simulator.advance({ minutes: 2 });
    expect(await nodesNow(w)).toBe(0);
    for (const name of ["one", "two"]) {
      await w.sfc.instances.create(instanceBody(w, { pool: w.pool("spare"), name }));
    }
    w.simulator.advance({ minutes: 2 });
    expect(await nodesNow(w)).toBe(2);
    const { data } = await w.sfc.instances.list({ pool: [w.pool("spare")] });
    expect(data.map(({ status }) => status)).toEqual(["running", "running"]);
  });

  test("as node_count counts failed instances, but no terminated ones", async () => {
    const w = await world();
    const { id } = await w.sfc.procurements.create(procurementBody(w, { target: "node_count" }));
    const ids: string[] = [];
    for (const name of ["one", "two"]) {
      ids.push((await w.sfc.instances.create(instanceBody(w, { pool: w.pool("spare"), name }))).id);
    }
    w.simulator.advance({ minutes: 2 });
    w.simulator.failInstance(ids[0] ?? "");
    const message = async () => (await w.sfc.procurements.get(id)).status.message;
    w.simulator.advance({ minutes: 2 });
    expect(await message()).toContain("2 nodes");
    await w.sfc.instances.terminate(ids[0] ?? "");
    w.simulator.advance({ minutes: 2 });
    expect(await message()).toContain("1 nodes");
  });

  test("is bought for the whole managed window", async () => {
    for (const managed_window_minutes of [60, 600]) {
      const w = await world();
      await w.sfc.procurements.create(procurementBody(w, { managed_window_minutes }));
      // One second is enough for the order to fill.
      w.simulator.advance({ minutes: 1, seconds: 1 });
      const { total } = (await w.sfc.pools.get(w.pool("spare"))).allocation_schedule;
      const now = w.hour(0);
      const end = now + managed_window_minutes * 60;
      expect(total).toEqual([{ start_at: now, end_at: expect.any(Number), node_count: 3 }]);
      const until = total[0]?.end_at ?? 0;
      expect([until >= end, until < end + 3600]).toEqual([true, true]);
    }
  });

  test("is not bought above max_buy_price: the status has a warning, and an order stays on the orderbook", async () => {
    const w = await world();
    const body = procurementBody(w, { max_buy_price_dollars_per_node_hour: "16.000020" });
    const { id } = await w.sfc.procurements.create(body);
    w.simulator.advance({ minutes: 2 });
    expect(await nodesNow(w)).toBe(0);
    expect((await w.sfc.procurements.get(id)).status.state).toBe("warning");
    const { data } = await w.sfc.orders.list({ procurement: id });
    expect(new Set(data.map(({ side, status }) => `${side} ${status}`))).toEqual(new Set(["buy standing"]));
  });

  test("below the pool's node count is reached by selling at min_sell_price or more", async () => {
    const w = await world();
    const body = procurementBody(w, {
      pool: w.pool("main"),
      target: 1,
      max_buy_price_dollars_per_node_hour: "1.000020",
      min_sell_price_dollars_per_node_hour: "11.000040",
    });
    await w.sfc.procurements.create(body);
    w.simulator.advance({ minutes: 2 });
    expect(await nodesNow(w, "main")).toBe(1);
    expect(Number(w.simulator.state.balances.account)).toBeGreaterThan(100_000);
  });

  test("that the balance does not cover is reported as an error in the status", async () => {
    const w = await world({ world: { balance: "1.00" } });
    const { id } = await w.sfc.procurements.create(procurementBody(w));
    w.simulator.advance({ minutes: 2 });
    expect((await w.sfc.procurements.get(id)).status.state).toBe("error");
  });
});

describe("the standing orders of a procurement", () => {
  const waiting = async (w: World) => {
    const body = procurementBody(w, { max_buy_price_dollars_per_node_hour: "16.000020" });
    const { id } = await w.sfc.procurements.create(body);
    w.simulator.advance({ minutes: 2 });
    return id;
  };
  const standing = ({ simulator }: World) =>
    simulator.state.orders.filter(({ status }) => status === "standing").length;

  test("are cancelled when it is disabled, and placed again when it is enabled", async () => {
    const w = await world();
    const id = await waiting(w);
    expect(standing(w)).toBeGreaterThan(0);
    await w.sfc.procurements.update(id, { enabled: false });
    w.simulator.advance({ minutes: 2 });
    expect(standing(w)).toBe(0);
    await w.sfc.procurements.update(id, { enabled: true });
    w.simulator.advance({ minutes: 2 });
    expect(standing(w)).toBeGreaterThan(0);
  });

  test("are cancelled when it is deleted", async () => {
    const w = await world();
    await w.sfc.procurements.delete(await waiting(w));
    w.simulator.advance({ minutes: 2 });
    expect(w.simulator.state.orders.map(({ status }) => status)).not.toHaveLength(0);
    expect(standing(w)).toBe(0);
  });
});
