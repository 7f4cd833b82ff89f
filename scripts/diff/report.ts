import { canonicalJson } from "../lib/json.js";
import { type Comparison, compareSides } from "./compare.js";
import { rawChanges } from "./raw-changes.js";
import { type Companions, inScratch, type ReadDescription, readDescription } from "./read.js";
import { makeSide, type Side } from "./side.js";
import { nextVersion } from "./version.js";

/** The difference between two descriptions, and what follows from it. */
export interface Report extends Comparison {
  readonly from: string;
  readonly to: string;
  readonly version: { readonly current: string; readonly next: string };
  /** Changes as `redocly diff` counts them. */
  readonly rawChanges: number;
  /** Rows of `sdk.yaml` that do not fit the newer description. */
  readonly rows: readonly string[];
}

export interface Question {
  readonly before: string;
  readonly after: string;
  readonly companions: Companions;
  readonly root: string;
  readonly cwd: string;
  readonly version: string;
}

/** A report, with both sides for those who ask further. */
export interface Compared {
  readonly report: Report;
  readonly before: Side;
  readonly after: Side;
}

/** Compares two description files. */
export async function reportOn({ before, after, companions, root, cwd, version }: Question): Promise<Compared> {
  const older = await readDescription(before, companions, root, cwd);
  const newer = await readDescription(after, companions, root, cwd);
  return compareDescriptions(older, newer, root, version);
}

/** Compares two descriptions that have been read. */
export async function compareDescriptions(
  older: ReadDescription,
  newer: ReadDescription,
  root: string,
  version: string,
): Promise<Compared> {
  const isSame = areSame(older, newer);
  // A process of its own, so it runs while the two clients are made.
  const diffing = isSame ? [] : inScratch((folder) => rawChanges(older.document, newer.document, folder));
  const settled = Promise.allSettled([diffing]);
  const before = await makeSide(older, newer, older.table, "later").finally(() => settled);
  const after = await makeSide(newer, older, newer.table);
  const raw = await diffing;
  const comparison: Comparison = isSame ? { entries: [] } : compareSides(root, before, after, raw);
  const report: Report = {
    from: older.source.file,
    to: newer.source.file,
    version: { current: version, next: comparison.impact ? nextVersion(version, comparison.impact) : version },
    ...comparison,
    rawChanges: raw.length,
    rows: after.rowChanges.map(({ told }) => told),
  };
  return { report, before, after };
}

/** Whether no value differs, whatever the order of keys. */
export function areSame(older: ReadDescription, newer: ReadDescription): boolean {
  return canonicalJson(older.document) === canonicalJson(newer.document);
}
