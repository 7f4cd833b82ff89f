import { granted } from "../../access/grants.js";
import { badRequest } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";

const actionPattern = /^[a-z_*]+:[a-z*]+$/;

export const permissions: Handlers<"check_permission_handler"> = {
  /** Returns what the grants permit, even when `enforcePermissions` is off and no request is refused. */
  check_permission_handler({ body, caller }, sim) {
    const malformed = body.actions.findIndex((action) => !actionPattern.test(action));
    if (malformed >= 0) throw badRequest(`actions.${malformed}`, "must have the form resource:verb");
    return { allowed: body.actions.every((action) => granted(sim, caller, action, body.workspace ?? null)) };
  },
};
