import { createRequire } from "node:module";
import { join } from "node:path";
import type ts from "typescript";
import { root } from "./package.js";

const require = createRequire(import.meta.url);

/** The TypeScript compiler. Loaded when it is needed, and by `require`: as an ES module its nine megabytes are read twice. */
export function loadCompiler(): typeof ts {
  return require("typescript") as typeof ts;
}

/** Parsed files, by the options that they were parsed for: programs of one process share libraries, packages and sources. */
const parsed = new Map<string, Map<string, ts.SourceFile>>();

/** Options that say where something is, which changes nothing about how a file is parsed. */
const PLACE = /(dir|dirs|file|path|root|roots|url|paths|types)$/i;

function parsedWith(options: ts.CompilerOptions): Map<string, ts.SourceFile> {
  const relevant = Object.entries(options).filter(([name]) => !PLACE.test(name));
  const key = JSON.stringify(relevant.sort());
  const known = parsed.get(key) ?? new Map<string, ts.SourceFile>();
  parsed.set(key, known);
  return known;
}

/** A compiler host that sees files in memory beside those on disk, and parses what several programs read only once. */
export function memoryHost(
  options: ts.CompilerOptions,
  files: ReadonlyMap<string, string> = new Map(),
): ts.CompilerHost {
  const compiler = loadCompiler();
  const host = compiler.createCompilerHost(options);
  const known = parsedWith(options);
  host.fileExists = (path) => files.has(path) || compiler.sys.fileExists(path);
  host.readFile = (path) => files.get(path) ?? compiler.sys.readFile(path);
  host.getSourceFile = (path, target) => {
    const last = known.get(path);
    const isPackaged = path.includes("/node_modules/");
    if (last !== undefined && isPackaged) return last;
    const text = host.readFile(path);
    if (text === undefined) return undefined;
    if (last?.text === text) return last;
    const file = compiler.createSourceFile(path, text, target, true);
    // Other folders are temporary; what was parsed of them would stay for nothing.
    if (isPackaged || files.has(path) || path.startsWith(join(root, "/"))) known.set(path, file);
    return file;
  };
  return host;
}
