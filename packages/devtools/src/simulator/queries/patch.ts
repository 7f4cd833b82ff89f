import type { Assumptions } from "../assumptions.js";
import { invalid } from "../http/errors.js";

/** Refuses `null` members if `patchNull` is "refuse". Tags may always be `null`, which clears them. */
export function checkNulls(body: object, assumptions: Assumptions): void {
  if (assumptions.patchNull === "ignore") return;
  for (const [field, value] of Object.entries(body)) {
    if (value === null && field !== "tags") throw invalid(field, "must not be null; leave it out to keep it");
  }
}
