import { isObject, objectAt } from "../lib/json.js";
import type { Difference, Written } from "./files.js";

const AGAIN = "npm run generate";

/** The lines of `--check`: what is not as it would be written, and which input that comes from. */
export function staleLines({ missing, stale, extra }: Difference, changedInputs: readonly string[]): string[] {
  return [
    ...stale.map((name) => `stale    ${name}`),
    ...missing.map((name) => `missing  ${name}`),
    ...extra.map((name) => `extra    ${name}`),
    ...changedInputs.map((file) => `changed  ${file} since the last generation`),
    `Generated files are not up to date. To mend: ${AGAIN}${extra.length > 0 ? ", and move what is extra" : ""}`,
  ];
}

/** The inputs whose fingerprint differs from the one on disk. */
export function changedInputs(before: unknown, after: unknown): string[] {
  if (!isObject(before) || !isObject(after)) return [];
  return Object.keys(after)
    .filter((name) => objectAt(before, name).sha256 !== objectAt(after, name).sha256)
    .map((name) => String(objectAt(after, name).file));
}

export function writtenLines(
  { written, removed, left }: Written,
  operations: number,
  resources: number,
  totalMs: number,
): string[] {
  const changes = [
    written.length === 0 ? "nothing changed" : `${count(written.length, "file")} written`,
    ...(removed.length === 0 ? [] : [`${count(removed.length, "file")} removed`]),
  ].join(", ");
  const what = `${count(operations, "operation")} in ${count(resources, "resource")}`;
  return [
    `Generated ${what}: ${changes} (${(totalMs / 1000).toFixed(1)} s).`,
    ...left.map((name) => `note: ${name} is not a generated file; move it out of the generated folder`),
  ];
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
