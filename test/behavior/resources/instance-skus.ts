import { describe, expect, test } from "vitest";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "instanceSkus" });

describe("instance SKUs", () => {
  test("are listed and fetched by id, each property with its value and its display value", async () => {
    const { sfc, sku } = await world();
    const { data } = await sfc.instanceSkus.list();
    expect(data.map(({ alias }) => alias).sort()).toEqual(["alameda", "antares", "richmond"]);
    const richmond = await sfc.instanceSkus.get(sku("richmond"));
    expect(data).toContainEqual(richmond);
    expect(richmond.accelerator).toEqual({ value: "h100", display_value: "NVIDIA H100" });
  });

  test("are also found by their former id, and return the canonical one", async () => {
    const { sfc, sku } = await world();
    const { id } = await sfc.instanceSkus.get(sku("alameda").replace("isku_", "clus_"));
    expect(id).toBe(sku("alameda"));
    await expect(sfc.instanceSkus.get("isku_nobody")).rejects.toMatchObject(refusal(404));
  });
});

describe("availability", () => {
  test("is filtered by the value of a property, and is the same for one SKU as in the list", async () => {
    const { sfc, sku } = await world();
    const { data } = await sfc.instanceSkus.listAvailability({ accelerator: "h200" });
    expect(data.map(({ instance_sku }) => instance_sku.alias)).toEqual(["alameda"]);
    expect(await sfc.instanceSkus.getAvailability(sku("alameda"))).toEqual(data[0]);
    expect((await sfc.instanceSkus.listAvailability({ accelerator: "h200", region: "us-west" })).data).toEqual([]);
  });

  test("decreases by the bought nodes, for the hours that were bought", async () => {
    const { sfc, simulator, sku, pool, hour } = await world();
    const [before] = (await sfc.instanceSkus.getAvailability(sku("alameda"))).schedule;
    expect(before?.node_count).toBe(8);
    await sfc.orders.create({
      pool: pool("main"),
      side: "buy",
      instance_sku: sku("alameda"),
      allocation_schedule_delta: [{ start_at: hour(1), end_at: hour(3), node_count: 5 }],
      limit_price_dollars_per_node_hour: "27.600000",
    });
    simulator.advance({ seconds: 1 });
    const { schedule } = await sfc.instanceSkus.getAvailability(sku("alameda"));
    expect(schedule).toEqual([
      { start_at: hour(0), end_at: hour(1), node_count: 8 },
      { start_at: hour(1), end_at: hour(3), node_count: 3 },
      { start_at: hour(3), end_at: hour(336), node_count: 8 },
    ]);
  });
});

test("the property catalog lists the keys and values that requirements may use", async () => {
  const { sfc } = await world();
  const catalog = await sfc.instanceSkus.listProperties().toArray({ max: 50 });
  const accelerator = catalog.find(({ key }) => key.name === "accelerator");
  expect(accelerator?.values.map(({ name }) => name)).toEqual(["h100", "h200", "b200"]);
});
