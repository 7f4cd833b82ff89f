import { describe, expect, it } from "vitest";
import { instanceBody, orderBody, type Session, session } from "./session.js";

const service = { token: "sk_live_service" };

async function raw(s: Session, headers: Record<string, string>) {
  const response = await fetch(`${s.sim.url}/preview/v2/me`, { headers });
  return [response.status, (await response.json()).error?.type];
}

describe("tokens", () => {
  it("are required everywhere: a missing token, a wrong scheme or an unknown token returns 401", async () => {
    const s = await session();
    expect(await raw(s, {})).toEqual([401, "authentication_error"]);
    expect(await raw(s, { authorization: "Basic sk_live_simulator" })).toEqual([401, "authentication_error"]);
    expect(await raw(s, { authorization: "Bearer other" })).toEqual([401, "authentication_error"]);
    expect((await s.get("/feature_flags", { token: "other" })).body).toBeUndefined();
  });

  it("belong to a user or to a service, for which `user` is null", async () => {
    const s = await session();
    expect((await s.get("/me")).body).toMatchObject({ account_id: "acme", user: { id: "ada" } });
    expect((await s.get("/me", service)).body.user).toBeNull();
  });

  it("can be limited to a list", async () => {
    const s = await session({ tokens: [{ value: "my-token", user: "grace" }] });
    expect(s.sim.token).toBe("my-token");
    expect((await s.get("/me")).body.user.id).toBe("grace");
    expect((await s.get("/me", { token: "sk_live_simulator" })).status).toBe(401);
  });
});

describe("workspaces", () => {
  it("are all in one response, newest first, without the public one", async () => {
    const s = await session();
    await s.post("/workspaces", { name: "new" });
    const { body } = await s.get("/workspaces");
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(["new", "research", "default"]);
    expect(body.has_more).toBe(false);
    expect((await s.get(`/workspaces?id=${s.workspace("new")}&id=sfc:workspace:acme:default`)).body.data).toHaveLength(
      2,
    );
  });

  it("change the resource paths of all their contents when renamed", async () => {
    const s = await session();
    await s.patch("/workspaces/sfc:workspace:acme:default", { name: "prod" });
    expect((await s.get("/pools/sfc:pool:acme:prod:main")).body.workspace).toBe("prod");
    expect((await s.get("/pools/sfc:pool:acme:default:main")).status).toBe(404);
  });

  it("refuse invalid names and names in use with 400, and cannot be deleted while they contain anything", async () => {
    const s = await session();
    expect((await s.post("/workspaces", { name: "default" })).status).toBe(400);
    expect((await s.patch(`/workspaces/${s.workspace("research")}`, { name: "no name" })).status).toBe(400);
    expect((await s.delete(`/workspaces/${s.workspace("research")}`)).status).toBe(422);
    const { body } = await s.post("/workspaces", {});
    expect((await s.delete(`/workspaces/${body.id}`)).status).toBe(204);
    expect((await s.get(`/workspaces/${body.id}`)).status).toBe(404);
  });
});

describe("users", () => {
  it("are found by id, path and email", async () => {
    const s = await session();
    expect((await s.get("/users/sfc:user:grace")).body.email).toBe("grace@acme.example");
    expect((await s.get("/users?email=ada@acme.example")).body.data).toHaveLength(1);
    expect((await s.get("/users?id=ada&id=sfc:user:grace")).body.data).toHaveLength(2);
    expect((await s.get("/users/nobody")).status).toBe(404);
  });
});

const imagePolicy = {
  api_version: "roles/v1",
  description: "Images only.",
  rules: [{ effect: "allow", actions: { image: ["read", "list"] } }],
};

describe("roles and grants", () => {
  it("have built-in roles first in the list, and only custom roles can be changed and deleted", async () => {
    const s = await session();
    const { body: role } = await s.post("/roles", { name: "images", policy: imagePolicy });
    const { body } = await s.get("/roles");
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(["viewer", "admin", "images"]);
    expect((await s.put(`/roles/${role.id}`, { name: "pictures" })).body.policy).toEqual(imagePolicy);
    expect((await s.get("/roles/sfc:role:acme:pictures")).body.id).toBe(role.id);
    expect((await s.put(`/roles/${body.data[0].id}`, { name: "x" })).status).toBe(403);
    expect((await s.delete(`/roles/${role.id}`)).status).toBe(204);
    expect((await s.post("/roles", { name: "bad", policy: {} })).status).toBe(400);
  });

  it("allow a role to be granted once, for a workspace or for the organization", async () => {
    const s = await session();
    const { body: role } = await s.post("/roles", { name: "images", policy: imagePolicy });
    const grant = {
      principal_id: "grace",
      principal_type: "user",
      role_id: role.id,
      workspace_id: s.workspace("default"),
    };
    const made = await s.post("/grants", grant);
    expect(made.body).toMatchObject({ workspace: { name: "default" }, role: { name: "images" } });
    expect((await s.post("/grants", grant)).status).toBe(409);
    expect((await s.post("/grants", { ...grant, role_id: "role_x" })).status).toBe(400);
    expect((await s.get("/grants?principal_id=grace")).body.data).toHaveLength(1);
    expect((await s.delete(`/grants/${made.body.id}`)).status).toBe(204);
    expect((await s.get(`/grants/${made.body.id}`)).status).toBe(404);
  });

  it("combine all granted permissions in a permission check", async () => {
    const s = await session({ tokens: [{ value: "sk_live_simulator", user: "grace" }] });
    const { body: role } = await s.post("/roles", { name: "images", policy: imagePolicy });
    const check = async (actions: string[], workspace?: string) =>
      (await s.post("/permissions/check", { actions, workspace })).body.allowed;
    expect(await check(["image:read"], s.workspace("default"))).toBe(false);
    await s.post("/grants", {
      principal_id: "grace",
      principal_type: "user",
      role_id: role.id,
      workspace_id: s.workspace("default"),
    });
    expect(await check(["image:read", "image:list"], s.workspace("default"))).toBe(true);
    expect(await check(["image:read", "image:create"], s.workspace("default"))).toBe(false);
    expect(await check(["image:read"], s.workspace("research"))).toBe(false);
    expect(await check(["image:read"])).toBe(false);
    expect((await s.post("/permissions/check", { actions: ["image"] })).status).toBe(400);
  });
});

describe("enforced permissions", () => {
  it("allow a token without a role nothing, and an administrator everything", async () => {
    const s = await session({ enforcePermissions: true });
    expect((await s.get("/me", service)).status).toBe(200);
    expect((await s.get(`/pools/${s.pool("main")}`, service)).status).toBe(403);
    expect((await s.post("/instances", instanceBody(s), service)).status).toBe(403);
    expect((await s.post("/orders", orderBody(s), service)).status).toBe(403);
    expect((await s.get("/instances", service)).body.data).toEqual([]);
    expect((await s.post("/instances", instanceBody(s))).status).toBe(201);
    expect((await s.post("/orders", orderBody(s))).status).toBe(201);
  });

  it("include grants to a token, which has its own id", async () => {
    const s = await session({ enforcePermissions: true });
    const viewer = s.sim.state.roles.find(({ name }) => name === "viewer")?.id;
    await s.post("/grants", { principal_id: s.sim.tokenId(service.token), principal_type: "token", role_id: viewer });
    expect((await s.get(`/pools/${s.pool("main")}`, service)).status).toBe(200);
    expect((await s.get(`/pools/${s.pool("main")}`, { token: "sk_live_other" })).status).toBe(403);
  });

  it("limit a list to the permitted workspaces, and require an organization-wide grant for all orders", async () => {
    const s = await session({
      enforcePermissions: true,
      tokens: [
        { value: "sk_live_simulator", user: "ada" },
        { value: "sk_live_grace", user: "grace" },
      ],
    });
    const grace = { token: "sk_live_grace" };
    const viewer = s.sim.state.roles.find(({ name }) => name === "viewer")?.id;
    const workspace_id = s.workspace("research");
    await s.post("/grants", { principal_id: "grace", principal_type: "user", role_id: viewer, workspace_id });
    expect((await s.get("/pools", grace)).body.data.map(({ name }: { name: string }) => name)).toEqual(["notebooks"]);
    expect((await s.get("/orders", grace)).status).toBe(403);
    expect((await s.get(`/orders?workspace=${workspace_id}`, grace)).status).toBe(200);
    expect((await s.patch(`/pools/${s.pool("notebooks")}`, { name: "x" }, grace)).status).toBe(403);
  });
});

describe("feature flags", () => {
  it("can be changed by each caller for itself, if callers may", async () => {
    const s = await session();
    expect((await s.post("/feature_flags/capacity-forecast", { enrolled: true })).body.enrolled).toBe(true);
    const states = async (token?: string) =>
      (await s.get("/feature_flags", token === undefined ? {} : { token })).body.data.map(
        (flag: { enrolled: boolean }) => flag.enrolled,
      );
    expect(await states()).toEqual([true, false]);
    expect(await states("sk_live_service")).toEqual([false, false]);
  });

  it("have errors without a body, because none is declared", async () => {
    const s = await session();
    const locked = await s.post("/feature_flags/fleet-migration", { enrolled: true });
    expect([locked.status, locked.body]).toEqual([403, undefined]);
    expect((await s.post("/feature_flags/unknown", { enrolled: true })).status).toBe(404);
  });
});

describe("instance templates", () => {
  it("can be created, listed with cloud-init data on request, and deleted, but not updated", async () => {
    const s = await session();
    const body = {
      workspace: s.workspace("default"),
      image: s.image("trainer"),
      name: "t",
      cloud_init_user_data: "aGk=",
    };
    const made = await s.post("/instance_templates", body);
    expect(made.body).toMatchObject({ cloud_init_user_data_used: true, image: { name: "trainer" } });
    expect((await s.get("/instance_templates")).body.data[0]).not.toHaveProperty("cloud_init_user_data");
    const listed = await s.get(`/instance_templates?include=cloud_init_user_data&id=${made.body.resource_path}`);
    expect(listed.body.data[0].cloud_init_user_data).toBe("aGk=");
    expect((await s.post("/instance_templates", body)).status).toBe(422);
    expect((await s.delete(`/instance_templates/${made.body.id.replace("itmpl", "ntmpl")}`)).status).toBe(204);
    expect((await s.get(`/instance_templates/${made.body.id}`)).status).toBe(404);
  });
});
