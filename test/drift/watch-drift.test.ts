import { build } from "esbuild";
import { expect, test } from "vitest";
import { type Drift, type OnDrift, watchDrift } from "../../packages/devtools/src/drift.js";
import { type Middleware, SfcClient } from "../../src/index.js";
import { always, json, type ScriptedFetch, scriptedFetch, status } from "../support/scripted-fetch.js";
import { turns } from "../support/settle.js";

const workspace = {
  object: "workspace",
  id: "wksp_1",
  resource_path: "sfc:workspace:acme:default",
  owner: "acme",
  name: "default",
  created_at: 1,
};
const drifted = { ...workspace, color: "secret-value", created_at: "secret-time" };

function client(fetch: ScriptedFetch, onDrift: OnDrift, ...outer: Middleware[]): SfcClient {
  return new SfcClient({ token: "sk_live_t", fetch, middleware: [...outer, watchDrift({ onDrift })] });
}

/** The differences that are reported while a client is used, in order. */
async function reports(fetch: ScriptedFetch, work: (sfc: SfcClient) => Promise<unknown>): Promise<Drift[]> {
  const found: Drift[] = [];
  await work(client(fetch, (drift) => found.push(drift)));
  await turns(40);
  return found;
}

test("reports each kind of difference once per place, method and status", async () => {
  const found = await reports(always(json(drifted)), async (sfc) => {
    await sfc.workspaces.get("wksp_1");
    await sfc.workspaces.get("wksp_2");
    await sfc.workspaces.update("wksp_1", { name: "x" });
  });
  expect(found.map(({ operation, status, kind, place }) => `${operation} ${status} ${kind} ${place}`)).toEqual([
    "workspaces.get 200 wrong-type created_at",
    "workspaces.get 200 unknown-member color",
    "workspaces.update 200 wrong-type created_at",
    "workspaces.update 200 unknown-member color",
  ]);
  expect(found[0]).toEqual({
    kind: "wrong-type",
    operation: "workspaces.get",
    status: 200,
    place: "created_at",
    expected: "integer",
    received: "string",
    pointer: "#/components/schemas/WorkspaceResponse/allOf/1/properties/created_at",
  });
});

test("reports contain places and types, never a value", async () => {
  const found = await reports(always(json(drifted)), (sfc) => sfc.workspaces.get("wksp_1"));
  expect(found).not.toEqual([]);
  expect(JSON.stringify(found)).not.toMatch(/secret|wksp_1|acme|default/);
});

test("checks errors and each attempt", async () => {
  const found = await reports(scriptedFetch(status(418), json(workspace)), (sfc) =>
    sfc.workspaces.get("wksp_1").catch(() => undefined),
  );
  expect(found.map(({ kind, received }) => `${kind} ${received}`)).toEqual(["undeclared-status status 418"]);
});

test("delivers the response unchanged, before anything is checked", async () => {
  const order: string[] = [];
  const sfc = client(always(json(drifted)), () => order.push("drift"));
  const data = await sfc.workspaces.get("wksp_1");
  order.push("delivered");
  await turns(10);
  expect(data).toEqual(drifted);
  expect(order).toEqual(["delivered", "drift", "drift"]);
});

test("keeps the body readable for outer middleware", async () => {
  const found: Drift[] = [];
  let seen: unknown;
  const reader: Middleware = async (request, next) => {
    const response = await next(request);
    seen = await response.json();
    return response;
  };
  const sfc = client(always(json(drifted)), (drift) => found.push(drift), reader);
  expect(await sfc.workspaces.get("wksp_1")).toEqual(drifted);
  await turns(10);
  expect(seen).toEqual(drifted);
  expect(found).toHaveLength(2);
});

test("an onDrift that throws or rejects has no effect on the call", async () => {
  const calls: string[] = [];
  const throws = client(always(json(drifted)), ({ kind }) => {
    calls.push(kind);
    throw new Error("from onDrift");
  });
  const rejects = client(always(json(drifted)), (async ({ kind }: Drift) => {
    calls.push(kind);
    throw new Error("from onDrift");
  }) as OnDrift);
  expect(await throws.workspaces.get("wksp_1")).toEqual(drifted);
  expect(await rejects.workspaces.get("wksp_1")).toEqual(drifted);
  await turns(20);
  expect(calls).toHaveLength(4);
});

test("an error of the call passes through", async () => {
  const sfc = client(scriptedFetch(status(404, {}, "not_found")), () => undefined);
  await expect(sfc.workspaces.get("wksp_1")).rejects.toMatchObject({ name: "ApiError", status: 404 });
});

test("memory is bounded: at most 1,000 differences are reported", async () => {
  const letters = (n: number) => [...String(n)].map((digit) => "abcdefghij"[Number(digit)]).join("");
  let n = 0;
  const fetch = always(() => {
    const members = Array.from({ length: 8 }, () => [`m_${letters(n++)}`, 1]);
    return json({ ...workspace, ...Object.fromEntries(members) })(new AbortController().signal) as Response;
  });
  const found = await reports(fetch, async (sfc) => {
    for (let call = 0; call < 150; call += 1) {
      await sfc.workspaces.get("wksp_1");
      await turns(2);
    }
  });
  expect(n).toBe(1_200);
  expect(found).toHaveLength(1_000);
});

test("memory is bounded: of many concurrent responses, only some are checked", async () => {
  let n = 0;
  const fetch = always(
    () =>
      json({ ...workspace, [`m_${"abcdefghij"[n % 10]}${"abcdefghij"[Math.floor(n++ / 10)]}`]: 1 })(
        new AbortController().signal,
      ) as Response,
  );
  const found = await reports(fetch, async (sfc) => {
    await Promise.all(Array.from({ length: 100 }, () => sfc.workspaces.get("wksp_1")));
    // This is long enough for all responses if all were checked.
    await turns(1_000);
  });
  expect(n).toBe(100);
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThan(100);
});

test("refuses an unknown or invalid option by name", () => {
  const give = (options: object) => () => watchDrift(options as Parameters<typeof watchDrift>[0]);
  expect(give({})).toThrow("options.onDrift is missing: it must be a function");
  expect(give({ onDrift: "log" })).toThrow('options.onDrift must be a function, not "log"');
  expect(give({ onDrift: () => undefined, onDirft: 1 })).toThrow("options.onDirft is unknown; use one of onDrift");
});

test("imports no package and evaluates no code from strings", async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: ["packages/devtools/src/drift.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
    metafile: true,
  });
  expect(Object.keys(metafile.inputs).filter((file) => file.includes("node_modules"))).toEqual([]);
  expect(outputFiles[0]?.text).not.toMatch(/new Function|\beval\(/);
});
