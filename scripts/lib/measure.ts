import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { root } from "./package.js";
import { runPackage } from "./run.js";

/**
 * Writes the programs of a contender of the benchmarks into a folder of its name. Its file holds all of them, each after its name, as
 * TypeScript's own tests write it: `// @filename: small.ts`.
 */
export function writePrograms(contender: string, folder: string): void {
  const text = readFileSync(join(root, "bench/contenders", `${contender}.ts`), "utf8");
  const [, ...parts] = text.split(/^\/\/ @filename: (.+)\n/m);
  for (let index = 0; index < parts.length; index += 2) {
    const file = join(folder, contender, parts[index] ?? "");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, parts[index + 1] ?? "");
  }
}

/** `external`: packages that the user has loaded already. */
export type BundleOptions = Pick<BuildOptions, "external" | "minifyIdentifiers">;

/** The bytes of a program with all it imports: bundled as a module for browsers and servers alike, minified, compressed as tightly as gzip can. */
export async function gzipBytes(entry: string, options?: BundleOptions): Promise<number> {
  return gzipSync(await bundled(entry, options), { level: 9 }).length;
}

export async function bundled(entry: string, options?: BundleOptions): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    legalComments: "none",
    write: false,
    logLevel: "error",
    ...options,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`nothing came of ${entry}`);
  return output.contents;
}

const compilerOptions = {
  target: "es2022",
  lib: ["es2022", "dom", "dom.iterable"],
  module: "nodenext",
  types: [],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

export interface Check {
  /** Types made out of generic ones: the machine-independent part of what checking costs. */
  readonly instantiations: number;
  readonly seconds: number;
}

/** Checks one program as a user would, apart from the checkout. Throws when it does not compile. */
export async function checkFile(folder: string, file: string): Promise<Check> {
  const config = join(folder, "tsconfig.check.json");
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
  const { exitCode, stdout } = await runPackage("typescript", ["-p", config, "--extendedDiagnostics"], folder);
  if (exitCode !== 0) throw new Error(`${file} does not compile:\n${stdout.split("\nFiles:")[0]}`);
  return { instantiations: numberAfter("Instantiations", stdout), seconds: numberAfter("Total time", stdout) };
}

function numberAfter(label: string, text: string): number {
  const found = new RegExp(`^${label}:\\s+([\\d.]+)`, "m").exec(text)?.[1];
  if (found === undefined) throw new Error(`tsc does not report ${label}`);
  return Number(found);
}

/** The sizes of all files of a folder and those below it, hidden files included. npm's list of what it installed is left out. */
export function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".package-lock.json")
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
