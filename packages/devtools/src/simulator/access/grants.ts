import type { Types } from "../http/api-types.js";
import { forbidden } from "../http/errors.js";
import type { Simulation } from "../simulation.js";
import type { GrantRow } from "../storage/rows.js";
import type { Caller } from "./callers.js";

/** Whether the caller's grants permit an action such as `"image:create"` on a workspace, or (`null`) on the organization. */
export function granted(sim: Simulation, caller: Caller, action: string, workspaceId: string | null): boolean {
  const [resource = "", verb = ""] = action.split(":");
  return sim.store.grants.some(
    (grant) =>
      belongsTo(caller, grant) &&
      appliesTo(grant, workspaceId) &&
      permits(sim.store.roles.get(grant.roleId)?.policy, resource, verb),
  );
}

function belongsTo(caller: Caller, grant: GrantRow): boolean {
  return grant.principalType === "token" ? grant.principalId === caller.tokenId : grant.principalId === caller.userId;
}

/** Whether a grant applies to a workspace. A grant on the whole organization applies to every workspace. */
function appliesTo(grant: GrantRow, workspaceId: string | null): boolean {
  return grant.workspaceId === null || grant.workspaceId === workspaceId;
}

function permits(policy: Types.RolePolicy | undefined, resource: string, verb: string): boolean {
  return (policy?.rules ?? []).some(({ effect, actions }) => {
    if (effect !== "allow") return false;
    const verbs = [...(actions[resource] ?? []), ...(actions["*"] ?? [])] as string[];
    return verbs.includes(verb) || verbs.includes("*");
  });
}

/** Returns a test for the workspaces that a list without `workspace` covers: all that the caller may list. */
export function visible(sim: Simulation, caller: Caller, action: string): (workspaceId: string) => boolean {
  if (!sim.enforcePermissions) return () => true;
  return (workspaceId) => granted(sim, caller, action, workspaceId);
}

export function demand(sim: Simulation, caller: Caller, action: string, workspaceId: string | null): void {
  if (!sim.enforcePermissions || isPublic(sim, workspaceId) || granted(sim, caller, action, workspaceId)) return;
  throw forbidden(`no role grants ${action} here`);
}

function isPublic(sim: Simulation, workspaceId: string | null): boolean {
  return workspaceId !== null && sim.store.workspaces.get(workspaceId)?.isPublic === true;
}
