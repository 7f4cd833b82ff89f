import type { Resources } from "../../generated/resources/index.js";
import type { Instance, InstanceSshInfo } from "../../generated/types.js";
import { ApiError } from "../../wrappers/errors.js";
import type { CallOptions } from "../../wrappers/options.js";
import { isOver } from "./instance.js";
import { type WaitOptions, watch } from "./poll.js";

const twentyMinutesMs = 20 * 60_000;

/** What is known of an instance on its way to a login. */
export interface SshProgress {
  readonly instance: Instance;
  /** `undefined` until the details exist. */
  readonly ssh: InstanceSshInfo | undefined;
}

/**
 * Waits until an instance runs and says where to log in. Fetching and booting the image can take 10 minutes after `running`. That the details
 * exist does not prove that `sshd` answers yet; who may log in is set by `cloud_init_user_data`. Without it there is no SSH, also on a replacement,
 * which does not inherit it: then the wait ends at once.
 *
 * Calls `instances.get` and `instances.getSsh` (`GET …/ssh`), again and again; it changes nothing.
 * @param options `deadlineMs` is 20 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when the instance is `terminated` or `failed` or has no startup script, `"deadline"` when the time is up
 * @throws {ApiError} `not_found` when there is no such instance
 */
export async function waitForSsh(
  sfc: Pick<Resources, "instances">,
  idOrPath: string,
  options: WaitOptions<SshProgress> = {},
): Promise<InstanceSshInfo> {
  let id = idOrPath;
  const read = async (call: CallOptions): Promise<SshProgress> => {
    // Asked each time: the 404 of a machine that still boots and of one that is gone look the same.
    const instance = await sfc.instances.get(id, call);
    id = instance.id;
    return { instance, ssh: instance.status === "running" ? await sshOf(sfc, id, call) : undefined };
  };
  const { ssh } = await watch(
    {
      what: `instance ${idOrPath}`,
      goal: "reachable by SSH",
      read,
      stateOf: ({ instance }) => instance.status,
      verdict: ({ instance, ssh }) => (ssh ? "reached" : isLost(instance) ? "unreachable" : "pending"),
      reasonOf: ({ instance }) =>
        hasNoScript(instance) ? "started without cloud_init_user_data, so without SSH" : undefined,
    },
    options,
    twentyMinutesMs,
  );
  return ssh as InstanceSshInfo;
}

function isLost(instance: Instance): boolean {
  return isOver(instance.status) || hasNoScript(instance);
}

/** A script is given with the start or never. A field that is missing proves nothing. */
function hasNoScript({ cloud_init_user_data_used: used }: Instance): boolean {
  return used === false;
}

async function sshOf(
  { instances }: Pick<Resources, "instances">,
  id: string,
  call: CallOptions,
): Promise<InstanceSshInfo | undefined> {
  try {
    return await instances.getSsh(id, call);
  } catch (error) {
    if (ApiError.is(error) && error.status === 404) return undefined;
    throw error;
  }
}
