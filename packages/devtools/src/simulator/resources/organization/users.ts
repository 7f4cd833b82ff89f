import type { Types } from "../../http/api-types.js";
import { notFound } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { among, creationPage, listResponse } from "../../queries/lists.js";
import type { UserRow } from "../../storage/rows.js";

/** Reads a user id from a reference. User ids have no prefix, and the resource path of a user is `sfc:user:<id>`. */
function toUserId(reference: string): string {
  return reference.replace(/^sfc:user:/, "");
}

export function presentUser(row: UserRow): Types.User {
  return {
    object: "user",
    id: row.id,
    resource_path: `sfc:user:${row.id}`,
    created_at: row.createdAt,
    email: row.email,
    first_name: row.firstName,
    last_name: row.lastName,
  };
}

export const users: Handlers<"list_users_handler" | "get_user_handler"> = {
  list_users_handler({ query }, sim) {
    const id = among(query.id?.map(toUserId));
    const rows = sim.store.users.where((row) => id(row.id) && (query.email === undefined || row.email === query.email));
    return listResponse(creationPage(sim, rows, query, "usrc"), presentUser);
  },

  get_user_handler({ path }, sim) {
    const row = sim.store.users.get(toUserId(path[0]));
    if (row === undefined) throw notFound("user");
    return presentUser(row);
  },
};
