import { describe, expect, test } from "vitest";
import { useWorld } from "./world.js";

const world = useWorld({ covers: "pools" });

describe("a pool", () => {
  test("that was created is listed, fetched, updated and deleted", async () => {
    const { sfc, workspace } = await world();
    const made = await sfc.pools.create({ workspace: workspace("research"), name: "nightly", tags: { env: "dev" } });
    expect(made).toMatchObject({ object: "pool", name: "nightly", kind: "market", tags: { env: "dev" } });

    const listed = await sfc.pools.list({ workspace: workspace("research") });
    expect(listed.data.map(({ name }) => name)).toEqual(["nightly", "notebooks"]);
    expect(await sfc.pools.get(made.id)).toEqual(made);

    const updated = await sfc.pools.update(made.id, { name: "weekly", tags: null });
    expect(updated).toMatchObject({ id: made.id, name: "weekly", tags: null });
    expect(await sfc.pools.get(made.id)).toEqual(updated);

    await sfc.pools.delete(made.id);
    await expect(sfc.pools.get(made.id)).rejects.toMatchObject({ status: 404, type: "not_found" });
    expect((await sfc.pools.list({ workspace: workspace("research") })).data).toHaveLength(1);
  });
});
