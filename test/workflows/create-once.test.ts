import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SfcClient } from "../../src/index.js";
import { type Creatable, type CreatableKind, createOnce, type IntentConflictError } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { isLong } from "../support/long.js";
import { faultMatrix, killedAt, untilKilled } from "./faults.js";
import {
  clientOf,
  clientWithoutResponse,
  errorOf,
  hastyRuntime,
  openStage,
  operationsOf,
  type Stage,
  stage,
} from "./support.js";

const workspace = "sfc:workspace:acme:default";
const image = "sfc:image:acme:default:trainer";

type Bodies = { [Kind in CreatableKind]: Creatable[Kind]["body"] };

/** The kind, its operation, its list in the simulator's state, and the path of the create operation. */
const kinds = [
  ["instances", "create_instance", "/instances"],
  ["pools", "create_pool", "/pools"],
  ["images", "create_image", "/images"],
  ["instanceTemplates", "create_instance_template", "/instance_templates"],
  ["procurements", "create_procurement", "/procurements"],
  ["workspaces", "create_workspace_handler", "/workspaces"],
] as const;

function bodies({ sim }: Stage): Bodies {
  const instance_sku = sim.state.instanceSkus[0]?.id ?? "";
  const pool = sim.state.pools[1]?.id ?? "";
  return {
    instances: { pool, image, instance_sku, tags: { env: "test" }, cloud_init_user_data: "YQ==" },
    pools: { workspace, tags: { env: "test" } },
    images: { workspace },
    instanceTemplates: { workspace, image },
    procurements: {
      pool,
      instance_sku,
      target: 0,
      min_sell_price_dollars_per_node_hour: "90.0",
      max_buy_price_dollars_per_node_hour: "1.00001",
      managed_window_minutes: 60,
    },
    workspaces: {},
  };
}

function named({ sim }: Stage, kind: CreatableKind, name: string) {
  return (sim.state[kind] as readonly { id: string; name: string }[]).filter((row) => row.name === name);
}

/** Only one procurement is allowed per pool and SKU, so each test begins without one. */
async function clear({ sim, sfc }: Stage): Promise<void> {
  for (const { id } of sim.state.procurements) await sfc.procurements.delete(id);
}

/** A `fetch` that gets no further response once it has sent a POST to this path. */
function unreachableAfter(path: string): Fetch {
  let posted = false;
  return (url, init) => {
    if (posted) throw new TypeError("fetch failed");
    posted = init.method === "POST" && url.endsWith(path);
    return fetch(url, init);
  };
}

describe.each(kinds)("createOnce of %s", (kind, operation, path) => {
  let scene: Stage;
  beforeAll(async () => {
    scene = await openStage();
  });
  afterAll(() => scene.sim.close());
  const create = (intent: string, sfc: SfcClient = clientOf(scene.sim)) =>
    createOnce(sfc, kind, bodies(scene)[kind], { intent, runtime: hastyRuntime() });

  test("creates a resource named for the intent, and adopts it when called again, also in another process", async () => {
    await clear(scene);
    const first = await create("plain");
    expect(first).toMatchObject({ outcome: "created", resource: { name: "plain" } });
    const second = await create("plain");
    expect(second).toMatchObject({ outcome: "adopted", resource: { id: first.resource.id } });
    expect(named(scene, kind, "plain")).toHaveLength(1);
  });

  test("derives a valid name from an intent that is not a valid name", async () => {
    await clear(scene);
    const { resource } = await create("Auftrag 17/b für Ada");
    expect(resource.name).toMatch(/^Auftrag-17-b-f-r-Ada-[0-9a-f]{24}$/);
    await expect(create("Auftrag 17/b für Ada")).resolves.toMatchObject({ resource: { id: resource.id } });
  });

  // All faults run for one kind, because the kinds share the affected code. The long run applies all faults to every kind.
  const faults =
    isLong || kind === "instances" ? faultMatrix : faultMatrix.filter(([what]) => /reset|although|half-way/.test(what));
  describe.each(faults)("creates exactly one resource despite %s", (what, fault) => {
    test.each([
      ["at the first attempt", 1],
      ["at every attempt", undefined],
    ] as const)("%s", async (when, nth) => {
      await clear(scene);
      const name = `${what} ${when}`.replaceAll(" ", "-");
      const struck = scene.sim.faults.add({ operation, ...(nth && { nth }), fault });
      const first = await create(name).catch((error: unknown) => error);
      expect(struck.struck).toBeGreaterThan(0);
      expect(named(scene, kind, name).length).toBeLessThanOrEqual(1);
      struck.remove();
      const { resource } = await create(name);
      expect(named(scene, kind, name).map(({ id }) => id)).toEqual([resource.id]);
      if (nth === 1 && fault.kind !== "redirect") expect(first).toMatchObject({ resource: { id: resource.id } });
    });
  });

  test.each(["before", "after"] as const)(
    "creates exactly one when the process is killed %s the write and restarted",
    async (when) => {
      await clear(scene);
      const { fetch, died } = killedAt(scene.sim, { method: "POST", path: new RegExp(`${path}$`), when });
      await untilKilled(died, create(`killed-${when}`, clientOf(scene.sim, fetch)));
      expect(named(scene, kind, `killed-${when}`)).toHaveLength(when === "after" ? 1 : 0);
      const { resource, outcome } = await create(`killed-${when}`);
      expect(outcome).toBe(when === "after" ? "adopted" : "created");
      expect(named(scene, kind, `killed-${when}`).map(({ id }) => id)).toEqual([resource.id]);
    },
  );

  test("creates exactly one when the write is applied and its response never arrives", async () => {
    await clear(scene);
    const { resource, outcome } = await create("silent", clientWithoutResponse(scene.sim, path));
    expect(outcome).toBe("adopted");
    expect(named(scene, kind, "silent").map(({ id }) => id)).toEqual([resource.id]);
  });

  test("creates exactly one when two processes call it at the same time", async () => {
    await clear(scene);
    const both = await Promise.all([create("twice"), create("twice")]);
    expect(new Set(both.map(({ resource }) => resource.id)).size).toBe(1);
    expect(named(scene, kind, "twice")).toHaveLength(1);
  });

  test("throws an ambiguous error when the check fails too, and adopts the resource the next time", async () => {
    await clear(scene);
    const struck = scene.sim.faults.add({ operation, fault: { kind: "reset", when: "after" } });
    const error = await errorOf(create("dark", clientOf(scene.sim, unreachableAfter(path))));
    expect(error).toMatchObject({ name: "CreateUncertainError", ambiguous: true, intent: "dark" });
    struck.remove();
    await create("dark");
    expect(named(scene, kind, "dark")).toHaveLength(1);
  });
});

test("uses the body as it was at the call, even if the caller changes it later", async () => {
  const scene = await stage();
  const body = { ...bodies(scene).instances, tags: { env: "first" } };
  const options = { runtime: scene.runtime };
  const first = createOnce(scene.sfc, "instances", body, { ...options, intent: "first" });
  Object.assign(body, { name: "second" });
  body.tags.env = "second";
  const second = createOnce(scene.sfc, "instances", body, { ...options, intent: "second" });
  Object.assign(body, { name: undefined, pool: "pool_none" });
  body.tags.env = "third";
  const created = [(await first).resource, (await second).resource];
  expect(created).toMatchObject([
    { name: "first", tags: { env: "first" } },
    { name: "second", tags: { env: "second" } },
  ]);
});

describe("createOnce", () => {
  const intent = { intent: "job", runtime: hastyRuntime() };

  test.each([
    ["image", { image: "sfc:image:sfcompute:public:ubuntu-24.04-cuda-13" }],
    ["tags", { tags: { env: "prod" } }],
    ["cloud_init_user_data", { cloud_init_user_data: "Yg==" }],
    ["priority_level", { priority_level: "critical" as const }],
  ])("throws an error with the existing and the requested value when they differ in %s", async (field, more) => {
    const scene = await stage();
    const { resource } = await createOnce(scene.sfc, "instances", bodies(scene).instances, intent);
    const asked = { ...bodies(scene).instances, ...more };
    const error = (await errorOf(createOnce(scene.sfc, "instances", asked, intent))) as IntentConflictError<{
      id: string;
    }>;
    expect(error).toMatchObject({ name: "IntentConflictError", intent: "job", differences: [field] });
    expect(error.existing.id).toBe(resource.id);
    expect(error.requested).toEqual(asked);
    expect(scene.sim.state.instances).toHaveLength(1);
  });

  test.each(["instances", "pools", "workspaces"] as const)(
    "throws a DecodeError and creates nothing when the list of %s contains null",
    async (kind) => {
      const scene = await stage();
      const fetch: Fetch = async (url, init) =>
        init.method === "GET" && new URL(url).pathname.endsWith(`/${kind}`)
          ? Response.json({ data: [null], has_more: false })
          : globalThis.fetch(url, init);
      const sfc = clientOf(scene.sim, fetch);
      expect(await errorOf(createOnce(sfc, kind, bodies(scene)[kind], intent))).toMatchObject({
        name: "DecodeError",
        message: "the list cannot be read.",
      });
      expect(named(scene, kind, "job")).toHaveLength(0);
    },
  );

  test.each([
    ["instance_sku", { instance_sku: null }, ["instance_sku"]],
    ["instance_sku", { instance_sku: { id: 7 } }, ["instance_sku"]],
    ["the digests", { tags: { "sfc-preview-sdk.intent": "job", "sfc-preview-sdk.request": 7 } }, ["image", "tags"]],
  ])("names what differs although %s of what exists cannot be read: %j", async (_, more, differences) => {
    const scene = await stage();
    await createOnce(scene.sfc, "instances", bodies(scene).instances, intent);
    const fetch: Fetch = async (url, init) => {
      const response = await globalThis.fetch(url, init);
      if (!url.includes("/instances?")) return response;
      const page = (await response.json()) as { data: object[] };
      return Response.json({ ...page, data: page.data.map((instance) => ({ ...instance, ...more })) });
    };
    const image = differences.includes("image") ? "image_other" : bodies(scene).instances.image;
    const asked = { ...bodies(scene).instances, image, name: "job" };
    expect(await errorOf(createOnce(clientOf(scene.sim, fetch), "instances", asked, intent))).toMatchObject({
      name: "IntentConflictError",
      differences,
    });
  });

  test("does not print the startup script when the error is printed", async () => {
    const scene = await stage();
    await createOnce(scene.sfc, "instances", bodies(scene).instances, intent);
    const asked = { ...bodies(scene).instances, cloud_init_user_data: "c2VjcmV0IHNjcmlwdA==" };
    const error = await errorOf(createOnce(scene.sfc, "instances", asked, intent));
    expect(`${JSON.stringify(error)}${(error as Error).stack}`).not.toContain("c2VjcmV0");
  });

  test("treats a resource path as the id that it refers to", async () => {
    const scene = await stage();
    const { resource } = await createOnce(scene.sfc, "instances", bodies(scene).instances, intent);
    const byPath = { ...bodies(scene).instances, pool: "sfc:pool:acme:default:spare" };
    await expect(createOnce(scene.sfc, "instances", byPath, intent)).resolves.toMatchObject({
      outcome: "adopted",
      resource: { id: resource.id },
    });
  });

  test("adopts a resource that was changed or renamed since", async () => {
    const scene = await stage();
    const { resource } = await createOnce(scene.sfc, "instances", bodies(scene).instances, intent);
    await scene.sfc.instances.update(resource.id, { name: "renamed", priority_level: "critical" });
    await expect(createOnce(scene.sfc, "instances", bodies(scene).instances, intent)).resolves.toMatchObject({
      outcome: "adopted",
      resource: { id: resource.id, name: "renamed" },
    });
  });

  test("adopts the replacement of an instance, which inherits its tags, and not the terminated instance", async () => {
    const scene = await stage();
    const { resource } = await createOnce(scene.sfc, "instances", bodies(scene).instances, intent);
    const replacement = await scene.sfc.instances.replace(resource.id, { image });
    await expect(createOnce(scene.sfc, "instances", bodies(scene).instances, intent)).resolves.toMatchObject({
      resource: { id: replacement.id },
    });
  });

  test("throws when the name belongs to a resource that this intent did not create", async () => {
    const scene = await stage();
    await scene.sfc.pools.create({ workspace, name: "job", tags: { env: "prod" } });
    const error = await errorOf(createOnce(scene.sfc, "pools", { workspace, tags: { env: "test" } }, intent));
    expect(error).toMatchObject({ name: "IntentConflictError", differences: ["intent"] });
    expect(scene.sim.state.pools.filter(({ name }) => name === "job")).toHaveLength(1);
  });

  test("throws the service's error for an invalid body, and creates nothing", async () => {
    const scene = await stage();
    const body = { ...bodies(scene).instances, instance_sku: "isku_unknown" };
    await expect(createOnce(scene.sfc, "instances", body, intent)).rejects.toMatchObject({
      name: "ApiError",
      ambiguous: false,
    });
    expect(operationsOf(scene.sim).filter((id) => id === "create_instance")).toHaveLength(1);
    expect(scene.sim.state.instances).toEqual([]);
  });

  test("creates exactly one because it checks first, even when the service accepts duplicate names", async () => {
    const scene = await stage({ assumptions: { nameClash: "allow" } });
    scene.sim.faults.add({ operation: "create_instance", fault: { kind: "reset", when: "after" }, times: 1 });
    await createOnce(scene.sfc, "instances", bodies(scene).instances, intent);
    await createOnce(scene.sfc, "instances", bodies(scene).instances, intent);
    expect(scene.sim.state.instances).toHaveLength(1);
  });

  test("throws an ambiguous AbortError when the caller aborts after a lost response", async () => {
    const scene = await stage();
    const controller = new AbortController();
    scene.sim.faults.add({ operation: "create_instance", fault: { kind: "reset", when: "after" } });
    const runtime = { ...hastyRuntime(), setTimeout: () => queueMicrotask(() => controller.abort()) };
    const create = createOnce(scene.sfc, "instances", bodies(scene).instances, {
      intent: "job",
      runtime,
      signal: controller.signal,
    });
    await expect(create).rejects.toMatchObject({ name: "AbortError", ambiguous: true });
  });

  test("refuses an empty intent before anything is sent", async () => {
    const scene = await stage();
    await expect(createOnce(scene.sfc, "workspaces", {}, { intent: "" })).rejects.toMatchObject({ name: "UsageError" });
    expect(scene.sim.requests).toEqual([]);
  });
});
