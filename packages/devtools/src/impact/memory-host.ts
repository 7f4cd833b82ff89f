import { dirname } from "node:path";
import type TS from "typescript";

/** Parsed files, by the compiler options that they were parsed with. Programs in one process share libraries, packages and sources. */
const parsed = new Map<string, Map<string, TS.SourceFile>>();

/** Parsed declaration files of packages, the compiler's included, by module format. No other option affects how they are parsed. */
const packaged = new Map<string, Map<string, TS.SourceFile>>();

const DECLARATIONS = /\.d\.[cm]?ts$/;

/** Names of options that contain paths. They do not affect how a file is parsed. */
const PLACE = /(dir|dirs|file|path|root|roots|url|paths|types)$/i;

function parsedWith(options: TS.CompilerOptions): Map<string, TS.SourceFile> {
  const relevant = Object.entries(options).filter(([name]) => !PLACE.test(name));
  return entry(parsed, JSON.stringify(relevant.sort()));
}

function packagedWith(target: TS.ScriptTarget | TS.CreateSourceFileOptions): Map<string, TS.SourceFile> {
  return entry(packaged, String(typeof target === "object" && target.impliedNodeFormat));
}

function entry<T>(maps: Map<string, Map<string, T>>, key: string): Map<string, T> {
  const known = maps.get(key) ?? new Map<string, T>();
  maps.set(key, known);
  return known;
}

/**
 * Creates a compiler host that reads files from memory as well as from disk. It parses a file once for several programs if the file is in a package, is in
 * memory, or is accepted by `isShared`.
 */
export function memoryHost(
  compiler: typeof TS,
  options: TS.CompilerOptions,
  files: ReadonlyMap<string, string>,
  isShared: (path: string) => boolean,
): TS.CompilerHost {
  const host = compiler.createCompilerHost(options);
  const known = parsedWith(options);
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  host.fileExists = (path) => files.has(path) || compiler.sys.fileExists(path);
  host.directoryExists = (path) => folders.has(path) || compiler.sys.directoryExists(path);
  host.readFile = (path) => files.get(path) ?? compiler.sys.readFile(path);
  host.getSourceFile = (path, target) => {
    const isPackaged = path.includes("/node_modules/") && !files.has(path);
    const same = isPackaged && DECLARATIONS.test(path) ? packagedWith(target) : known;
    const last = same.get(path);
    if (last !== undefined && isPackaged) return last;
    const text = host.readFile(path);
    if (text === undefined) return undefined;
    if (last?.text === text) return last;
    const file = compiler.createSourceFile(path, text, target, true);
    if (isPackaged || files.has(path) || isShared(path)) same.set(path, file);
    return file;
  };
  return host;
}
