import type { InstanceBatchUpdate, InstancePriority } from "../generated/types.js";
import { aPositiveCount, type Checks, readOptions } from "../wrappers/checks.js";
import { UsageError } from "../wrappers/errors.js";

export interface PriorityBatchOptions {
  /**
   * Most entries of one batch. The service has a cap and does not publish it; each batch takes effect as a whole or not at all, but not
   * all batches together.
   * @default 100
   */
  readonly size?: number | undefined;
}

const batchChecks: Checks<PriorityBatchOptions> = { size: aPositiveCount };

/**
 * Bodies for `instances.batchUpdate`, from instance ids and their new priorities:
 *
 * ```ts
 * for (const body of priorityBatches({ [trainer]: "critical", [notebook]: "yield" })) await sfc.instances.batchUpdate(body);
 * ```
 *
 * Setting the same priorities again is harmless. All instances of one batch must be in one workspace; pass each workspace's own map.
 * @throws {UsageError} for a resource path: a batch takes ids only
 */
export function priorityBatches(
  priorities: Readonly<Record<string, InstancePriority>> | ReadonlyMap<string, InstancePriority>,
  options: PriorityBatchOptions = {},
): InstanceBatchUpdate[] {
  const { size = 100 } = readOptions(options, batchChecks);
  const entries =
    priorities instanceof Map ? [...priorities] : Object.entries(priorities as Record<string, InstancePriority>);
  const data = entries.map(([id, priority_level]) => {
    if (!/^(inst|vm)_[0-9a-zA-Z_-]{1,21}$/.test(id))
      throw new UsageError("priorities", `"${id}" is not an instance id`);
    return { id, priority_level };
  });
  const batches: InstanceBatchUpdate[] = [];
  for (let from = 0; from < data.length; from += size) batches.push({ data: data.slice(from, from + size) });
  return batches;
}
