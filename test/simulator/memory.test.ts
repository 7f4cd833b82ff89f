import { expect, it } from "vitest";
import { defaultAssumptions } from "../../packages/devtools/src/simulator/assumptions.js";
import { KeyMemory } from "../../packages/devtools/src/simulator/http/idempotency.js";
import { Store } from "../../packages/devtools/src/simulator/storage/store.js";
import { session } from "./session.js";

/* Memory is bounded, so that a simulator can run for weeks. `npm run bench:simulator` measures 50,000 calls. */

it("the request log keeps the newest 10,000 entries by default", async () => {
  const { sim } = await session({ listen: false });
  const calls = Array.from({ length: 10_050 }, () => sim.fetch(`${sim.url}/nothing`));
  await Promise.all(calls);
  expect([sim.requests.length, sim.requests[0]?.number, sim.requests.at(-1)?.number]).toEqual([10_000, 51, 10_050]);
});

it("an idempotency key is forgotten after its lifetime", () => {
  const keys = new KeyMemory({ ...defaultAssumptions, keyLifetimeSeconds: 60 });
  const place = (key: number) => ({ operation: "create_order", token: "t", key: String(key) });
  for (let n = 0; n < 1_000; n++) keys.remember(place(n), "{}", 201, {}, n * 1_000);
  expect(keys.size).toBe(60);
  expect(keys.recall(place(999), "{}", 999_000)).toBeDefined();
});

it("a removed row is forgotten once many rows are removed and no other row refers to it", () => {
  const store = new Store();
  const pool = (n: number) => ({ id: `pool_${n}`, seq: n, scope: "w", name: `p${n}` }) as never;
  store.instances.insert({ id: "inst_1", seq: 1, scope: "w", name: "i", poolId: "pool_7" } as never);
  for (let n = 0; n < 5_000; n++) {
    const row = store.pools.insert(pool(n));
    store.pools.remove(row);
    store.forgetUnreferenced();
  }
  expect(store.pools.removedCount).toBeLessThanOrEqual(1_000);
  expect(store.pools.ever("pool_7").name).toBe("p7");
});
