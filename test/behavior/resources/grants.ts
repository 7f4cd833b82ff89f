import { describe, expect, test } from "vitest";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "grants" });

/** The id of the built-in role that may read everything. */
async function viewerRole({ sfc }: Awaited<ReturnType<typeof world>>): Promise<string> {
  const { data } = await sfc.roles.list();
  return data.find(({ name }) => name === "viewer")?.id ?? "";
}

describe("a grant", () => {
  test("can be created, listed, fetched and deleted", async () => {
    const w = await world();
    const { sfc, workspace } = w;
    const made = await sfc.grants.create({
      principal_type: "user",
      principal_id: "grace",
      workspace_id: workspace("research"),
      role_id: await viewerRole(w),
    });
    expect(made).toMatchObject({ principal_id: "grace", workspace: { name: "research" }, role: { name: "viewer" } });
    expect((await sfc.grants.list({ principal_id: "grace" })).data).toEqual([made]);
    expect((await sfc.grants.list({ workspace_id: workspace("research") })).data).toEqual([made]);
    expect((await sfc.grants.list({ workspace_id: workspace("default") })).data).toEqual([]);
    expect(await sfc.grants.get(made.id)).toEqual(made);

    await sfc.grants.delete(made.id);
    await expect(sfc.grants.get(made.id)).rejects.toMatchObject(refusal(404));
  });

  test("without a workspace applies to the organization", async () => {
    const w = await world();
    const role_id = await viewerRole(w);
    const made = await w.sfc.grants.create({ principal_type: "user", principal_id: "grace", role_id });
    expect(made.workspace).toBeNull();
  });

  test("can be created once: a second time returns 409", async () => {
    const w = await world();
    const body = { principal_type: "user", principal_id: "grace", role_id: await viewerRole(w) } as const;
    await w.sfc.grants.create(body);
    await expect(w.sfc.grants.create(body)).rejects.toMatchObject(refusal(409, "grant_exists"));
  });

  test("gives a user access in its workspace only, until it is deleted", async () => {
    const tokens = [
      { value: "sk_live_ada", user: "ada" },
      { value: "sk_live_grace", user: "grace" },
    ];
    const w = await world({ enforcePermissions: true, tokens });
    const grace = w.as("sk_live_grace");
    await expect(grace.pools.get(w.pool("notebooks"))).rejects.toMatchObject(refusal(403));
    const { id } = await w.sfc.grants.create({
      principal_type: "user",
      principal_id: "grace",
      workspace_id: w.workspace("research"),
      role_id: await viewerRole(w),
    });
    expect((await grace.pools.get(w.pool("notebooks"))).name).toBe("notebooks");
    await expect(grace.pools.get(w.pool("main"))).rejects.toMatchObject(refusal(403));
    expect((await grace.pools.list()).data.map(({ name }) => name)).toEqual(["notebooks"]);
    await w.sfc.grants.delete(id);
    await expect(grace.pools.get(w.pool("notebooks"))).rejects.toMatchObject(refusal(403));
  });
});
