import type { Handlers } from "../../http/handler.js";
import { presentUser } from "./users.js";

export const account: Handlers<"getMe"> = {
  getMe({ caller }, sim) {
    const user = caller.userId === null ? undefined : sim.store.users.get(caller.userId);
    return {
      object: "account",
      account_id: sim.account,
      created_at: sim.accountCreatedAt,
      entity_type: sim.entityType,
      user: user === undefined ? null : presentUser(user),
    };
  },
};
