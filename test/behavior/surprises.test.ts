import { describe, expect, test } from "vitest";
import { startSimulator } from "../../packages/devtools/src/simulator.js";
import { type OrderPreviewRequest, SfcClient } from "../../src/index.js";
import { instanceBody, orderBody } from "./bodies.js";
import { namesIn } from "./names.js";
import { refusal } from "./refusals.js";
import { useWorld, type World } from "./world.js";

/* The behavior of this API that is most likely to surprise users. */

const world = useWorld();

describe("discriminators are marked read-only although requests require them", () => {
  test("a deployment cannot be created without kind", async () => {
    const w = await world();
    const template = await w.sfc.instanceTemplates.create({
      workspace: w.workspace("default"),
      image: w.image("trainer"),
    });
    const body = {
      pool: w.pool("main"),
      instance_sku: w.sku("richmond"),
      instance_template: template.id,
      target_instance_count: 1,
    };
    const withoutKind = body as { kind: "generic" } & typeof body;
    expect((await w.breaksContract((sfc) => sfc.deployments.create(withoutKind))).status).toBe(422);
    expect((await w.sfc.deployments.create({ kind: "generic", ...body })).object).toBe("deployment");
  });

  test("an order cannot be previewed without side", async () => {
    const w = await world();
    const body = { requirements: {}, start_at: w.hour(1), duration_seconds: 3600, node_count: 1 };
    const withoutSide = body as OrderPreviewRequest;
    expect((await w.breaksContract((sfc) => sfc.orders.preview(withoutSide))).status).toBe(422);
    for (const side of ["buy", "sell"] as const) {
      const preview = await w.sfc.orders.preview({ side, ...body });
      expect(preview).toMatchObject({ type: "quoted", post_order_body: { side } });
    }
  });

  test("the include parameter of a list is sent, although it is marked read-only too", async () => {
    const w = await world();
    await w.sfc.instances.create(instanceBody(w, { cloud_init_user_data: "aGVsbG8=" }));
    const { data } = await w.sfc.instances.list({ include: ["cloud_init_user_data"] });
    expect(data[0]?.cloud_init_user_data).toBe("aGVsbG8=");
  });
});

describe("creating an instance is not idempotent", () => {
  test("the same body twice makes two instances", async () => {
    const w = await world();
    const body = instanceBody(w);
    const [one, two] = [await w.sfc.instances.create(body), await w.sfc.instances.create(body)];
    expect(one.id).not.toBe(two.id);
    expect(w.simulator.state.instances).toHaveLength(2);
  });

  test("a key does not help: the client refuses it, and the service ignores the header", async () => {
    const w = await world();
    const options = { idempotencyKey: "once" } as object;
    await expect(w.sfc.instances.create(instanceBody(w), options)).rejects.toMatchObject({ name: "UsageError" });
    const send = () =>
      fetch(`${w.simulator.url}/preview/v2/instances`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${w.simulator.token}`,
          "content-type": "application/json",
          "idempotency-key": "once",
        },
        body: JSON.stringify(instanceBody(w)),
      });
    await w.direct(async () => {
      expect([(await send()).status, (await send()).status]).toEqual([201, 201]);
    });
    expect(w.simulator.state.instances).toHaveLength(2);
  });
});

describe("GET /orders", () => {
  const keeper = (w: World) => ({
    pool: w.pool("spare"),
    instance_sku: w.sku("richmond"),
    target: 1,
    max_buy_price_dollars_per_node_hour: "17.000040",
    min_sell_price_dollars_per_node_hour: "30.000000",
    managed_window_minutes: 60,
  });

  test("omits procurement orders unless procurement is given", async () => {
    const w = await world();
    const own = await w.sfc.orders.create(orderBody(w));
    const { id } = await w.sfc.procurements.create(keeper(w));
    w.simulator.advance({ minutes: 2 });
    expect((await w.sfc.orders.list()).data.map((order) => order.id)).toEqual([own.id]);
    expect((await w.sfc.orders.list({ pool: w.pool("spare") })).data).toEqual([]);
    const bought = (await w.sfc.orders.list({ procurement: id })).data;
    expect(bought.length).toBeGreaterThan(0);
    expect(bought.map((order) => order.id)).not.toContain(own.id);
  });

  test("ignores workspace when pool is given", async () => {
    const w = await world();
    const { id } = await w.sfc.orders.create(orderBody(w));
    const workspace = w.workspace("research");
    expect((await w.sfc.orders.list({ workspace })).data).toEqual([]);
    const { data } = await w.sfc.orders.list({ workspace, pool: w.pool("main") });
    expect(data.map((order) => order.id)).toEqual([id]);
  });

  test("with neither covers the organization, and requires a grant for the organization's orders", async () => {
    const tokens = [
      { value: "sk_live_ada", user: "ada" },
      { value: "sk_live_grace", user: "grace" },
    ];
    const w = await world({ enforcePermissions: true, tokens });
    const viewer = w.simulator.state.roles.find(({ name }) => name === "viewer")?.id ?? "";
    const grant = { principal_type: "user", principal_id: "grace", role_id: viewer } as const;
    await w.sfc.grants.create({ ...grant, workspace_id: w.workspace("default") });
    const { id } = await w.sfc.orders.create(orderBody(w));

    const grace = w.as("sk_live_grace");
    const ids = async (query: object) => (await grace.orders.list(query)).data.map((order) => order.id);
    expect(await ids({ workspace: w.workspace("default") })).toEqual([id]);
    await expect(ids({})).rejects.toMatchObject(refusal(403));
    await w.sfc.grants.create(grant);
    expect(await ids({})).toEqual([id]);
  });
});

test("GET /images includes public images only when their workspace is given", async () => {
  const { sfc } = await world();
  expect((await sfc.images.list()).data.map(({ name }) => name)).toEqual(["trainer"]);
  const { data } = await sfc.images.list({ workspace: "sfc:workspace:sfcompute:public" });
  expect(data.map(({ name, is_public }) => [name, is_public])).toEqual([
    ["ubuntu-22.04-cuda-12", true],
    ["ubuntu-24.04-cuda-13", true],
  ]);
});

describe("creating an order or transfer, and canceling an order, are asynchronous", () => {
  test("201 for an order means that it is accepted: it is pending, and nothing is bought yet", async () => {
    const w = await world();
    const { data, response } = await w.sfc.orders.create(orderBody(w)).withResponse();
    expect([response.status, data.status]).toEqual([201, "pending"]);
    expect(w.simulator.state.balances.account).toBe("100000.00");
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.orders.get(data.id)).status).toBe("filled");
  });

  test("202 for a transfer means that it is accepted: the nodes have not moved yet", async () => {
    const w = await world();
    const spare = async () => (await w.sfc.pools.get(w.pool("spare"))).allocation_schedule.total;
    const { data, response } = await w.sfc.poolTransfers
      .create({
        from_pool: w.pool("main"),
        to_pool: w.pool("spare"),
        instance_sku: w.sku("richmond"),
        allocation_schedule_delta: [{ start_at: w.hour(1), end_at: w.hour(2), node_count: 1 }],
      })
      .withResponse();
    expect([response.status, data.status, await spare()]).toEqual([202, "pending", []]);
    w.simulator.advance({ seconds: 1 });
    expect(await spare()).toHaveLength(1);
  });

  test("204 for a cancellation means that it is accepted: the order is still active", async () => {
    const w = await world();
    const body = orderBody(w, { allow_standing: true, limit_price_dollars_per_node_hour: "1.000020" });
    const { id } = await w.sfc.orders.create(body);
    w.simulator.advance({ seconds: 1 });
    const { response } = await w.sfc.orders.cancel(id).withResponse();
    expect([response.status, (await w.sfc.orders.get(id)).status]).toEqual([204, "standing"]);
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.orders.get(id)).status).toBe("cancelled");
  });
});

describe("patterns are not anchored, and id unions overlap", () => {
  test("text that only contains an id passes an unanchored validator, but the service refuses it", async () => {
    const w = await world();
    const { id } = await w.sfc.instances.create(instanceBody(w));
    await expect(w.sfc.instances.get(`x${id}`)).rejects.toMatchObject(refusal(404));
    await expect(w.sfc.instances.create(instanceBody(w, { pool: `x${w.pool("main")}` }))).rejects.toMatchObject(
      refusal(422),
    );
  });

  test("an id that matches both branches of a union is valid, although a strict oneOf refuses it", async () => {
    await using simulator = await startSimulator();
    const sfc = new SfcClient({ baseUrl: simulator.url, token: simulator.token });
    const names = namesIn(simulator);
    const { id } = await sfc.instances.create(instanceBody(names));
    const { data } = await sfc.instances.list({ id: ["inst_vm_1", id] });
    expect(data.map((instance) => instance.id)).toEqual([id]);
  });
});

test("enums are open: an unknown status is returned unchanged", async () => {
  await using simulator = await startSimulator();
  const sfc = new SfcClient({ baseUrl: simulator.url, token: simulator.token });
  const { id, status } = await sfc.instances.create(instanceBody(namesIn(simulator)));
  simulator.faults.add({ operation: "fetch_instance", nth: 1, fault: { kind: "unknown", what: "enums" } });
  const strange = await sfc.instances.get(id);
  expect(strange.status).toMatch(/^\w+$/);
  expect(["awaiting_allocation", "running", "terminated", "failed"]).not.toContain(strange.status);
  expect((await sfc.instances.get(id)).status).toBe(status);
});

describe("prices are decimal strings, always per node-hour", () => {
  test("a price is for a whole node, not for each of its eight GPUs", async () => {
    const w = await world();
    const { id } = await w.sfc.orders.create(
      orderBody(w, { allocation_schedule_delta: [{ start_at: w.hour(1), end_at: w.hour(2), node_count: 1 }] }),
    );
    w.simulator.advance({ seconds: 1 });
    expect((await w.sfc.orders.get(id)).filled_average_price_dollars_per_node_hour).toBe("16.80");
    expect(w.simulator.state.balances.account).toBe("99983.20");
  });

  test("a price requires a decimal point, and must not be a number", async () => {
    const w = await world();
    const place = (price: unknown) => (sfc: SfcClient) =>
      sfc.orders.create(orderBody(w, { limit_price_dollars_per_node_hour: price as string }));
    for (const price of ["17", 17.5, "-1.0", "1e3"]) {
      expect((await w.breaksContract(place(price))).status).toBe(422);
    }
  });
});

test("expected_shutdown_at is unused: it is null in every status", async () => {
  const w = await world();
  const { id, expected_shutdown_at } = await w.sfc.instances.create(instanceBody(w));
  const seen = [expected_shutdown_at];
  w.simulator.advance({ minutes: 5 });
  seen.push((await w.sfc.instances.get(id)).expected_shutdown_at);
  w.simulator.failInstance(id);
  seen.push((await w.sfc.instances.get(id)).expected_shutdown_at);
  seen.push((await w.sfc.instances.terminate(id)).expected_shutdown_at);
  expect(seen).toEqual([null, null, null, null]);
});
