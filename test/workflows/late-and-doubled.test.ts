import { expect, test } from "vitest";
import type { Fault, FaultRule } from "../../packages/devtools/src/simulator.js";
import { createOnce, placeOrder } from "../../src/workflows.js";
import { clientOf, type Stage, stage } from "./support.js";

/* Requests that are lost or delivered twice, combined with reads that do not include the last writes yet. */

const lost: readonly Fault[] = [
  { kind: "reset", when: "after" },
  { kind: "malformed", what: "chunk" },
  { kind: "twice" },
];
const creations = ["instances", "pools", "workspaces"] as const;
const operations = {
  instances: "create_instance",
  pools: "create_pool",
  workspaces: "create_workspace_handler",
} as const;

function bodyFor(kind: (typeof creations)[number], { sim }: Stage): object {
  const [pool] = sim.state.pools;
  const image = sim.state.images.find(({ name }) => name === "trainer");
  if (kind === "workspaces") return {};
  if (kind === "pools") return { workspace: "sfc:workspace:acme:default" };
  return { pool: pool?.id, image: image?.id, instance_sku: sim.state.instanceSkus[0]?.id };
}

function addFaults({ sim }: Stage, operation: FaultRule["operation"] & string, fault: Fault, lags: number): void {
  sim.faults.add({ operation, nth: 1, fault });
  sim.faults.add({ times: lags, fault: { kind: "lag", writes: 2 } });
}

const cells = creations.flatMap((kind) =>
  lost.flatMap((fault) => [1, 2, 50].map((lags) => [kind, fault.kind, lags, fault] as const)),
);

test.each(cells)(
  "createOnce creates one of %s: the request is affected by %s, and %i reads lag",
  async (kind, _, lags, fault) => {
    const scene = await stage();
    const before = scene.sim.state[kind].length;
    addFaults(scene, operations[kind], fault, lags);
    for (let run = 0; run < 3; run++) {
      const created = createOnce(clientOf(scene.sim), kind, bodyFor(kind, scene) as never, {
        intent: "job-17",
        runtime: scene.runtime,
      });
      const error = await created.then(
        () => undefined,
        (reason: Error) => reason,
      );
      if (error !== undefined) expect(error.name).toMatch(/^(CreateUncertainError|IntentConflictError|ApiError)$/);
    }
    expect(scene.sim.state[kind].length - before).toBe(1);
  },
);

test.each(lost.flatMap((fault) => [1, 2, 50].map((lags) => [fault.kind, lags, fault] as const)))(
  "placeOrder buys once: the order is affected by %s, and %i reads lag",
  async (_, lags, fault) => {
    const scene = await stage();
    addFaults(scene, "create_order", fault, lags);
    const plan = {
      side: "buy" as const,
      pool: "sfc:pool:acme:default:main",
      start_at: scene.sim.now.getTime() / 1000 + 3_600,
      duration_seconds: 7_200,
      node_count: 2,
      requirements: { accelerator: ["h100"] },
    };
    for (let run = 0; run < 3; run++) {
      await placeOrder(clientOf(scene.sim), plan, { intent: "job-17", maxSpend: "100", runtime: scene.runtime }).catch(
        () => undefined,
      );
    }
    expect(scene.sim.state.orders).toHaveLength(1);
  },
);
