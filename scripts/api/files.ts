import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Reports = ReadonlyMap<string, string>;

/** Puts the reports there, and removes those of entry points that are gone. */
export function writeReports(folder: string, reports: Reports): void {
  mkdirSync(folder, { recursive: true });
  for (const name of existing(folder)) if (!reports.has(name)) rmSync(join(folder, name));
  for (const [name, text] of reports) writeFileSync(join(folder, name), text);
}

/** One line per line that is gone (`-`) or new (`+`). None is good. */
export function compareReports(folder: string, reports: Reports): string[] {
  const names = new Set([...existing(folder), ...reports.keys()]);
  return [...names].sort().flatMap((name) => {
    const file = join(folder, name);
    const before = existsSync(file) ? readFileSync(file, "utf8") : "";
    const after = reports.get(name) ?? "";
    return before === after ? [] : [`etc/${name}`, ...lineDifferences(before, after)];
  });
}

/** Without order: a line that only moved is no difference of the API. When nothing else is different, that is said. */
export function lineDifferences(before: string, after: string): string[] {
  const gone = withoutThoseOf(before, after).map((line) => `- ${line}`);
  const fresh = withoutThoseOf(after, before).map((line) => `+ ${line}`);
  return gone.length + fresh.length > 0 ? [...gone, ...fresh] : ["  only the order of its lines is another one"];
}

function withoutThoseOf(text: string, other: string): string[] {
  const left = new Map<string, number>();
  for (const line of other.split("\n")) left.set(line, (left.get(line) ?? 0) + 1);
  return text.split("\n").filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

function existing(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".api.md")) : [];
}
