import { describe, expect, test } from "vitest";
import type { SfcClient } from "../../src/index.js";
import { createOnce, type IntentConflictError } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { clientOf, errorOf, hastyRuntime, operationsOf, type Stage, stage } from "./support.js";

const workspace = "sfc:workspace:acme:default";
const image = "sfc:image:acme:default:trainer";
const intentTag = "sfc-preview-sdk.intent";
const runtime = hastyRuntime();
const job = { intent: "job-17", runtime };

function instanceBody({ sim }: Stage) {
  return { pool: sim.state.pools[1]?.id ?? "", image, instance_sku: sim.state.instanceSkus[0]?.id ?? "" };
}

function creations(scene: Stage): number {
  return operationsOf(scene.sim).filter((id) => id?.startsWith("create_")).length;
}

describe("createOnce never returns one resource for two intents", () => {
  test.each(["instances", "pools", "instanceTemplates"] as const)(
    "with %s: another intent's tag is a conflict, also with an explicit name",
    async (kind) => {
      const scene = await stage();
      const body = { instances: instanceBody(scene), pools: { workspace }, instanceTemplates: { workspace, image } };
      const asked = { ...body[kind], name: "shared" };
      const { resource } = await createOnce(scene.sfc, kind, asked, job);
      const before = creations(scene);
      const error = await errorOf(createOnce(clientOf(scene.sim), kind, asked, { ...job, intent: "job-18" }));
      expect(error).toMatchObject({ name: "IntentConflictError", intent: "job-18", differences: ["intent"] });
      expect((error as IntentConflictError<{ id: string }>).existing.id).toBe(resource.id);
      expect((error as Error).message).toContain('"job-17"');
      expect(creations(scene)).toBe(before);
    },
  );

  test.each(["images", "workspaces", "procurements"] as const)(
    "with %s, which have no tags: an explicit name does not identify the intent",
    async (kind) => {
      const scene = await stage();
      const procurement = {
        pool: scene.sim.state.pools[1]?.id ?? "",
        instance_sku: scene.sim.state.instanceSkus[0]?.id ?? "",
        target: 0,
        min_sell_price_dollars_per_node_hour: "90.0",
        max_buy_price_dollars_per_node_hour: "1.0",
        managed_window_minutes: 60,
      };
      const body = { images: { workspace }, workspaces: {}, procurements: procurement };
      const asked = { ...body[kind], name: "shared" };
      const { resource } = await createOnce(scene.sfc, kind, asked, job);
      const before = creations(scene);
      const again = createOnce(clientOf(scene.sim), kind, asked, { ...job, intent: "job-18" });
      const error = await errorOf(again);
      expect(error).toMatchObject({ name: "IntentConflictError", differences: ["intent"] });
      expect((error as Error).message).toContain("adoptUntagged");
      expect(creations(scene)).toBe(before);
      const asking = { ...job, intent: "job-18", adoptUntagged: true };
      await expect(createOnce(clientOf(scene.sim), kind, asked, asking)).resolves.toMatchObject({
        outcome: "adopted",
        resource: { id: resource.id },
      });
    },
  );

  test("a resource without an intent tag is adopted only with the option, and only when it fits", async () => {
    const scene = await stage();
    const pool = await scene.sfc.pools.create({ workspace, name: "job-17" });
    const error = await errorOf(createOnce(scene.sfc, "pools", { workspace }, job));
    expect(error).toMatchObject({ name: "IntentConflictError", differences: ["intent"] });
    expect((error as Error).message).toContain("adoptUntagged");
    expect(scene.sim.state.pools.filter(({ name }) => name === "job-17")).toHaveLength(1);
    const asking = { ...job, adoptUntagged: true };
    await expect(createOnce(scene.sfc, "pools", { workspace }, asking)).resolves.toMatchObject({
      outcome: "adopted",
      resource: { id: pool.id },
    });
    const tagged = { workspace, tags: { env: "prod" } };
    await expect(createOnce(scene.sfc, "pools", tagged, asking)).rejects.toMatchObject({ differences: ["tags"] });
  });

  test("the option does not adopt a resource with another intent's tag", async () => {
    const scene = await stage();
    await createOnce(scene.sfc, "pools", { workspace, name: "shared" }, job);
    const asking = { ...job, intent: "job-18", adoptUntagged: true };
    const error = await errorOf(createOnce(scene.sfc, "pools", { workspace, name: "shared" }, asking));
    expect(error).toMatchObject({ name: "IntentConflictError", differences: ["intent"] });
  });

  test("two resources with the tag of the intent cause a conflict that names both", async () => {
    const scene = await stage();
    const { resource } = await createOnce(scene.sfc, "pools", { workspace }, job);
    const copy = await scene.sfc.pools.create({ workspace, name: "copy", tags: resource.tags ?? {} });
    const error = await errorOf(createOnce(scene.sfc, "pools", { workspace }, job));
    expect(error).toMatchObject({ name: "IntentConflictError" });
    expect((error as Error).message).toContain(resource.id);
    expect((error as Error).message).toContain(copy.id);
  });
});

describe("createOnce compares the resource that a path refers to, not the name:", () => {
  test("a pool of the same name in another workspace is another pool", async () => {
    const scene = await stage();
    const here = await scene.sfc.pools.create({ workspace, name: "same" });
    await scene.sfc.pools.create({ workspace: "sfc:workspace:acme:research", name: "same" });
    await createOnce(scene.sfc, "instances", { ...instanceBody(scene), pool: here.id }, job);
    const there = { ...instanceBody(scene), pool: "sfc:pool:acme:research:same" };
    const error = await errorOf(createOnce(scene.sfc, "instances", there, job));
    expect(error).toMatchObject({ name: "IntentConflictError", differences: ["pool"] });
    const byPath = { ...instanceBody(scene), pool: "sfc:pool:acme:default:same" };
    await expect(createOnce(scene.sfc, "instances", byPath, job)).resolves.toMatchObject({ outcome: "adopted" });
  });

  test("an image of the same name in another workspace is another image", async () => {
    const scene = await stage({
      world: { images: [{ name: "trainer" }, { name: "trainer", workspace: "public" }] },
    });
    await createOnce(scene.sfc, "instances", instanceBody(scene), job);
    const other = { ...instanceBody(scene), image: "sfc:image:sfcompute:public:trainer" };
    const error = await errorOf(createOnce(scene.sfc, "instances", other, job));
    expect(error).toMatchObject({ name: "IntentConflictError", differences: ["image"] });
  });

  test("a path to a missing resource matches nothing", async () => {
    const scene = await stage();
    await createOnce(scene.sfc, "instances", instanceBody(scene), job);
    const gone = { ...instanceBody(scene), pool: "sfc:pool:acme:research:spare" };
    const error = await errorOf(createOnce(scene.sfc, "instances", gone, job));
    expect(error).toMatchObject({ name: "IntentConflictError", differences: ["pool"] });
  });
});

describe("after an update has removed the tags", () => {
  test("the error states what to do, and createOnce succeeds after that", async () => {
    const scene = await stage();
    const { resource } = await createOnce(scene.sfc, "instances", instanceBody(scene), job);
    await scene.sfc.instances.update(resource.id, { tags: { env: "prod" } });
    const error = await errorOf(createOnce(scene.sfc, "instances", instanceBody(scene), job));
    expect(error).toMatchObject({ name: "IntentConflictError", differences: ["intent"] });
    expect((error as Error).message).toContain(`${intentTag}`);
    expect((error as Error).message).toMatch(/update/);
    await scene.sfc.instances.update(resource.id, { tags: { env: "prod", [intentTag]: "job-17" } });
    await expect(createOnce(scene.sfc, "instances", instanceBody(scene), job)).resolves.toMatchObject({
      outcome: "adopted",
      resource: { id: resource.id },
    });
  });

  test("no second resource is created, even when the service accepts duplicate names", async () => {
    const scene = await stage({ assumptions: { nameClash: "allow" } });
    const { resource } = await createOnce(scene.sfc, "pools", { workspace }, job);
    await scene.sfc.pools.update(resource.id, { tags: null });
    await expect(createOnce(scene.sfc, "pools", { workspace }, job)).rejects.toMatchObject({
      name: "IntentConflictError",
    });
    expect(scene.sim.state.pools.filter(({ name }) => name === "job-17")).toHaveLength(1);
  });
});

describe("a request whose response is lost and that the service executes late", () => {
  /** The first POST to a path gets no response. The service executes it right before the second one. */
  function lateClient({ sim }: Stage, path: string): SfcClient {
    let late: (() => Promise<Response>) | undefined;
    let posts = 0;
    const fetch: Fetch = async (url, init) => {
      if (init.method !== "POST" || !url.endsWith(path)) return globalThis.fetch(url, init);
      posts += 1;
      const { signal: _, ...rest } = init;
      if (posts === 1) {
        late = () => globalThis.fetch(url, rest);
        throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNRESET" } });
      }
      if (posts === 2) await (await late?.())?.text();
      return globalThis.fetch(url, init);
    };
    return clientOf(sim, fetch);
  }

  test.each([
    ["instances", "/instances"],
    ["pools", "/pools"],
  ] as const)("makes two %s where names may clash: the call looks again and names both", async (kind, path) => {
    const scene = await stage({ assumptions: { nameClash: "allow" } });
    const body = { instances: instanceBody(scene), pools: { workspace } }[kind];
    const error = await errorOf(createOnce(lateClient(scene, path), kind, body, job));
    expect(error).toMatchObject({ name: "IntentConflictError" });
    const rows: readonly { id: string; name: string }[] = scene.sim.state[kind];
    const ids = rows.filter(({ name }) => name === "job-17").map(({ id }) => id);
    expect(ids).toHaveLength(2);
    for (const id of ids) expect((error as Error).message).toContain(id);
  });

  test("creates one resource when names are unique", async () => {
    const scene = await stage();
    const created = await createOnce(lateClient(scene, "/pools"), "pools", { workspace }, job);
    expect(created.outcome).toBe("adopted");
    expect(scene.sim.state.pools.filter(({ name }) => name === "job-17")).toHaveLength(1);
  });

  test("stays uncertain when the final check fails", async () => {
    const scene = await stage({ assumptions: { nameClash: "allow" } });
    scene.sim.faults.add({
      operation: "list_pools",
      nth: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
      fault: { kind: "answer", status: 500 },
    });
    const error = await errorOf(createOnce(lateClient(scene, "/pools"), "pools", { workspace }, job));
    expect(error).toMatchObject({ name: "CreateUncertainError", ambiguous: true });
  });

  test("of a kind without tags and with an explicit name is not adopted by its name alone", async () => {
    const scene = await stage();
    scene.sim.faults.add({ operation: "create_image", nth: 1, fault: { kind: "reset", when: "after" } });
    const error = await errorOf(createOnce(scene.sfc, "images", { workspace, name: "shared" }, job));
    expect(error).toMatchObject({ name: "CreateUncertainError", ambiguous: true });
    expect((error as Error).message).toContain(scene.sim.state.images.find(({ name }) => name === "shared")?.id);
  });
});
