import type { Simulation } from "../simulation.js";
import type { InstanceRow } from "../storage/rows.js";
import { appendLog } from "./logs.js";

export function bootDueMs(sim: Simulation, instance: InstanceRow): number | undefined {
  if (instance.status !== "running" || instance.bootedMs !== null || instance.runningSinceMs === null) return undefined;
  return instance.runningSinceMs + sim.assumptions.bootSeconds * 1000;
}

/** Finishes the boot of every instance for which it is due. Only here is an image's hash compared with its bytes. */
export function finishBoots(sim: Simulation): void {
  for (const instance of sim.store.instances.live()) {
    const due = bootDueMs(sim, instance);
    if (due !== undefined && due <= sim.clock.ms) finishBoot(sim, instance);
  }
}

function finishBoot(sim: Simulation, instance: InstanceRow): void {
  const image = sim.store.images.ever(instance.imageId);
  appendLog(sim, instance, `[    0.000000] Booting ${image.name}\n`);
  if (image.actualSha256 !== null && image.actualSha256 !== image.sha256) {
    appendLog(sim, instance, "[    1.204118] image digest does not match, stopping\n");
    instance.status = "failed";
    instance.updatedAt = sim.clock.seconds;
    return;
  }
  instance.bootedMs = sim.clock.ms;
  appendLog(sim, instance, `[   12.873341] ${instance.name} login: `);
  if (instance.cloudInit !== null) appendLog(sim, instance, "\n[   14.002910] cloud-init: finished\n");
}
