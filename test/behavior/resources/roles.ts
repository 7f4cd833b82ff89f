import { describe, expect, test } from "vitest";
import type { RolePolicy } from "../../../src/index.js";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "roles" });

const policy: RolePolicy = {
  api_version: "roles/v1",
  description: "May look at instances.",
  rules: [{ effect: "allow", actions: { instance: ["read", "list"] } }],
};

describe("a role", () => {
  test("can be created, listed, fetched, updated and deleted", async () => {
    const { sfc } = await world();
    const made = await sfc.roles.create({ name: "watcher", policy });
    expect(made).toMatchObject({ role_type: "custom", resource_path: "sfc:role:acme:watcher", policy });
    expect((await sfc.roles.list({ id: [made.id] })).data).toEqual([made]);
    expect(await sfc.roles.get("sfc:role:acme:watcher")).toEqual(made);

    await sfc.roles.delete(made.id);
    await expect(sfc.roles.get(made.id)).rejects.toMatchObject(refusal(404));
  });

  test("keeps members that a PUT omits, because both are optional", async () => {
    const { sfc } = await world();
    const { id } = await sfc.roles.create({ name: "watcher", policy });
    expect(await sfc.roles.update(id, { name: "viewer-2" })).toMatchObject({ name: "viewer-2", policy });
    const wider = { ...policy, rules: [{ effect: "allow" as const, actions: { "*": ["read" as const] } }] };
    expect(await sfc.roles.update(id, { policy: wider })).toMatchObject({ name: "viewer-2", policy: wider });
  });

  test("that is built in comes first in the list and cannot be changed or deleted", async () => {
    const { sfc } = await world();
    await sfc.roles.create({ name: "older", policy });
    await sfc.roles.create({ name: "newer", policy });
    const { data } = await sfc.roles.list();
    expect(data.map(({ role_type, name }) => `${role_type} ${name}`)).toEqual([
      "built_in viewer",
      "built_in admin",
      "custom newer",
      "custom older",
    ]);
    const builtIn = data[0]?.id ?? "";
    await expect(sfc.roles.update(builtIn, { name: "mine" })).rejects.toMatchObject(refusal(403));
    await expect(sfc.roles.delete(builtIn)).rejects.toMatchObject(refusal(403));
  });

  test("is deleted together with its grants", async () => {
    const { sfc, simulator } = await world();
    const role = await sfc.roles.create({ name: "watcher", policy });
    await sfc.grants.create({ principal_type: "user", principal_id: "grace", role_id: role.id });
    await sfc.roles.delete(role.id);
    expect((await sfc.grants.list({ principal_id: "grace" })).data).toEqual([]);
    expect(simulator.state.grants).toHaveLength(1);
  });
});
