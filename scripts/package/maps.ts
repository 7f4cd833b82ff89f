import { existsSync, readdirSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, join, relative } from "node:path";

/** What is wrong with the source maps of an unpacked package, one line each. */
export function mapFaults(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const code = files.filter((name) => /\.(js|d\.ts)$/.test(name));
  const linked = new Set(code.filter((name) => linkIn(folder, name)).map((name) => `${name}.map`));
  const maps = files.filter((name) => name.endsWith(".map"));
  const sources = new Set(maps.flatMap((name) => sourcesOf(folder, name)));
  return [
    ...[...linked].filter((name) => !maps.includes(name)).map((name) => `${name}: linked, and not there`),
    ...maps.filter((name) => !linked.has(name)).map((name) => `${name}: nothing links to it`),
    ...maps.flatMap((name) => faultsOf(folder, name)),
    // What no map leads to is dead weight.
    ...files.filter((name) => /^src\/.*\.ts$/.test(name) && !sources.has(name)).map((name) => `${name}: in no map`),
    ...code.filter((name) => isMappable(name) && !linked.has(`${name}.map`)).map((name) => `${name}: has no map`),
  ];
}

/** Declarations of what every call passes through, and the code that it is part of. */
function isMappable(name: string): boolean {
  return /^dist\/wrappers\/|^dist\/(client\.d\.ts|paths\.)/.test(name);
}

function linkIn(folder: string, name: string): boolean {
  return readFileSync(join(folder, name), "utf8").includes("//# sourceMappingURL=");
}

function readMap(folder: string, name: string): SourceMapPayload {
  return JSON.parse(readFileSync(join(folder, name), "utf8")) as SourceMapPayload;
}

function sourcesOf(folder: string, name: string): string[] {
  const { sources, sourceRoot = "" } = readMap(folder, name);
  return sources.map((source) => relative(folder, join(folder, dirname(name), sourceRoot, source)));
}

function faultsOf(folder: string, name: string): string[] {
  const map = readMap(folder, name);
  const missing = sourcesOf(folder, name).filter((source) => !existsSync(join(folder, source)));
  return [
    ...(map.sourcesContent === undefined ? [] : [`${name}: carries a copy of its source`]),
    ...missing.map((source) => `${name}: ${source} is not shipped`),
    ...(missing.length === 0 ? misleading(folder, name, map) : []),
  ];
}

/** At the start of a line, or behind another statement of minified code; not in the words of a comment. */
const DECLARED = /(?:^|[;}])(?:export )?(?:declare )?(?:async )?(?:function|class|interface|type) (\w+)/g;

/** A name that is declared leads to a line that says it, or nowhere. */
function misleading(folder: string, name: string, map: SourceMapPayload): string[] {
  const lines = readFileSync(join(folder, name.replace(/\.map$/, "")), "utf8").split("\n");
  const originals = new Map(
    map.sources.map((source, index) => [source, originalLines(folder, sourcesOf(folder, name)[index])]),
  );
  const entries = new SourceMap(map);
  return lines.flatMap((line, row) =>
    [...line.matchAll(DECLARED)].flatMap(({ index, 0: words, 1: word = "" }) => {
      const entry = entries.findEntry(row, index + words.length - word.length);
      if (!("originalLine" in entry) || entry.originalSource === undefined) return [];
      const there = originals.get(entry.originalSource)?.[entry.originalLine] ?? "";
      // The bundler numbers a name that two modules use.
      const isThere = there.includes(word) || there.includes(word.replace(/\d+$/, ""));
      return isThere ? [] : [`${name}: ${word} leads to ${entry.originalSource}, "${there.trim()}"`];
    }),
  );
}

function originalLines(folder: string, source = ""): string[] {
  return readFileSync(join(folder, source), "utf8").split("\n");
}
