import { createHash } from "node:crypto";
import { canonicalJson, printJson } from "../lib/json.js";
import type { Source } from "./source.js";

export type Inputs = Readonly<Record<"description" | "overlay" | "sdk", Source>>;

/**
 * `provenance.json`: a fingerprint of the values of each input, so that `--check` can say which one changed, also when
 * the change shows in no other output. Comments and the order of keys do not count.
 */
export function printProvenance(inputs: Inputs): string {
  const entries = Object.entries(inputs).map(([name, source]) => [
    name,
    { file: source.file, sha256: createHash("sha256").update(canonicalJson(source.value)).digest("hex") },
  ]);
  return printJson(Object.fromEntries(entries));
}
