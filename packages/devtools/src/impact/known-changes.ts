import { readFileSync } from "node:fs";

/** A replacement that the maintainers recorded: a name in an older version, and the name that took its place. */
export interface KnownChange {
  /** The first version with the change. */
  readonly version: string;
  /** The old name, as users write it: `instances.fetch`, `Instance.capacity`, `sfc-preview-sdk/testing`, `npx sfc-preview-sdk`. */
  readonly from: string;
  readonly to: string;
  /** Set when the replacement is a guess from names and types, and no description states it. */
  readonly isGuess?: true;
}

const file = new URL("../../known-changes.json", import.meta.url);

/** Reads the changes that this package ships. `spec:pull` adds the renames that it finds. */
export function readKnownChanges(): KnownChange[] {
  return JSON.parse(readFileSync(file, "utf8")) as KnownChange[];
}

/** Finds the replacement of a name; `undefined` when none is known. */
export function findReplacement(known: readonly KnownChange[], from: string): KnownChange | undefined {
  return known.findLast((change) => change.from === from);
}
