import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commit } from "./commit.js";
import type { Texts } from "./format.js";
import { GENERATED_MARK } from "./header.js";
import { GENERATED_FOLDER } from "./outputs.js";

/** How the files on disk differ from what would be written. */
export interface Difference {
  readonly missing: readonly string[];
  readonly stale: readonly string[];
  /** In the generated folder, but not made by this run. */
  readonly extra: readonly string[];
}

/** Compares byte by byte: a text comparison would pass over bytes that are not UTF-8. */
export function compare(root: string, outputs: Texts): Difference {
  const names = [...outputs.keys()];
  const missing = names.filter((name) => !existsSync(join(root, name)));
  const isSame = (name: string) => readFileSync(join(root, name)).equals(Buffer.from(outputs.get(name) ?? ""));
  return {
    missing,
    stale: names.filter((name) => !missing.includes(name) && !isSame(name)),
    extra: filesBelow(root, GENERATED_FOLDER).filter((name) => !outputs.has(name)),
  };
}

export interface Written {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** In the generated folder without a generated header: somebody's own, so they stay. */
  readonly left: readonly string[];
}

/** Writes what differs, all of it or nothing; files that are as they should be are not touched. The caller holds the lock. */
export function write(root: string, outputs: Texts): Written {
  const { missing, stale, extra } = compare(root, outputs);
  const written = [...missing, ...stale];
  const removed = extra.filter((name) => isGenerated(join(root, name)));
  commit(root, new Map(written.map((name) => [name, outputs.get(name) ?? ""])), removed);
  return { written, removed, left: extra.filter((name) => !removed.includes(name)) };
}

function isGenerated(path: string): boolean {
  return readFileSync(path, "utf8").slice(0, 200).includes(GENERATED_MARK);
}

/** Files of a folder and those below it, as paths from the root; hidden files left out. */
export function filesBelow(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith("."))
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(root, name) : [name];
    })
    .sort();
}
