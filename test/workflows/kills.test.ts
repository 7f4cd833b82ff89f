import { describe, expect, test } from "vitest";
import type { Simulator } from "../../packages/devtools/src/simulator.js";
import { type Creatable, type CreatableKind, createOnce, placeOrder } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { untilKilled } from "./faults.js";
import { clientOf, hastyRuntime, type Stage, stage } from "./support.js";

/** The client of a process that is killed at its n-th request: before it is sent, or after the service has executed it. */
function dyingClient(sim: Simulator, n: number, when: "before" | "after") {
  const died = new AbortController();
  let sent = 0;
  const fetch: Fetch = async (url, init) => {
    if (died.signal.aborted) return new Promise(() => undefined);
    const last = ++sent === n;
    if (!last || when === "after") {
      const response = await globalThis.fetch(url, init);
      if (!last) return response;
      await response.text();
    }
    // The abort comes later, so that the run is already watched even when it is killed at its first request.
    setImmediate(() => died.abort());
    return new Promise(() => undefined);
  };
  return { sfc: clientOf(sim, fetch), died };
}

/** Kills a run at each of its requests in turn, until a run completes. */
async function killEverywhere(
  sim: Simulator,
  when: "before" | "after",
  run: (sfc: ReturnType<typeof clientOf>) => Promise<unknown>,
): Promise<number> {
  for (let n = 1; ; n++) {
    const { sfc, died } = dyingClient(sim, n, when);
    const running = run(sfc);
    await untilKilled(died, running);
    if (!died.signal.aborted) {
      await running;
      return n;
    }
  }
}

describe.each(["before", "after"] as const)("killed %s every request in turn, and restarted each time,", (when) => {
  test.each([1, -1])("placeOrder places one order while the market moves (%i) between the runs", async (direction) => {
    const scene = await stage();
    const { sim } = scene;
    const start_at = sim.now.getTime() / 1_000 + 48 * 3_600;
    const pool = "sfc:pool:acme:default:main";
    const plan = { side: "buy", pool, start_at, duration_seconds: 7_200, node_count: 2 } as const;
    let runs = 0;
    const count = await killEverywhere(sim, when, (sfc) => {
      runs += 1;
      sim.placeMarketOrder({
        side: direction > 0 ? "buy" : "sell",
        sku: "richmond",
        // Once the order is placed, it is found although the price is above the limit.
        nodes: sim.state.orders.length > 0 ? 48 : 9,
        price: direction > 0 ? "20.000000" : `${16 - runs}.000000`,
        fromHours: 0,
        untilHours: 336,
      });
      sim.advance({ minutes: 1 });
      return placeOrder(sfc, plan, { intent: "job-17", maxSpend: "100" });
    });
    expect(count).toBeGreaterThan(3);
    expect(sim.state.orders).toHaveLength(1);
  });

  test.each(["instances", "pools", "images", "instanceTemplates", "procurements", "workspaces"] as const)(
    "createOnce creates one of %s, whether names are unique or not",
    async (kind) => {
      for (const nameClash of ["refuse", "allow"] as const) {
        const scene = await stage({ assumptions: { nameClash } });
        const before = (scene.sim.state[kind] as readonly unknown[]).length;
        const count = await killEverywhere(scene.sim, when, (sfc) =>
          createOnce(sfc, kind, bodyOf(scene, kind), { intent: "job-17", runtime: hastyRuntime() }),
        );
        expect(count).toBeGreaterThan(1);
        expect((scene.sim.state[kind] as readonly unknown[]).length).toBe(before + 1);
      }
    },
  );
});

describe("two processes at once", () => {
  test.each([
    ["replays", "replay"],
    ["refuses", 409],
  ] as const)(
    "place one order for one intent when the service %s another body with the same key",
    async (_, keyMismatch) => {
      for (let delay = 0; delay < 8; delay++) {
        const scene = await stage({ assumptions: { keyMismatch } });
        const { sim } = scene;
        const start_at = sim.now.getTime() / 1_000 + 48 * 3_600;
        const pool = "sfc:pool:acme:default:main";
        const plan = { side: "buy", pool, start_at, duration_seconds: 7_200, node_count: 2 } as const;
        const options = { intent: "job-17", maxSpend: "100" };
        // The second process gets its quote after the market has moved, each time at a different step of the first process.
        let requests = 0;
        const slow: Fetch = async (url, init) => {
          for (let turn = 0; turn < delay * 3; turn++) await new Promise(setImmediate);
          if (++requests === 3) {
            sim.placeMarketOrder({
              side: "buy",
              sku: "richmond",
              nodes: 16,
              price: "17.0",
              fromHours: 0,
              untilHours: 336,
            });
            sim.advance({ minutes: 1 });
          }
          return globalThis.fetch(url, init);
        };
        const results = await Promise.allSettled([
          placeOrder(clientOf(sim), plan, options),
          placeOrder(clientOf(sim, slow), plan, options),
        ]);
        expect(sim.state.orders).toHaveLength(1);
        for (const result of results) {
          if (result.status === "fulfilled") expect(result.value.order.id).toBe(sim.state.orders[0]?.id);
          else expect(result.reason).toMatchObject({ ambiguous: true });
        }
      }
    },
  );
});

function bodyOf<Kind extends CreatableKind>({ sim }: Stage, kind: Kind): Creatable[Kind]["body"] {
  const workspace = "sfc:workspace:acme:default";
  const image = "sfc:image:acme:default:trainer";
  const instance_sku = sim.state.instanceSkus[0]?.id ?? "";
  const pool = sim.state.pools[1]?.id ?? "";
  const prices = { min_sell_price_dollars_per_node_hour: "90.0", max_buy_price_dollars_per_node_hour: "1.0" };
  const bodies: { [Each in CreatableKind]: Creatable[Each]["body"] } = {
    instances: { pool: "sfc:pool:acme:default:spare", image, instance_sku },
    pools: { workspace },
    images: { workspace },
    instanceTemplates: { workspace, image },
    procurements: { pool, instance_sku, target: 0, managed_window_minutes: 60, ...prices },
    workspaces: {},
  };
  return bodies[kind];
}
