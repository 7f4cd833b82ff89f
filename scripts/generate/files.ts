import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

/** Writes what differs; each file appears whole or not at all, files that are as they should be are not touched. */
export function write(root: string, outputs: Texts): Written {
  const { missing, stale, extra } = compare(root, outputs);
  const written = [...missing, ...stale];
  writeAll(new Map(written.map((name) => [join(root, name), outputs.get(name) ?? ""])));
  const removed = extra.filter((name) => isGenerated(join(root, name)));
  for (const name of removed) rmSync(join(root, name));
  return { written, removed, left: extra.filter((name) => !removed.includes(name)) };
}

/** First everything beside its place, then all renames: a full disk leaves the old files as they were. */
function writeAll(texts: Texts): void {
  const temporary = (path: string) => `${path}.${process.pid}.tmp`;
  try {
    for (const [path, text] of texts) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(temporary(path), text);
    }
    for (const path of texts.keys()) renameSync(temporary(path), path);
  } finally {
    for (const path of texts.keys()) rmSync(temporary(path), { force: true });
  }
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
