import type { Assumptions } from "../assumptions.js";
import { nodesAt, nothing } from "../market/schedule.js";
import type { Simulation } from "../simulation.js";
import type { InstanceRow } from "../storage/rows.js";
import { terminate } from "./launch.js";

const ranks = { yield: 0, normal: 1, preferred: 2, critical: 3 } as const;

/** Assigns nodes to waiting instances, and takes nodes from running instances if a pool has too few. */
export function allocate(sim: Simulation): void {
  for (const group of contenders(sim).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const pool = sim.store.pools.ever(first.poolId);
    const nodes = nodesAt(pool.allocations.get(first.skuId) ?? nothing, sim.clock.seconds);
    share(sim, group, nodes);
  }
}

/** Groups the instances that have or need a node now by pool and SKU. */
function contenders(sim: Simulation): Map<string, InstanceRow[]> {
  const groups = new Map<string, InstanceRow[]>();
  for (const instance of sim.store.instances.live()) {
    const waits = instance.status === "awaiting_allocation" && instance.assignableMs <= sim.clock.ms;
    if (!waits && instance.status !== "running") continue;
    const key = `${instance.poolId} ${instance.skuId}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [instance]);
    else group.push(instance);
  }
  return groups;
}

function share(sim: Simulation, group: readonly InstanceRow[], nodes: number): void {
  const ranked = [...group].sort(byClaim(sim.assumptions));
  for (const instance of ranked.slice(nodes)) if (instance.status === "running") displace(sim, instance);
  for (const instance of ranked.slice(0, nodes)) if (instance.status === "awaiting_allocation") assign(sim, instance);
}

/** Compares instances. The one with the stronger claim to a node comes first. */
function byClaim({ preemptRunning, displaceFirst }: Assumptions): (a: InstanceRow, b: InstanceRow) => number {
  const holds = (instance: InstanceRow) => (instance.status === "running" ? 1 : 0);
  return (a, b) => {
    const running = holds(b) - holds(a);
    const priority = ranks[b.priority] - ranks[a.priority];
    const oldestRunningFirst = a.status === "running" && displaceFirst === "oldest" ? b.seq - a.seq : a.seq - b.seq;
    return preemptRunning ? priority || running || oldestRunningFirst : running || priority || oldestRunningFirst;
  };
}

function displace(sim: Simulation, instance: InstanceRow): void {
  if (sim.assumptions.onAllocationLoss === "terminate") {
    terminate(sim, instance);
    return;
  }
  Object.assign(instance, {
    status: "awaiting_allocation",
    runningSinceMs: null,
    bootedMs: null,
    publicIp: null,
    updatedAt: sim.clock.seconds,
  });
}

function assign(sim: Simulation, instance: InstanceRow): void {
  instance.status = "running";
  instance.runningSinceMs = sim.clock.ms;
  instance.updatedAt = sim.clock.seconds;
  // 203.0.113.0/24 is reserved for documentation, so no machine responds at these addresses.
  if (instance.publicIpv4) instance.publicIp = instance.keptIp ?? `203.0.113.${(instance.seq % 254) + 1}`;
}
