import { describe, expect, it } from "vitest";
import { instanceBody, type Session, session } from "./session.js";

async function world() {
  const s = await session();
  const make = async (name: string, change: object) =>
    (await s.post("/instances", instanceBody(s, { name, ...change }))).body.id;
  await make("a", { tags: { env: "prod", team: "x" } });
  s.sim.advance({ seconds: 10 });
  const b = await make("b", { tags: { env: "dev" } });
  s.sim.advance({ seconds: 10 });
  await make("c", { pool: s.pool("notebooks"), image: s.image("ubuntu-24.04-cuda-13") });
  await s.post(`/instances/${b}/terminate`);
  return s;
}

async function names(s: Session, query: string): Promise<string> {
  const { body } = await s.get(`/instances?${query}`);
  return body.data
    .map(({ name }: { name: string }) => name)
    .sort()
    .join("");
}

describe("filters of the instance list", () => {
  it("include all workspaces, unless one is given by id or path", async () => {
    const s = await world();
    expect(await names(s, "")).toBe("abc");
    expect(await names(s, `workspace=${s.workspace("research")}`)).toBe("c");
    expect(await names(s, "workspace=sfc:workspace:acme:default")).toBe("ab");
    expect((await s.get("/instances?workspace=sfc:workspace:acme:nowhere")).status).toBe(404);
  });

  it("match any of several values of one parameter", async () => {
    const s = await world();
    expect(await names(s, "status=running&status=terminated")).toBe("ab");
    expect(await names(s, `pool=${s.pool("main")}&pool=sfc:pool:acme:research:notebooks`)).toBe("abc");
    expect((await s.get("/instances?pool=pool_unknown")).status).toBe(404);
    expect((await s.get("/instances?status=rnning")).status).toBe(422);
  });

  it("match tags by key and value or by key, and several tags must all match", async () => {
    const s = await world();
    expect(await names(s, "tag=env%3Dprod")).toBe("a");
    expect(await names(s, "tag_key=env")).toBe("ab");
    expect(await names(s, "tag_key=env&tag=team%3Dx")).toBe("a");
    expect((await s.get("/instances?tag=env")).status).toBe(422);
  });

  it("can match any of several tags", async () => {
    const s = await session({ assumptions: { tagFilters: "any" } });
    expect((await s.get("/pools?tag=env%3Dprod&tag=env%3Ddev")).body.data).toHaveLength(2);
  });

  it("have inclusive bounds for the creation time", async () => {
    const s = await world();
    const times = s.sim.state.instances.map((row) => row.created_at);
    expect(await names(s, `created_after=${times[1]}`)).toBe("bc");
    expect(await names(s, `created_before=${times[1]}`)).toBe("ab");
    expect(await names(s, `created_after=${times[1]}&created_before=${times[1]}`)).toBe("b");
  });

  it("accept ids but no paths, and accept former prefixes", async () => {
    const s = await world();
    const id = s.sim.state.instances[0]?.id ?? "";
    expect(await names(s, `id=${id.replace("inst", "vm")}`)).toBe("a");
    expect((await s.get("/instances?id=sfc:instance:acme:default:a")).status).toBe(422);
  });

  it("include cloud-init data only in lists, and only on request", async () => {
    const s = await session({ assumptions: { unknownFields: "ignore" } });
    const { body } = await s.post("/instances", instanceBody(s, { cloud_init_user_data: "aGk=" }));
    expect(body.cloud_init_user_data_used).toBe(true);
    expect((await s.get("/instances")).body.data[0]).not.toHaveProperty("cloud_init_user_data");
    expect((await s.get("/instances?include=cloud_init_user_data")).body.data[0].cloud_init_user_data).toBe("aGk=");
    expect((await s.get(`/instances/${body.id}?include=cloud_init_user_data`)).body).not.toHaveProperty(
      "cloud_init_user_data",
    );
  });
});
