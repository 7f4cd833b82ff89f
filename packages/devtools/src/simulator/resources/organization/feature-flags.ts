import type { Caller } from "../../access/callers.js";
import { forbidden, notFound } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";

/** Returns whom flags belong to: the user of a token, or a service token itself. */
function flagHolder({ userId, tokenId }: Caller): string {
  return userId ?? tokenId;
}

export const featureFlags: Handlers<"listUserFeatureFlags" | "setFeatureFlagEnrollment"> = {
  listUserFeatureFlags({ caller }, sim) {
    const data = sim.store.flags.all().map((row) => ({
      object: "feature_flag" as const,
      feature_flag: row.id,
      description: row.description,
      user_enroll: row.userEnroll,
      enrolled: row.enrolled.has(flagHolder(caller)),
    }));
    return { object: "list", data, has_more: false };
  },

  setFeatureFlagEnrollment({ path, body, caller }, sim) {
    const row = sim.store.flags.get(path[0]);
    if (row === undefined) throw notFound("feature flag");
    if (!row.userEnroll) throw forbidden("this flag cannot be changed by users");
    if (body.enrolled) row.enrolled.add(flagHolder(caller));
    else row.enrolled.delete(flagHolder(caller));
    return { object: "feature_flag", feature_flag: row.id, enrolled: body.enrolled };
  },
};
