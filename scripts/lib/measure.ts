import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { root } from "./package.js";
import { runPackage } from "./run.js";

/**
 * Writes the programs of a contender of the benchmarks into a folder with its name. Its file contains all programs, each after a line
 * with its name, as in TypeScript's own tests: `// @filename: small.ts`.
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

/** `external` are packages that the user has already loaded. */
export type BundleOptions = Pick<BuildOptions, "external" | "minifyIdentifiers">;

/** The bytes of a program with all of its imports: bundled as a module for browsers and servers, minified, and compressed with the highest level of gzip. */
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
  /** The number of instantiations of generic types, which is the machine-independent part of the compiler's work. */
  readonly instantiations: number;
  readonly seconds: number;
}

/** Type-checks one program as a user would, outside of the checkout. Throws when it does not compile. */
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

/** The total size of all files in a folder and below it, including hidden files, but without npm's list of installed packages. */
export function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".package-lock.json")
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
