import { expect, it } from "vitest";
import { type SavedWorld, startSimulator } from "../../packages/devtools/src/simulator.js";
import { instanceBody, orderBody, session } from "./session.js";

async function used() {
  const s = await session();
  await s.post("/orders", orderBody(s), { key: "order-1" });
  await s.post("/instances", instanceBody(s, { tags: { $map: "a tag", env: "prod" } }));
  s.sim.advance({ hours: 2 });
  s.sim.writeLog(s.sim.state.instances[0]?.id ?? "", "hello");
  const gone = await s.post("/pools", { workspace: s.workspace("default"), name: "gone" });
  await s.delete(`/pools/${gone.body.id}`);
  return s;
}

const json = (saved: SavedWorld) => JSON.parse(JSON.stringify(saved)) as SavedWorld;

it("another simulator continues a saved world without a difference", async () => {
  const s = await used();
  const saved = json(await s.sim.save());
  const t = await session({ savedWorld: saved });
  expect(t.sim.now).toEqual(s.sim.now);
  expect({ ...t.sim.state }).toEqual({ ...s.sim.state });
  expect(await t.sim.save()).toEqual(await s.sim.save());
  // Ids, time and keys continue where they were.
  for (const one of [s, t]) {
    expect((await one.post("/orders", orderBody(one, { allocation_schedule_delta: undefined }))).status).toBe(422);
    await one.post("/pools", { workspace: one.workspace("default") });
    one.sim.advance({ days: 40 });
  }
  expect({ ...t.sim.state }).toEqual({ ...s.sim.state });
  const logs = await t.get(`/instances/${t.sim.state.instances[0]?.id}/logs`);
  expect(JSON.stringify(logs.body)).toContain(Buffer.from("hello").toString("base64"));
});

it("an idempotency key returns its first result after a save, and images keep their bytes", async () => {
  const s = await session();
  const body = orderBody(s);
  const first = await s.post("/orders", body, { key: "order-1" });
  const t = await session({ savedWorld: json(await s.sim.save()) });
  expect((await t.post("/orders", body, { key: "order-1" })).body.id).toBe(first.body.id);
  expect(t.sim.state.orders).toHaveLength(1);
  const { body: download } = await t.get(`/images/${t.image("trainer")}/download`);
  expect(await (await fetch(download.url)).text()).toBe("image trainer\n");
});

it("load and reset replace the world, and clear faults and the request log", async () => {
  const s = await used();
  const saved = json(await s.sim.save());
  const t = await session({ faults: [{ operation: "account.me", times: 1, fault: { kind: "answer", status: 503 } }] });
  const fresh = { ...t.sim.state };
  t.sim.faults.add({ fault: { kind: "refuse" } });
  await t.sim.load(saved);
  expect([t.sim.requests.length, t.sim.faults.list().length]).toEqual([0, 0]);
  expect({ ...t.sim.state }).toEqual({ ...s.sim.state });
  await t.sim.reset();
  expect({ ...t.sim.state }).toEqual(fresh);
  expect(t.sim.faults.list()).toHaveLength(1);
  await t.sim.reset({ pools: [{ name: "only" }] });
  expect(t.sim.state.pools.map(({ name }) => name)).toEqual(["only"]);
});

it.each([
  [{}, "is not a saved world"],
  [{ format: "sfc-simulator-world", version: 2 }, "has version 2; this package reads version 1"],
  [{ format: "sfc-simulator-world", version: 1, content: { seq: 1 } }, "content is damaged"],
])("anything but a saved world is refused: %j", async (saved, message) => {
  await expect(startSimulator({ savedWorld: saved as never })).rejects.toThrow(message);
  const s = await session();
  await expect(s.sim.load(saved as never)).rejects.toThrow(message);
  expect(s.sim.state.pools).toHaveLength(3);
});
