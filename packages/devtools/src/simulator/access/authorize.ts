import type { OperationInfo } from "../http/description.js";
import type { Simulation } from "../simulation.js";
import { find, findWorkspace } from "../storage/lookup.js";
import { canonicalId } from "../world/ids.js";
import { actions } from "./actions.js";
import type { Caller } from "./callers.js";
import { demand } from "./grants.js";

/** The parts of a request that name its resources. */
export interface Aim {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Refuses a request with 403 when the caller's roles do not allow it. */
export function authorize(sim: Simulation, operation: OperationInfo, caller: Caller, aim: Aim): void {
  const action = actions[operation.id] ?? null;
  if (!sim.enforcePermissions || action === null) return;
  const references = collectReferences(aim);
  if (references.length === 0) {
    // A list over all workspaces contains only resources that the caller may list: its handler filters them, and `list_orders` has its own check.
    if (!action.endsWith(":list")) demand(sim, caller, action, null);
    return;
  }
  for (const reference of references) {
    const workspaceId = findWorkspaceId(sim, reference);
    // A resource that does not exist has no workspace. The handler reports it.
    if (workspaceId !== undefined) demand(sim, caller, action, workspaceId);
  }
}

function collectReferences({ path, query, body }: Aim): string[] {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const named = [...path, query.pool, query.workspace, fields.pool, fields.workspace, fields.from_pool, fields.to_pool];
  return named.flat().filter((value): value is string => typeof value === "string");
}

/** Finds the workspace of the resource that an id or resource path names; `null` for resources of the organization. */
function findWorkspaceId(sim: Simulation, reference: string): string | null | undefined {
  const { store } = sim;
  const inWorkspace =
    find(sim, store.instances, "instance", reference) ??
    find(sim, store.pools, "pool", reference) ??
    find(sim, store.images, "image", reference) ??
    find(sim, store.templates, "instance_template", reference) ??
    find(sim, store.procurements, "procurement", reference) ??
    find(sim, store.deployments, "deployment", reference) ??
    find(sim, store.deployments, "spot_deployment", reference);
  if (inWorkspace !== undefined) return inWorkspace.scope;
  const workspace = findWorkspace(sim, reference);
  if (workspace !== undefined) return workspace.id;
  const poolId = store.orders.get(reference)?.poolId ?? store.transfers.get(canonicalId(reference))?.fromPoolId;
  if (typeof poolId === "string") return store.pools.ever(poolId).scope;
  return ["sfc:role:", "sfc:user:", "role_", "grnt_"].some((start) => reference.startsWith(start)) ||
    store.users.get(reference)
    ? null
    : undefined;
}
