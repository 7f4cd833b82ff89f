import type { Resources } from "../../generated/resources/index.js";
import type { Instance } from "../../generated/types.js";
import { checkValue, oneOf } from "../../wrappers/checks.js";
import { type Verdict, type WaitOptions, watch } from "./poll.js";

const fifteenMinutesMs = 15 * 60_000;
const aGoal = /* @__PURE__ */ oneOf("running", "terminated");

/**
 * Waits until an instance has the status `goal`. `running` means that it has a machine; for a login wait with `waitForSsh`.
 *
 * Calls `instances.get` (`GET /preview/v2/instances/{id}`), again and again; it changes nothing. A resource path is looked up once and followed by id.
 * @param options `deadlineMs` is 15 minutes unless set; without allocation on its pool an instance can wait far longer
 * @throws {WaitError} `reason: "unreachable"` as soon as the instance is `terminated` or `failed`, `"deadline"` when the time is up; `last` holds the instance
 * @throws {ApiError} `not_found` when there is no such instance
 */
export async function waitForInstance(
  sfc: Pick<Resources, "instances">,
  idOrPath: string,
  goal: "running" | "terminated",
  options: WaitOptions<Instance> = {},
): Promise<Instance> {
  checkValue(goal, aGoal, "goal");
  let id = idOrPath;
  const read = async (call: object) => {
    const instance = await sfc.instances.get(id, call);
    id = instance.id;
    return instance;
  };
  const stateOf = ({ status }: Instance) => status;
  const verdict = (instance: Instance) => verdictOf(stateOf(instance), goal);
  return watch({ what: `instance ${idOrPath}`, goal, read, stateOf, verdict }, options, fifteenMinutesMs);
}

function verdictOf(status: string, goal: "running" | "terminated"): Verdict {
  if (status === goal) return "reached";
  // Terminated is final; a failed instance can still be terminated, but does not run again.
  return isOver(status) && goal === "running" ? "unreachable" : "pending";
}

/** Whether an instance in this status will never run again. */
export function isOver(status: string): boolean {
  return status === "terminated" || status === "failed";
}
