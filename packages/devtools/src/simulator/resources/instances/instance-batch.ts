import { demand } from "../../access/grants.js";
import type { Types } from "../../http/api-types.js";
import { invalid } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import type { Simulation } from "../../simulation.js";
import type { InstanceRow } from "../../storage/rows.js";
import { canonicalId } from "../../world/ids.js";
import { presentInstance } from "./present-instance.js";

type Changes = Map<InstanceRow, Types.InstancePriority>;

/** Reads all entries before anything is changed, so that one invalid entry leaves every instance unchanged. */
function readChanges(sim: Simulation, entries: readonly Types.InstanceBatchUpdateEntry[]): Changes {
  const cap = sim.assumptions.batchEntryCap;
  if (entries.length > cap) throw invalid("data", `must have at most ${cap} entries`, "too_many");
  const changes: Changes = new Map();
  for (const [index, { id, priority_level }] of entries.entries()) {
    const row = sim.store.instances.get(canonicalId(id));
    if (row === undefined) throw invalid(`data.${index}.id`, "instance not found", "not_found");
    // A later entry for the same instance takes precedence. The instance is returned only once.
    changes.set(row, priority_level);
  }
  if (new Set([...changes.keys()].map((row) => row.scope)).size > 1) {
    throw invalid("data", "all instances must be in the same workspace", "several_workspaces");
  }
  return changes;
}

export const instanceBatch: Handlers<"batch_patch_instances"> = {
  batch_patch_instances({ body, caller }, sim) {
    const changes = readChanges(sim, body.data);
    for (const row of changes.keys()) demand(sim, caller, "instance:write", row.scope);
    for (const [row, priority] of changes) {
      row.priority = priority;
      row.updatedAt = sim.clock.seconds;
    }
    return { object: "list", data: [...changes.keys()].map((row) => presentInstance(sim, row)) };
  },
};
