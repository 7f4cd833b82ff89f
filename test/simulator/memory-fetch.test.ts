import { expect, it, onTestFinished } from "vitest";
import { type Fault, type SimulatorOptions, startSimulator } from "../../packages/devtools/src/simulator.js";
import { SfcClient } from "../../src/index.js";

/** A simulator without a port, and a client of it. */
async function withoutServer(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ listen: false, ...options });
  onTestFinished(() => simulator.close());
  const get = (fault: Fault, init: RequestInit = {}) => {
    simulator.faults.add({ fault });
    return simulator.fetch(`${simulator.url}/preview/v2/me`, {
      ...init,
      headers: { authorization: `Bearer ${simulator.token}` },
    });
  };
  const sfc = new SfcClient({ baseUrl: simulator.url, token: simulator.token, fetch: simulator.fetch });
  return { simulator, sfc, get };
}

it("serves a client without a socket, including images", async () => {
  const { simulator, sfc } = await withoutServer();
  expect((await sfc.pools.list()).data.map(({ name }) => name)).toEqual(["notebooks", "spare", "main"]);
  const image = await sfc.images.create({ workspace: "sfc:workspace:acme:default", name: "mine" });
  const { url } = await sfc.images.createUploadPart(image.id, { part_id: 1 });
  expect((await simulator.fetch(url, { method: "PUT", body: "bytes" })).status).toBe(200);
  const sha256 = "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9";
  await sfc.images.complete(image.id, { sha256 });
  const download = await sfc.images.download(image.id);
  expect(await (await simulator.fetch(download.url)).text()).toBe("bytes");
});

it.each([[{ kind: "refuse" }], [{ kind: "reset", when: "after" }], [{ kind: "malformed", what: "length" }]] as [
  Fault,
][])("a connection that is lost rejects as the global fetch does: %j", async (fault) => {
  const { get } = await withoutServer();
  await expect(get(fault)).rejects.toThrow(new TypeError("fetch failed"));
});

it("a response that breaks off fails while its body is read, and one that drips is complete in the end", async () => {
  const { get, simulator } = await withoutServer();
  const broken = await get({ kind: "truncate" });
  await expect(broken.text()).rejects.toThrow("terminated");
  simulator.faults.clear();
  expect((await (await get({ kind: "drip", everyMs: 0 })).json()).account_id).toBe("acme");
  simulator.faults.clear();
  await (await get({ kind: "drip", everyMs: 0 })).body?.cancel();
  simulator.faults.clear();
  expect((await get({ kind: "reason", phrase: "Готово" })).statusText).toBe("??????");
  simulator.faults.clear();
  expect((await (await get({ kind: "unsolicited" })).json()).account_id).toBe("acme");
  simulator.faults.clear();
  expect((await (await get({ kind: "latency", ms: 1 })).json()).account_id).toBe("acme");
});

it("a stall ends when the caller aborts or the simulator closes", async () => {
  const { get, simulator } = await withoutServer();
  const controller = new AbortController();
  const silent = get({ kind: "stall", at: "headers" }, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(silent).rejects.toThrow("enough");
  simulator.faults.clear();
  const half = await get({ kind: "stall", at: "body" });
  const text = half.text();
  const slow = get({ kind: "latency", ms: 1_000_000 });
  await simulator.close();
  await expect(text).rejects.toThrow("fetch failed");
  await expect(slow).rejects.toThrow("fetch failed");
  await expect(get({ kind: "refuse" })).rejects.toThrow("fetch failed");
});

it("a write with a late commit is committed after the caller has aborted", async () => {
  const { simulator } = await withoutServer();
  simulator.faults.add({ operation: "pools.create", fault: { kind: "late-commit" } });
  const controller = new AbortController();
  const call = simulator.fetch(`${simulator.url}/preview/v2/pools`, {
    method: "POST",
    headers: { authorization: `Bearer ${simulator.token}`, "content-type": "application/json" },
    body: JSON.stringify({ workspace: "sfc:workspace:acme:default", name: "late" }),
    signal: controller.signal,
  });
  while (simulator.requests.length === 0) await new Promise((turn) => setImmediate(turn));
  await new Promise((turn) => setImmediate(turn));
  expect(simulator.state.pools).toHaveLength(3);
  controller.abort();
  await expect(call).rejects.toThrow("aborted");
  while (simulator.state.pools.length === 3) await new Promise((turn) => setImmediate(turn));
});
