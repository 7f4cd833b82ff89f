import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import tsconfig from "../../tsconfig.json" with { type: "json" };
import { handWritten } from "./hand-written.js";

/** TypeScript files by absolute path; they need not exist. */
export type VirtualFiles = ReadonlyMap<string, string>;

/** A folder of this name beside the real sources holds a client that exists in memory only. */
export const SHADOW = "@shadow-";

interface ProgramOptions {
  readonly options?: ts.CompilerOptions;
  /** Names of packages whose source is known. */
  readonly packages?: ReadonlyMap<string, string>;
}

/** Parsed files from disk: they are the same for every program of this process. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/**
 * A program over files in memory, with everything else from the project. A client in `src/@shadow-x/generated` finds the
 * hand-written sources as if it stood in `src`; in the published package, their declarations as if it stood in `dist`.
 */
export function virtualProgram(
  root: string,
  files: VirtualFiles,
  rootNames: readonly string[],
  { options = compilerOptions(root), packages = new Map() }: ProgramOptions = {},
): ts.Program {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path);
  host.getSourceFile = (path, target) => {
    const text = files.get(path);
    if (text !== undefined) return parseVirtual(path, text, target);
    if (!parsed.has(path)) parsed.set(path, read(path, target));
    return parsed.get(path);
  };
  const resolution = ts.createModuleResolutionCache(root, (name) => name, options);
  host.resolveModuleNameLiterals = (literals, importer) =>
    literals.map(({ text }) => {
      const known = packages.get(text);
      return {
        resolvedModule: known ? source(known) : resolveImport(text, importer, files, options, host, resolution),
      };
    });
  return ts.createProgram([...rootNames], options, host);
}

/** The last parsed text of each path: two programs in a row share most of their files. */
const virtual = new Map<string, ts.SourceFile>();

function parseVirtual(path: string, text: string, target: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.SourceFile {
  const known = virtual.get(path);
  if (known?.text === text) return known;
  const file = ts.createSourceFile(path, text, target, true);
  virtual.set(path, file);
  return file;
}

function resolveImport(
  name: string,
  importer: string,
  files: VirtualFiles,
  options: ts.CompilerOptions,
  host: ts.ModuleResolutionHost,
  cache: ts.ModuleResolutionCache,
): ts.ResolvedModuleFull | undefined {
  if (name.startsWith(".")) {
    const wanted = resolve(dirname(importer), name).replace(/\.js$/, "");
    const places = [wanted, wanted.replace(/\/@shadow-[^/]*/, "")].flatMap((path) => [`${path}.ts`, `${path}.d.ts`]);
    const path = places.find((place) => files.has(place)) ?? places.find((place) => ts.sys.fileExists(place));
    if (path !== undefined) return source(path);
  }
  const mode = ts.ModuleKind.ESNext;
  return ts.resolveModuleName(name, importer, options, host, cache, undefined, mode).resolvedModule;
}

function source(path: string): ts.ResolvedModuleFull {
  const extension = path.endsWith(".d.ts") ? ts.Extension.Dts : ts.Extension.Ts;
  return { resolvedFileName: path, extension, isExternalLibraryImport: false };
}

function compilerOptions(root: string): ts.CompilerOptions {
  const { options } = ts.convertCompilerOptionsFromJson(tsconfig.compilerOptions, root);
  return { ...options, noEmit: true, skipLibCheck: true };
}

/** The generated code of a client, beside the project's own sources. */
export function shadow(root: string, name: string, code: ReadonlyMap<string, string>): Map<string, string> {
  const { folder } = handWritten(root);
  const place = (path: string) => join(root, path.replace(/^(src|dist)\//, `${folder}/${SHADOW}${name}/`));
  return new Map([...code].map(([path, text]) => [place(path), text]));
}

/** Errors of the given files, one line each. */
export function errorsOf(program: ts.Program, paths: Iterable<string>): string[] {
  return [...paths].flatMap((path) => {
    const file = program.getSourceFile(path);
    if (file === undefined) return [`${path}: not part of the program`];
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => {
      const { line } = file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
      return `${path}:${line + 1}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
    });
  });
}
