import type { Types } from "../../http/api-types.js";
import { forbidden, notFound } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { among } from "../../queries/lists.js";
import type { Simulation } from "../../simulation.js";
import { chooseName, renameTo } from "../../storage/lookup.js";
import type { RoleRow } from "../../storage/rows.js";

function findRole(sim: Simulation, reference: string): RoleRow | undefined {
  const [, word, owner = "", name = ""] = reference.split(":");
  if (reference.startsWith("sfc:")) return word === "role" ? sim.store.roles.named(owner, name) : undefined;
  return sim.store.roles.get(reference);
}

function needRole(sim: Simulation, reference: string): RoleRow {
  const row = findRole(sim, reference);
  if (row === undefined) throw notFound("role");
  return row;
}

function needCustomRole(sim: Simulation, reference: string): RoleRow {
  const row = needRole(sim, reference);
  if (row.builtIn) throw forbidden("built-in roles cannot be changed");
  return row;
}

export function presentRole(row: RoleRow): Types.Role {
  return {
    id: row.id,
    resource_path: `sfc:role:${row.scope}:${row.name}`,
    owner: row.scope,
    name: row.name,
    object: "role",
    role_type: row.builtIn ? "built_in" : "custom",
    policy: structuredClone(row.policy),
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
}

export const roles: Handlers<
  "list_roles_handler" | "create_role_handler" | "get_role_handler" | "update_role_handler" | "delete_role_handler"
> = {
  list_roles_handler({ query }, sim) {
    const id = among(query.id?.map((reference) => findRole(sim, reference)?.id));
    const rows = sim.store.roles.where((row) => id(row.id));
    // Built-in roles come first, then the newest.
    rows.sort((a, b) => Number(b.builtIn) - Number(a.builtIn) || b.seq - a.seq);
    return { object: "list", data: rows.map(presentRole) };
  },

  create_role_handler({ body }, sim) {
    const row = sim.store.roles.insert({
      id: sim.ids.make("role"),
      seq: sim.store.nextSeq(),
      scope: sim.account,
      name: chooseName(sim, sim.store.roles, sim.account, body.name),
      builtIn: false,
      policy: body.policy,
      createdAt: sim.clock.seconds,
      updatedAt: sim.clock.seconds,
    });
    return presentRole(row);
  },

  get_role_handler({ path }, sim) {
    return presentRole(needRole(sim, path[0]));
  },

  update_role_handler({ path, body }, sim) {
    const row = needCustomRole(sim, path[0]);
    renameTo(sim, sim.store.roles, row, body.name);
    row.policy = body.policy ?? row.policy;
    row.updatedAt = sim.clock.seconds;
    return presentRole(row);
  },

  delete_role_handler({ path }, sim) {
    const row = needCustomRole(sim, path[0]);
    sim.store.roles.remove(row);
    // The grants of the role are removed too, because without it they grant nothing.
    for (const grant of sim.store.grants.where(({ roleId }) => roleId === row.id)) sim.store.grants.remove(grant);
    return undefined;
  },
};
