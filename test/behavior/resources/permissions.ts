import { expect, test } from "vitest";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "permissions" });

test("a check succeeds only when every action is allowed", async () => {
  const { sfc, as, workspace } = await world();
  const actions = ["instance:read", "instance:create"];
  expect(await sfc.permissions.check({ actions })).toEqual({ allowed: true });

  const reader = as("sk_live_grace_reader");
  expect(await reader.permissions.check({ actions, workspace: workspace("default") })).toEqual({ allowed: false });
});

test("a check follows the grants of a workspace", async () => {
  const tokens = [
    { value: "sk_live_ada", user: "ada" },
    { value: "sk_live_grace", user: "grace" },
  ];
  const { sfc, as, workspace } = await world({ tokens });
  const viewer = (await sfc.roles.list()).data.find(({ name }) => name === "viewer")?.id ?? "";
  const workspace_id = workspace("research");
  await sfc.grants.create({ principal_type: "user", principal_id: "grace", workspace_id, role_id: viewer });

  const { permissions } = as("sk_live_grace");
  const may = async (action: string, name: string) =>
    (await permissions.check({ actions: [action], workspace: workspace(name) })).allowed;
  expect(await may("pool:read", "research")).toBe(true);
  expect(await may("pool:write", "research")).toBe(false);
  expect(await may("pool:read", "default")).toBe(false);
});

test("an action without the form resource:verb returns 400", async () => {
  const { sfc } = await world();
  await expect(sfc.permissions.check({ actions: ["read"] })).rejects.toMatchObject(refusal(400));
});
