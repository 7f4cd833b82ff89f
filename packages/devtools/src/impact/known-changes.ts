import { readFileSync } from "node:fs";

/** What took the place of something in a version of the client, as the maintainers recorded it. */
export interface KnownChange {
  /** The first version with the change. */
  readonly version: string;
  /** As users write it: `instances.fetch`, `Instance.capacity`, `sfc-preview-sdk/testing`, `npx sfc-preview-sdk`. */
  readonly from: string;
  readonly to: string;
  /** Names and types make it likely; no description says so. */
  readonly isGuess?: true;
}

const file = new URL("../../known-changes.json", import.meta.url);

/** The changes that this package knows; `spec:pull` adds the renames that it finds. */
export function readKnownChanges(): KnownChange[] {
  return JSON.parse(readFileSync(file, "utf8")) as KnownChange[];
}

/** What took the place of a name; `undefined` when that is not known. */
export function findReplacement(known: readonly KnownChange[], from: string): KnownChange | undefined {
  return known.findLast((change) => change.from === from);
}
