import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What a file of the package is for; the first that fits. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ["declarations of the API's types", /^dist\/generated\/(schema|types)\.d\.ts$/],
  ["declarations", /\.d\.ts$/],
  ["client", /\.js$/],
  ["the rest", /^/],
];

export interface Weight {
  readonly kind: string;
  readonly files: number;
  readonly bytes: number;
}

/** The bytes of all files in a folder, by what they are for; heaviest first. */
export function weigh(folder: string): Weight[] {
  const weights = new Map<string, Weight>();
  for (const { name, bytes } of filesIn(folder)) {
    const kind = KINDS.find(([, shape]) => shape.test(name))?.[0] ?? name;
    const { files, bytes: before } = weights.get(kind) ?? { files: 0, bytes: 0 };
    weights.set(kind, { kind, files: files + 1, bytes: before + bytes });
  }
  return [...weights.values()].sort((a, b) => b.bytes - a.bytes);
}

/** As installed: what is linked counts as what it is a link to. */
export function bytesIn(folder: string): number {
  return filesIn(folder).reduce((sum, { bytes }) => sum + bytes, 0);
}

export function printWeights(weights: readonly Weight[]): string {
  const lines = weights.map(({ kind, files, bytes }) => row(kind, files, bytes));
  const sum = (of: (weight: Weight) => number) => weights.reduce((total, weight) => total + of(weight), 0);
  return [
    ...lines,
    row(
      "together",
      sum(({ files }) => files),
      sum(({ bytes }) => bytes),
    ),
  ].join("\n");
}

function row(kind: string, files: number, bytes: number): string {
  return `    ${kind.padEnd(40)}${String(files).padStart(5)} files${bytes.toLocaleString("en").padStart(12)} bytes`;
}

function filesIn(folder: string): { name: string; bytes: number }[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const found = names.map((name) => ({ name, stat: statSync(join(folder, name)) }));
  return found.filter(({ stat }) => stat.isFile()).map(({ name, stat }) => ({ name, bytes: stat.size }));
}
