import { UsageError } from "../../wrappers/errors.js";
import { canonicalJson } from "../canonical-json.js";
import { digestOf } from "../sha256.js";

const nameShape = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;

/** A resource's name for an intent: the intent itself where it can be a name, else a readable start and a hash of the whole. */
export function nameOfIntent(intent: string): string {
  if (typeof intent !== "string" || intent === "") {
    throw new UsageError("options.intent", "must name what is created, for example by the id of the job that needs it");
  }
  if (nameShape.test(intent)) return intent;
  const start = intent.replace(/[^a-zA-Z0-9._-]+/g, "-").replace(/^[^a-zA-Z0-9]+/, "");
  return `${start.slice(0, 100) || "intent"}-${digestOf(intent).slice(0, 24)}`;
}

/** Tags by which a resource is found again, also when somebody has renamed it. */
export const intentTag = "sfc-preview-sdk.intent";
/** Digests of the body: of all of it, and of the fields that no answer shows, such as the startup script. */
export const requestTag = "sfc-preview-sdk.request";

export interface RequestDigests {
  readonly whole: string;
  readonly hidden: string;
}

/** `shown` are the fields that answers show in a form that can be compared. */
export function digestsOf(body: object, shown: readonly string[]): RequestDigests {
  const hidden = Object.entries(body).filter(([field]) => !shown.includes(field));
  return { whole: digest(body), hidden: digest(Object.fromEntries(hidden)) };
}

export function writeDigests({ whole, hidden }: RequestDigests): string {
  return `${whole}.${hidden}`;
}

export function readDigests(tag: string | undefined): RequestDigests | undefined {
  const [whole, hidden] = tag?.split(".") ?? [];
  return whole === undefined || hidden === undefined ? undefined : { whole, hidden };
}

function digest(value: object): string {
  return digestOf(canonicalJson(value) ?? "").slice(0, 32);
}
