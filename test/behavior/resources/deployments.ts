import { describe, expect, test } from "vitest";
import type { GenericDeploymentCreate, SpotDeploymentCreate } from "../../../src/index.js";
import { refusal } from "../refusals.js";
import { useWorld, type World } from "../world.js";

const world = useWorld({ covers: "deployments" });

interface Deployer extends World {
  /** The body of a generic deployment of two instances on the four nodes of `main`. */
  generic(change?: Partial<GenericDeploymentCreate>): { kind: "generic" } & GenericDeploymentCreate;
  /** The body of a spot deployment of two instances on the empty pool. The market sells at 16.80. */
  spot(change?: Partial<SpotDeploymentCreate>): { kind: "spot" } & SpotDeploymentCreate;
}

async function deployer(): Promise<Deployer> {
  const w = await world();
  const template = await w.sfc.instanceTemplates.create({
    workspace: w.workspace("default"),
    image: w.image("trainer"),
    tags: { generation: "first" },
  });
  const common = { instance_sku: w.sku("richmond"), instance_template: template.id, target_instance_count: 2 };
  const max_buy_price_dollars_per_node_hour = "17.000040";
  return {
    ...w,
    generic: (change) => ({ kind: "generic", ...common, pool: w.pool("main"), ...change }),
    spot: (change) => ({
      kind: "spot",
      ...common,
      pool: w.pool("spare"),
      max_buy_price_dollars_per_node_hour,
      ...change,
    }),
  };
}

async function running({ sfc }: World): Promise<number> {
  return (await sfc.instances.list({ status: ["running"] })).data.length;
}

describe("a deployment", () => {
  test("can be created, listed, fetched, updated and deleted", async () => {
    const w = await deployer();
    const { deployments } = w.sfc;
    const made = await deployments.create(w.generic({ name: "web" }));
    expect(made).toMatchObject({ object: "deployment", name: "web", enabled: true, target_instance_count: 2 });
    expect((await deployments.list({ workspace: w.workspace("default") })).data).toEqual([made]);
    expect(await deployments.get("sfc:deployment:acme:default:web")).toEqual(made);

    const updated = await deployments.update(made.id, { name: "api", target_instance_count: 1 });
    expect(updated).toMatchObject({ id: made.id, name: "api", target_instance_count: 1 });
    expect(await deployments.get(made.id)).toEqual(updated);

    await deployments.delete(made.id);
    await expect(deployments.get(made.id)).rejects.toMatchObject(refusal(404));
    expect((await deployments.list({ workspace: w.workspace("default") })).data).toEqual([]);
  });

  test("of either kind has the same path, and its object member states the kind", async () => {
    const w = await deployer();
    const generic = await w.sfc.deployments.create(w.generic({ name: "web" }));
    const spot = await w.sfc.deployments.create(w.spot({ name: "cheap" }));
    expect([generic.id.slice(0, 5), spot.id.slice(0, 5)]).toEqual(["depl_", "spot_"]);
    const { data } = await w.sfc.deployments.list({ workspace: w.workspace("default") });
    expect(data.map(({ object }) => object)).toEqual(["spot_deployment", "deployment"]);
    expect((await w.sfc.deployments.get("sfc:spot_deployment:acme:default:cheap")).id).toBe(spot.id);
    expect((await w.sfc.deployments.list({ workspace: w.workspace("default"), pool: w.pool("main") })).data).toEqual([
      generic,
    ]);
  });

  test("with a name in use returns 400", async () => {
    const w = await deployer();
    await w.sfc.deployments.create(w.generic({ name: "web" }));
    const { id } = await w.sfc.deployments.create(w.generic({ name: "api" }));
    await expect(w.sfc.deployments.update(id, { name: "web" })).rejects.toMatchObject(refusal(400, "name_taken"));
  });

  test("is unchanged by a refused update", async () => {
    const w = await deployer();
    await w.sfc.deployments.create(w.spot({ name: "web" }));
    const before = await w.sfc.deployments.create(w.spot({ name: "api", instance_sku: w.sku("alameda") }));
    const change = { max_buy_price_dollars_per_node_hour: "99.000000", target_instance_count: 9, name: "web" };
    await expect(w.sfc.deployments.update(before.id, change)).rejects.toMatchObject(refusal(400, "name_taken"));
    expect(await w.sfc.deployments.get(before.id)).toEqual(before);
  });

  test("requires a pool, a SKU, a template and a count", async () => {
    const w = await deployer();
    for (const member of ["pool", "instance_sku", "instance_template", "target_instance_count"] as const) {
      for (const whole of [w.generic(), w.spot()]) {
        const { [member]: _left, ...rest } = whole;
        const create = { ...rest } as typeof whole;
        expect((await w.breaksContract((sfc) => sfc.deployments.create(create))).message).toContain(member);
      }
    }
    expect(w.simulator.state.deployments).toEqual([]);
  });
});

describe("a generic deployment", () => {
  test("keeps its count of instances on the nodes that the pool owns", async () => {
    const w = await deployer();
    const { id } = await w.sfc.deployments.create(w.generic());
    w.simulator.advance({ minutes: 2 });
    expect(await running(w)).toBe(2);
    const { data } = await w.sfc.instances.list();
    expect(data.map(({ managed_by }) => managed_by)).toEqual([
      expect.objectContaining({ id, object: "deployment" }),
      expect.objectContaining({ id, object: "deployment" }),
    ]);
    expect((await w.sfc.deployments.get(id)).status.state).toBe("info");
  });

  test("replaces an instance that ends, and starts or ends instances when its count changes", async () => {
    const w = await deployer();
    const { id } = await w.sfc.deployments.create(w.generic());
    w.simulator.advance({ minutes: 2 });
    const [one] = (await w.sfc.instances.list()).data;
    await w.sfc.instances.terminate(one?.id ?? "");
    w.simulator.advance({ minutes: 2 });
    expect(await running(w)).toBe(2);
    await w.sfc.deployments.update(id, { target_instance_count: 4 });
    w.simulator.advance({ minutes: 2 });
    expect(await running(w)).toBe(4);
    await w.sfc.deployments.update(id, { target_instance_count: 1 });
    w.simulator.advance({ minutes: 2 });
    expect(await running(w)).toBe(1);
  });

  test("never buys nodes: without nodes its instances wait, and its status has a warning", async () => {
    const w = await deployer();
    const { id } = await w.sfc.deployments.create(w.generic({ pool: w.pool("spare") }));
    w.simulator.advance({ hours: 1 });
    expect((await w.sfc.instances.list({ status: ["awaiting_allocation"] })).data).toHaveLength(2);
    expect((await w.sfc.deployments.get(id)).status.state).toBe("warning");
    expect(w.simulator.state.orders).toEqual([]);
  });

  test("has no price: only a spot deployment accepts max_buy_price in a PATCH", async () => {
    const w = await deployer();
    const { id } = await w.sfc.deployments.create(w.generic());
    const price = { max_buy_price_dollars_per_node_hour: "18.000000" };
    await expect(w.sfc.deployments.update(id, price)).rejects.toMatchObject(refusal(422));
    const spot = await w.sfc.deployments.create(w.spot());
    expect(await w.sfc.deployments.update(spot.id, price)).toMatchObject({
      max_buy_price_dollars_per_node_hour: "18.00",
    });
  });
});

describe("a spot deployment", () => {
  test("buys the nodes that its instances need, at no more than its price", async () => {
    const w = await deployer();
    await w.sfc.deployments.create(w.spot());
    w.simulator.advance({ minutes: 3 });
    expect(await running(w)).toBe(2);
    const fills = w.simulator.state.orders.flatMap(({ fills = [] }) => fills);
    expect(new Set(fills.map((fill) => fill.price_dollars_per_node_hour))).toEqual(new Set(["16.80"]));
    expect(Number(w.simulator.state.balances.account)).toBeLessThan(100_000);
  });

  test("does not buy above its price", async () => {
    const w = await deployer();
    const { id } = await w.sfc.deployments.create(w.spot({ max_buy_price_dollars_per_node_hour: "16.000020" }));
    w.simulator.advance({ minutes: 3 });
    expect(await running(w)).toBe(0);
    expect((await w.sfc.deployments.get(id)).status.state).toBe("warning");
    expect(w.simulator.state.balances.account).toBe("100000.00");
  });

  test("returns 409 beside another spot deployment of the same pool and SKU, but not beside a generic one", async () => {
    const w = await deployer();
    await w.sfc.deployments.create(w.generic({ pool: w.pool("spare") }));
    await w.sfc.deployments.create(w.spot());
    await expect(w.sfc.deployments.create(w.spot())).rejects.toMatchObject(refusal(409, "automation_exists"));
    expect((await w.sfc.deployments.create(w.spot({ pool: w.pool("main") }))).object).toBe("spot_deployment");
  });

  test("returns 409 beside a procurement of the same pool and SKU", async () => {
    const w = await deployer();
    await w.sfc.procurements.create({
      pool: w.pool("spare"),
      instance_sku: w.sku("richmond"),
      target: 0,
      max_buy_price_dollars_per_node_hour: "1.000020",
      min_sell_price_dollars_per_node_hour: "30.000000",
      managed_window_minutes: 60,
    });
    await expect(w.sfc.deployments.create(w.spot())).rejects.toMatchObject(refusal(409, "automation_exists"));
  });
});

test("a changed template applies only to instances that start afterwards", async () => {
  const w = await deployer();
  const { id } = await w.sfc.deployments.create(w.generic());
  w.simulator.advance({ minutes: 2 });
  const second = await w.sfc.instanceTemplates.create({
    workspace: w.workspace("default"),
    image: w.image("trainer"),
    tags: { generation: "second" },
  });
  await w.sfc.deployments.update(id, { instance_template: second.id, target_instance_count: 3 });
  w.simulator.advance({ minutes: 2 });
  const { data } = await w.sfc.instances.list();
  expect(data.map(({ tags }) => tags?.generation)).toEqual(["second", "first", "first"]);
});

describe("the names of a deployment's instances", () => {
  test("are generated from its name template", async () => {
    const w = await deployer();
    await w.sfc.deployments.create(w.generic({ instance_name_template: "web-{{adjective}}-{{nanoid(12)}}" }));
    w.simulator.advance({ minutes: 2 });
    for (const { name } of (await w.sfc.instances.list()).data) expect(name).toMatch(/^web-[a-z]+-\w{12}$/);
  });

  test("need at least as many possible values as the default template has; otherwise the call returns 422", async () => {
    const w = await deployer();
    const dull = w.sfc.deployments.create(w.generic({ instance_name_template: "web-{{noun}}" }));
    await expect(dull).rejects.toMatchObject(refusal(422));
  });
});
