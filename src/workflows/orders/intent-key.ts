import { UsageError } from "../../wrappers/errors.js";
import { digestOf } from "../sha256.js";

/** The idempotency key of an intent: readable where it can be, so that it is found in logs. */
export function keyOfIntent(intent: string): string {
  if (typeof intent !== "string" || intent === "") {
    throw new UsageError("options.intent", "must name the purchase, for example by the id of the job that needs it");
  }
  return /^[\x21-\x7e]{1,128}$/.test(intent) ? `order:${intent}` : `order-sha256:${digestOf(intent)}`;
}
