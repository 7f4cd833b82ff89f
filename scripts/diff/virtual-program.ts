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
  /** Projects that the program refers to; their sources are read, whether they were built or not. */
  readonly references?: readonly ts.ProjectReference[];
  /** Names of packages whose source is known. */
  readonly packages?: ReadonlyMap<string, string>;
  /** Is called for each file that imports one of them. */
  readonly onPackage?: (importer: string) => void;
}

/** Parsed files from disk, by the options that they were parsed for: two clients are type-checked with the same ones. */
const parsed = new Map<string, Map<string, ts.SourceFile | undefined>>();

/** Options that say where something is, which changes nothing about how a file is parsed. */
const PLACE = /(dir|dirs|file|path|root|roots|url|paths|types)$/i;

function parsedWith(options: ts.CompilerOptions): Map<string, ts.SourceFile | undefined> {
  const key = JSON.stringify(
    Object.entries(options)
      .filter(([name]) => !PLACE.test(name))
      .sort(),
  );
  const known = parsed.get(key) ?? new Map<string, ts.SourceFile | undefined>();
  parsed.set(key, known);
  return known;
}

/**
 * A program over files in memory, with everything else from the project. A client in `src/@shadow-x/generated` finds the
 * hand-written sources as if it stood in `src`; in the published package, their declarations as if it stood in `dist`.
 */
export function virtualProgram(
  root: string,
  files: VirtualFiles,
  rootNames: readonly string[],
  { options = compilerOptions(root), references = [], packages = new Map(), onPackage }: ProgramOptions = {},
): ts.Program {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  const known = parsedWith(options);
  host.fileExists = (path) => files.has(path) || ts.sys.fileExists(path);
  host.getSourceFile = (path, target) => {
    const text = files.get(path);
    if (text !== undefined) return parseVirtual(path, text, target, known);
    if (!known.has(path)) known.set(path, read(path, target));
    return known.get(path);
  };
  // As editors do, through a hook that the compiler's types leave out: sources stand in for what a reference has not built yet.
  Object.assign(host, { useSourceOfProjectReferenceRedirect: () => true });
  const ownOptions = compilerOptions(root);
  const own = { options: ownOptions, cache: resolutionCache(root, ownOptions) };
  const ownFolder = `${join(root, handWritten(root).folder)}/`;
  const cache = resolutionCache(root, options);
  host.resolveModuleNameLiterals = (literals, importer, redirect, _, file) =>
    literals.map((literal) => {
      const { text } = literal;
      const entry = packages.get(text);
      if (entry !== undefined) {
        onPackage?.(importer);
        return { resolvedModule: source(entry) };
      }
      // The client's own imports are resolved as it needs, whatever the project's options are.
      if (importer.startsWith(ownFolder)) return { resolvedModule: resolveOwn(text, importer, files, host, own) };
      const theirs = redirect?.commandLine.options ?? options;
      const mode = ts.getModeForUsageLocation(file, literal, theirs);
      return ts.resolveModuleName(text, importer, theirs, host, cache, redirect, mode);
    });
  return ts.createProgram({ rootNames: [...rootNames], options, projectReferences: references, host });
}

function resolutionCache(root: string, options: ts.CompilerOptions): ts.ModuleResolutionCache {
  return ts.createModuleResolutionCache(root, (name) => name, options);
}

interface Resolution {
  readonly options: ts.CompilerOptions;
  readonly cache: ts.ModuleResolutionCache;
}

/** Two programs in a row share most of their files. */
function parseVirtual(
  path: string,
  text: string,
  target: ts.ScriptTarget | ts.CreateSourceFileOptions,
  known: Map<string, ts.SourceFile | undefined>,
): ts.SourceFile {
  const last = known.get(path);
  if (last?.text === text) return last;
  const file = ts.createSourceFile(path, text, target, true);
  known.set(path, file);
  return file;
}

function resolveOwn(
  name: string,
  importer: string,
  files: VirtualFiles,
  host: ts.ModuleResolutionHost,
  { options, cache }: Resolution,
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
