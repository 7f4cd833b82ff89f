import { describe, expect, test } from "vitest";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "workspaces" });

describe("a workspace", () => {
  test("can be created, listed with the newest first, fetched, renamed and deleted", async () => {
    const { sfc } = await world();
    const made = await sfc.workspaces.create({ name: "staging" });
    expect(made).toMatchObject({ object: "workspace", owner: "acme", resource_path: "sfc:workspace:acme:staging" });
    expect((await sfc.workspaces.list()).data.map(({ name }) => name)).toEqual(["staging", "research", "default"]);
    expect(await sfc.workspaces.get(made.id)).toEqual(made);

    const renamed = await sfc.workspaces.update(made.id, { name: "preprod" });
    expect(renamed).toMatchObject({ id: made.id, resource_path: "sfc:workspace:acme:preprod" });
    expect(await sfc.workspaces.get("sfc:workspace:acme:preprod")).toEqual(renamed);
    await expect(sfc.workspaces.get("sfc:workspace:acme:staging")).rejects.toMatchObject(refusal(404));

    await sfc.workspaces.delete(made.id);
    await expect(sfc.workspaces.get(made.id)).rejects.toMatchObject(refusal(404));
    await expect(sfc.workspaces.delete(made.id)).rejects.toMatchObject(refusal(404));
  });

  test("gets a generated name when none is given", async () => {
    const { sfc, simulator } = await world();
    const { id, name } = await sfc.workspaces.create({});
    expect(simulator.state.workspaces.find((row) => row.id === id)?.name).toBe(name);
    expect(name).toMatch(/^[a-z]+-[a-z]+-\w{6}$/);
  });

  test("cannot have the name of another one", async () => {
    const { sfc, workspace } = await world();
    await expect(sfc.workspaces.create({ name: "default" })).rejects.toMatchObject(refusal(400, "name_taken"));
    const renamed = sfc.workspaces.update(workspace("research"), { name: "default" });
    await expect(renamed).rejects.toMatchObject(refusal(400, "name_taken"));
  });

  test("cannot be deleted while it contains anything", async () => {
    const { sfc, workspace, pool } = await world();
    await expect(sfc.workspaces.delete(workspace("research"))).rejects.toMatchObject(refusal(422));
    await sfc.pools.delete(pool("notebooks"));
    await sfc.workspaces.delete(workspace("research"));
    expect((await sfc.workspaces.list()).data.map(({ name }) => name)).toEqual(["default"]);
  });

  test("changes the resource paths of its contents, but not their ids, when it is renamed", async () => {
    const { sfc, workspace, pool } = await world();
    await sfc.workspaces.update(workspace("research"), { name: "lab" });
    const moved = await sfc.pools.get("sfc:pool:acme:lab:notebooks");
    expect(moved.id).toBe(pool("notebooks"));
    await expect(sfc.pools.get("sfc:pool:acme:research:notebooks")).rejects.toMatchObject(refusal(404));
  });
});

test("the list is complete: it accepts neither limit nor cursor, and has_more is always false", async () => {
  const { sfc, workspace } = await world();
  for (let made = 0; made < 60; made++) await sfc.workspaces.create({});
  const page = await sfc.workspaces.list();
  expect([page.data.length, page.hasMore, page.cursor]).toEqual([62, false, undefined]);
  const two = await sfc.workspaces.list({ id: [workspace("default"), "sfc:workspace:acme:research"] });
  expect(two.data.map(({ name }) => name)).toEqual(["research", "default"]);
});
