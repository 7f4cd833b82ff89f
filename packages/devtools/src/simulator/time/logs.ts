import type { Simulation } from "../simulation.js";
import type { InstanceRow } from "../storage/rows.js";

const encoder = new TextEncoder();

/** Adds one chunk to an instance's console log. */
export function appendLog(sim: Simulation, instance: InstanceRow, data: string | Uint8Array): void {
  const seqnum = (instance.logs.at(-1)?.seqnum ?? -1) + 1;
  instance.logs.push({ seqnum, writtenMs: sim.clock.ms, data: typeof data === "string" ? encoder.encode(data) : data });
}
