import type { Types } from "../../http/api-types.js";
import { badRequest, conflict, notFound } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { summary } from "../../queries/summaries.js";
import type { Simulation } from "../../simulation.js";
import type { GrantRow } from "../../storage/rows.js";

function needGrant(sim: Simulation, id: string): GrantRow {
  const row = sim.store.grants.get(id);
  if (row === undefined) throw notFound("grant");
  return row;
}

export function presentGrant(sim: Simulation, row: GrantRow): Types.Grant {
  return {
    principal_id: row.principalId,
    principal_type: row.principalType,
    object: "grant",
    id: row.id,
    workspace: row.workspaceId === null ? null : summary(sim.store.workspaces.ever(row.workspaceId)),
    role: summary(sim.store.roles.ever(row.roleId)),
    created_at: row.createdAt,
  };
}

type NewGrant = Pick<GrantRow, "principalId" | "principalType" | "workspaceId" | "roleId">;

function checkNewGrant(sim: Simulation, { principalId, principalType, workspaceId, roleId }: NewGrant): void {
  if (principalType === "user" && sim.store.users.get(principalId) === undefined)
    throw badRequest("principal_id", "user not found");
  if (workspaceId !== null && sim.store.workspaces.get(workspaceId) === undefined)
    throw badRequest("workspace_id", "workspace not found");
  if (sim.store.roles.get(roleId) === undefined) throw badRequest("role_id", "role not found");
  const same = (row: GrantRow) =>
    row.principalId === principalId && row.workspaceId === workspaceId && row.roleId === roleId;
  if (sim.store.grants.some(same)) throw conflict("this principal already has this role in this place", "grant_exists");
}

export const grants: Handlers<
  "list_grants_handler" | "create_grant_handler" | "get_grant_handler" | "delete_grant_handler"
> = {
  list_grants_handler({ query }, sim) {
    const rows = sim.store.grants.where(
      (row) =>
        (query.workspace_id === undefined || row.workspaceId === query.workspace_id) &&
        (query.principal_id === undefined || row.principalId === query.principal_id),
    );
    return { object: "list", data: rows.reverse().map((row) => presentGrant(sim, row)) };
  },

  create_grant_handler({ body }, sim) {
    const input: NewGrant = {
      principalId: body.principal_id,
      principalType: body.principal_type,
      workspaceId: body.workspace_id ?? null,
      roleId: body.role_id,
    };
    checkNewGrant(sim, input);
    const row = sim.store.grants.insert({
      ...input,
      id: sim.ids.make("grant"),
      seq: sim.store.nextSeq(),
      createdAt: sim.clock.seconds,
    });
    return presentGrant(sim, row);
  },

  get_grant_handler({ path }, sim) {
    return presentGrant(sim, needGrant(sim, path[0]));
  },

  delete_grant_handler({ path }, sim) {
    sim.store.grants.remove(needGrant(sim, path[0]));
    return undefined;
  },
};
