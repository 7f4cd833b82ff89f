import { visible } from "../../access/grants.js";
import type { Types } from "../../http/api-types.js";
import { badRequest, notFound, unusable } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { among } from "../../queries/lists.js";
import { checkNulls } from "../../queries/patch.js";
import type { Simulation } from "../../simulation.js";
import { chooseName, findWorkspace, renameTo } from "../../storage/lookup.js";
import type { WorkspaceRow } from "../../storage/rows.js";
import { namePattern } from "../../world/names.js";

function needPathWorkspace(sim: Simulation, reference: string): WorkspaceRow {
  const row = findWorkspace(sim, reference);
  if (row === undefined) throw notFound("workspace");
  return row;
}

/** Finds one of the account's own workspaces, for a change. The public workspace is read-only. */
function needOwnPathWorkspace(sim: Simulation, reference: string): WorkspaceRow {
  const row = needPathWorkspace(sim, reference);
  if (row.owner !== sim.account) throw notFound("workspace");
  return row;
}

export function presentWorkspace(row: WorkspaceRow): Types.Workspace {
  return {
    id: row.id,
    resource_path: `sfc:workspace:${row.owner}:${row.name}`,
    owner: row.owner,
    name: row.name,
    object: "workspace",
    created_at: row.createdAt,
  };
}

/** Returns what a workspace still contains, or `undefined` if it is empty. */
function content(sim: Simulation, { id }: WorkspaceRow): string | undefined {
  const inside = (row: { scope: string }) => row.scope === id;
  if (sim.store.pools.some(inside)) return "pools";
  if (sim.store.templates.some(inside)) return "instance templates";
  if (sim.store.images.some(inside)) return "images";
  return sim.store.instances.some(inside) ? "instances" : undefined;
}

export const workspaces: Handlers<
  | "list_workspaces_handler"
  | "create_workspace_handler"
  | "get_workspace_handler"
  | "patch_workspace_handler"
  | "delete_workspace_handler"
> = {
  list_workspaces_handler({ query, caller }, sim) {
    const id = among(query.id?.map((reference) => findWorkspace(sim, reference)?.id));
    const mayList = visible(sim, caller, "workspace:list");
    const rows = sim.store.workspaces.where((row) => row.owner === sim.account && id(row.id) && mayList(row.id));
    // All workspaces are returned, newest first, because this list has neither a limit nor a cursor.
    return { object: "list", data: rows.reverse().map(presentWorkspace), has_more: false };
  },

  create_workspace_handler({ body }, sim) {
    const row = sim.store.workspaces.insert({
      id: sim.ids.make("workspace"),
      seq: sim.store.nextSeq(),
      scope: sim.account,
      owner: sim.account,
      name: chooseName(sim, sim.store.workspaces, sim.account, body.name),
      isPublic: false,
      createdAt: sim.clock.seconds,
    });
    return presentWorkspace(row);
  },

  get_workspace_handler({ path }, sim) {
    return presentWorkspace(needPathWorkspace(sim, path[0]));
  },

  patch_workspace_handler({ path, body }, sim) {
    const row = needOwnPathWorkspace(sim, path[0]);
    checkNulls(body, sim.assumptions);
    // The name is checked here, because the description has no pattern for it, unlike for all other names.
    if (typeof body.name === "string" && !namePattern.test(body.name)) throw badRequest("name", "is not a valid name");
    renameTo(sim, sim.store.workspaces, row, body.name);
    return presentWorkspace(row);
  },

  delete_workspace_handler({ path }, sim) {
    const row = needOwnPathWorkspace(sim, path[0]);
    const rest = content(sim, row);
    if (rest !== undefined) throw unusable("workspace", `still contains ${rest}`);
    sim.store.workspaces.remove(row);
    return undefined;
  },
};
