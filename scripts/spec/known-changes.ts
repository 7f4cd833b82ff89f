import { existsSync } from "node:fs";
import { join } from "node:path";
import type { KnownChange } from "../../packages/devtools/src/impact/known-changes.js";
import { readJson } from "../lib/json.js";
import type { Entry, Report } from "./report.js";

const FILE = "packages/devtools/known-changes.json";

/** The file that ships with the devtools, with the renames of this difference added; nothing when there are none. */
export function addKnownChanges(
  { entries, version }: Pick<Report, "entries" | "version">,
  root: string,
): Map<string, string> {
  const path = join(root, FILE);
  const found = entries.flatMap((entry) => knownChange(entry, version.next));
  if (found.length === 0 || !existsSync(path)) return new Map();
  const before = readJson<KnownChange[]>(path);
  const isKnown = (one: KnownChange) => before.some(({ from, to }) => from === one.from && to === one.to);
  const lines = [...before, ...found.filter((one) => !isKnown(one))].map(printChange);
  return new Map([[FILE, `[\n${lines.join(",\n")}\n]\n`]]);
}

function knownChange({ kind, subject, member, instead, isInsteadDocumented }: Entry, version: string): KnownChange[] {
  if (instead === undefined) return [];
  if (kind === "method-renamed" || kind === "type-renamed") return [{ version, from: subject, to: instead }];
  if (kind !== "member-gone") return [];
  return [
    { version, from: `${subject}.${member}`, to: instead, ...(isInsteadDocumented !== true && { isGuess: true }) },
  ];
}

/** One line, as the file has it. */
function printChange(change: KnownChange): string {
  const members = Object.entries(change).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `  { ${members.join(", ")} }`;
}
