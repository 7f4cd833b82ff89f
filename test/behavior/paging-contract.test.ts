import { expect, test } from "vitest";
import { instanceBody, orderBody } from "./bodies.js";
import { type ListFrom, readBothWays } from "./both-ways.js";
import { refusal } from "./refusals.js";
import { useWorld, type World } from "./world.js";

const world = useWorld();

/** A few rows in every paged list. */
async function furnish(w: World): Promise<void> {
  const { sfc, pool, sku, workspace, image, hour } = w;
  for (let made = 0; made < 3; made++) {
    await sfc.instances.create(instanceBody(w));
    await sfc.orders.create(orderBody(w));
    await sfc.images.create({ workspace: workspace("default") });
    const spare = (await sfc.pools.create({ workspace: workspace("default") })).id;
    await sfc.poolTransfers.create({
      from_pool: pool("main"),
      to_pool: spare,
      instance_sku: sku("richmond"),
      allocation_schedule_delta: [{ start_at: hour(made + 5), end_at: hour(made + 6), node_count: 1 }],
    });
    const template = await sfc.instanceTemplates.create({ workspace: workspace("default"), image: image("trainer") });
    const common = { pool: spare, instance_sku: sku("richmond") };
    await sfc.deployments.create({
      ...common,
      kind: "generic",
      instance_template: template.id,
      target_instance_count: 0,
    });
    await sfc.procurements.create({
      ...common,
      target: 0,
      max_buy_price_dollars_per_node_hour: "1.000020",
      min_sell_price_dollars_per_node_hour: "30.000000",
      managed_window_minutes: 60,
    });
  }
}

type Lists = Record<string, (w: World) => ListFrom<unknown>>;

/** Every list that accepts cursors in both directions, by the prefix of its cursors. */
const lists: Lists = {
  nodec_:
    ({ sfc }) =>
    (place) =>
      sfc.instances.list(place),
  poolc_:
    ({ sfc }) =>
    (place) =>
      sfc.pools.list(place),
  ordrc_:
    ({ sfc }) =>
    (place) =>
      sfc.orders.list(place),
  ptfrc_:
    ({ sfc }) =>
    (place) =>
      sfc.poolTransfers.list(place),
  imagec_:
    ({ sfc }) =>
    (place) =>
      sfc.images.list(place),
  itmplc_:
    ({ sfc }) =>
    (place) =>
      sfc.instanceTemplates.list(place),
  deplc_:
    ({ sfc, workspace }) =>
    (place) =>
      sfc.deployments.list({ workspace: workspace("default"), ...place }),
  procc_:
    ({ sfc }) =>
    (place) =>
      sfc.procurements.list(place),
  usrc_:
    ({ sfc }) =>
    (place) =>
      sfc.users.list(place),
  iskuc_:
    ({ sfc }) =>
    (place) =>
      sfc.instanceSkus.list(place),
};

test("every list with cursors has the same rows in both directions, and its cursors have their own prefix", async () => {
  const w = await world();
  await furnish(w);
  for (const [prefix, list] of Object.entries(lists)) {
    const whole = (await list(w)({ limit: 50 })).data;
    expect(whole.length, prefix).toBeGreaterThan(1);
    const { forward, backward, cursors } = await readBothWays(list(w), 1);
    expect(forward, prefix).toEqual(whole);
    expect(backward, prefix).toEqual(whole);
    for (const cursor of cursors) expect(cursor.startsWith(prefix), `${cursor} begins with ${prefix}`).toBe(true);
  }
});

test("SKU availability has the cursor prefix of SKUs, and the property catalog has an untyped one", async () => {
  const { sfc } = await world();
  const availability = await readBothWays((place) => sfc.instanceSkus.listAvailability(place), 1);
  expect(availability.forward).toHaveLength(3);
  expect(availability.cursors[0]).toMatch(/^iskuc_/);
  const catalog = await readBothWays((place) => sfc.instanceSkus.listProperties(place), 3);
  expect(catalog.backward).toEqual(catalog.forward);
  expect(catalog.forward).toHaveLength(10);
});

test("sixty instances are complete in both directions, with filters and with pages of seven", async () => {
  const w = await world();
  const template = await w.sfc.instanceTemplates.create({
    workspace: w.workspace("default"),
    image: w.image("trainer"),
    tags: { env: "prod" },
  });
  await w.sfc.instances.create(instanceBody(w));
  await w.sfc.deployments.create({
    kind: "generic",
    pool: w.pool("main"),
    instance_sku: w.sku("richmond"),
    instance_template: template.id,
    target_instance_count: 60,
  });
  w.simulator.advance({ minutes: 1 });
  const { forward, backward } = await readBothWays((place) => w.sfc.instances.list({ tag: ["env=prod"], ...place }), 7);
  const made = w.simulator.state.instances.filter(({ managed_by }) => managed_by !== null).map(({ id }) => id);
  expect(forward.map(({ id }) => id)).toEqual(made.reverse());
  expect(backward).toEqual(forward);
});

test("a page has 50 rows by default, and limit accepts 1 up to the maximum of the list", async () => {
  const w = await world();
  for (let made = 0; made < 51; made++) await w.sfc.pools.create({ workspace: w.workspace("default") });
  const page = await w.sfc.pools.list();
  expect([page.data.length, page.hasMore]).toEqual([50, true]);
  expect((await w.sfc.pools.list({ limit: 200 })).data).toHaveLength(54);
  expect((await w.breaksContract((sfc) => sfc.pools.list({ limit: 201 }))).status).toBe(422);
  expect((await w.breaksContract((sfc) => sfc.pools.list({ limit: 0 }))).status).toBe(422);
  expect((await w.breaksContract((sfc) => sfc.instanceTemplates.list({ limit: 51 }))).status).toBe(422);
});

test("a cursor is opaque: an id is refused, and so is the cursor of another list", async () => {
  const w = await world();
  const { id } = await w.sfc.instances.create(instanceBody(w));
  expect((await w.breaksContract((sfc) => sfc.instances.list({ starting_after: id }))).status).toBe(422);
  const { cursor = "" } = await w.sfc.users.list({ limit: 1 });
  expect((await w.breaksContract((sfc) => sfc.instances.list({ starting_after: cursor }))).status).toBe(422);
  const forged = w.sfc.instances.list({ starting_after: "nodec_bm90IG91cnM" });
  await expect(forged.then()).rejects.toMatchObject(refusal(422, "invalid_cursor"));
});
