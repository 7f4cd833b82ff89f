import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { isMapped } from "./mapped.js";

interface SourceMap {
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

/** Leaves in the maps of the bundled client only what leads to shipped sources: who follows the rest would find nothing. */
export function pruneMaps(root: string): void {
  const names = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" });
  for (const name of names.filter((one) => one.endsWith(".js.map"))) pruneMap(root, join(root, "dist", name));
}

function pruneMap(root: string, file: string): void {
  const map = JSON.parse(readFileSync(file, "utf8")) as SourceMap;
  const isKept = (source: string) => {
    const module = /^src\/(.+)\.ts$/.exec(relative(root, join(dirname(file), source)))?.[1];
    return module !== undefined && isMapped(root, module);
  };
  const pruned = keepSources(map, isKept);
  if (pruned.sources.length > 0) {
    writeFileSync(file, JSON.stringify(pruned));
    return;
  }
  rmSync(file);
  const code = file.replace(/\.map$/, "");
  writeFileSync(code, readFileSync(code, "utf8").replace(/\/\/# sourceMappingURL=.*\n?$/, ""));
}

/** Column, source, line, column there: each as the difference to the one before. Only the first where nothing is behind. */
type Segment = number[];

export function keepSources(map: SourceMap, isKept: (source: string) => boolean): SourceMap {
  const sources = map.sources.filter(isKept);
  const places = map.sources.map((source) => sources.indexOf(source));
  const read = [0, 0, 0];
  const written = [0, 0, 0];
  const lines = map.mappings.split(";").map((line) =>
    segmentsOf(line)
      .map(([column = 0, ...origin]) => {
        if (origin.length < 3) return encode([column]);
        for (const index of [0, 1, 2]) read[index] = (read[index] ?? 0) + (origin[index] ?? 0);
        const [source = 0, row = 0, place = 0] = read;
        const kept = places[source] ?? -1;
        if (kept < 0) return encode([column]);
        const now = [kept, row, place];
        const steps = now.map((value, index) => value - (written[index] ?? 0));
        written.splice(0, 3, ...now);
        return encode([column, ...steps]);
      })
      .join(","),
  );
  return { ...map, sources, names: [], mappings: lines.join(";") };
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function segmentsOf(line: string): Segment[] {
  return line === "" ? [] : line.split(",").map(decode);
}

/** Base 64 digits of five bits, the lowest first; the sixth says that more follow, the lowest bit of all is the sign. */
function decode(text: string): Segment {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function encode(numbers: Segment): string {
  return numbers.map(encodeOne).join("");
}

function encodeOne(number: number): string {
  let left = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = "";
  do {
    const digit = left & 31;
    left >>>= 5;
    text += DIGITS[left > 0 ? digit | 32 : digit];
  } while (left > 0);
  return text;
}
