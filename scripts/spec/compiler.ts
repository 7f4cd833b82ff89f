import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { SHADOW } from "../../packages/devtools/src/impact/cause.js";
import tsconfig from "../../tsconfig.json" with { type: "json" };
import { memoryHost } from "../lib/typescript.js";
import { type MemberDifference, pathOf } from "./differences.js";
import type { Pair } from "./operations.js";
import type { Side } from "./side.js";

/** Whether values of one version of a type can be used where the other version is asked for. */
export interface Verdict {
  /** What was written for the older type fits the newer one. */
  readonly forwards: boolean;
  /** What the newer type holds fits code written for the older one. */
  readonly backwards: boolean;
}

export interface Verdicts {
  /** Holds the generated code of both sides, for those who have more questions. */
  readonly program: ts.Program;
  readonly members: ReadonlyMap<MemberDifference, Verdict>;
  /** Methods whose older call does not compile against the newer client, with the compiler's reason. */
  readonly brokenCalls: ReadonlyMap<string, string>;
}

/** Lets the compiler settle what no comparison of documents can: old calls against new types, member by member. */
export function askCompiler(
  root: string,
  before: Side,
  after: Side,
  pairs: readonly Pair[],
  differences: readonly MemberDifference[],
): Verdicts {
  const check = join(root, `${handWritten(root).folder}/${SHADOW}check.ts`);
  const questions = differences.filter(hasTypes);
  const calls = pairs.filter((pair) => pair.before.name === pair.after.name);
  const head = [...imports(), "export default ["];
  const lines = [...head, ...questions.flatMap((question) => memberLines(question)), ...calls.map(callLine), "];"];
  const files = new Map([
    ...shadow(root, "before", before.code),
    ...shadow(root, "after", after.code),
    [check, lines.join("\n")],
  ]);
  const program = virtualProgram(root, files, [check]);
  const errors = errorsByLine(program, check);
  const firstMember = head.length;
  const firstCall = firstMember + 2 * questions.length;
  return {
    program,
    members: new Map(
      questions.map((question, index) => {
        const line = firstMember + 2 * index;
        return [question, { forwards: !errors.has(line), backwards: !errors.has(line + 1) }] as const;
      }),
    ),
    brokenCalls: new Map(
      calls.flatMap((pair, index) => {
        const reason = errors.get(firstCall + index);
        return reason === undefined ? [] : [[pair.after.name, reason] as const];
      }),
    ),
  };
}

function imports(): string[] {
  return ["before", "after"].flatMap((side) => [
    `import type * as ${side} from "./${SHADOW}${side}/generated/types.js";`,
    `import type { Resources as ${side}Resources } from "./${SHADOW}${side}/generated/resources/index.js";`,
    // Nothing else here leads to it, and it is to be type-checked with the rest.
    `import type {} from "./${SHADOW}${side}/generated/operation-list.js";`,
    `import type {} from "./${SHADOW}${side}/generated/errors.js";`,
  ]);
}

function hasTypes({ before, after, was, is }: MemberDifference): boolean {
  const isTyped = before.type !== undefined && after.type !== undefined;
  return isTyped && was !== undefined && is !== undefined && was.signature !== is.signature;
}

function memberLines(difference: MemberDifference): [string, string] {
  const path = pathOf(difference);
  const older = typeAt(`before.${difference.before.type}`, path);
  const newer = typeAt(`after.${difference.after.type}`, path);
  return [arrow(older, newer), arrow(newer, older)];
}

function arrow(from: string, to: string): string {
  return `(value: ${from}): ${to} => value,`;
}

/** The type of a member, without the `undefined` of an optional one. */
function typeAt(type: string, path: readonly string[]): string {
  return path.reduce((here, step) => {
    if (step === "[]") return `NonNullable<${here}>[number]`;
    if (step === "{}") return `NonNullable<${here}>[string]`;
    if (step.startsWith("|")) return `Extract<${here}, ${armWith(step.slice(1))}>`;
    return `Exclude<NonNullable<${here}>[${JSON.stringify(step)}], undefined>`;
  }, type);
}

/** `kind=spot` names the arm of a union whose `kind` is "spot". */
function armWith(label: string): string {
  const [name = "", value] = label.split("=");
  return value === undefined ? "unknown" : `{ ${JSON.stringify(name)}: ${JSON.stringify(value)} }`;
}

function callLine({ before, after }: Pair): string {
  const method = (resources: string) => `${resources}["${before.model.resource}"]["${before.model.method}"]`;
  const older = method("beforeResources");
  const call = `client.${after.model.resource}.${after.model.method}(...values)`;
  return `(client: afterResources, ...values: Parameters<${older}>): ReturnType<${older}> => ${call},`;
}

/** The first error of each line, counted from 0. */
function errorsByLine(program: ts.Program, path: string): Map<number, string> {
  const file = program.getSourceFile(path);
  const errors = new Map<number, string>();
  for (const { start, messageText } of file ? program.getSemanticDiagnostics(file) : []) {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? -1;
    if (!errors.has(line)) errors.set(line, innermost(messageText));
  }
  return errors;
}

/** The last line of a chain of reasons is the one that names the member. */
function innermost(message: string | ts.DiagnosticMessageChain): string {
  if (typeof message === "string") return message;
  const next = message.next?.[0];
  return next === undefined ? message.messageText : innermost(next);
}

/** TypeScript files by absolute path; they need not exist. */
export type VirtualFiles = ReadonlyMap<string, string>;

interface ProgramOptions {
  readonly options?: ts.CompilerOptions;
  /** Projects that the program refers to; their sources are read, whether they were built or not. */
  readonly references?: readonly ts.ProjectReference[];
  /** Names of packages whose source is known. */
  readonly packages?: ReadonlyMap<string, string>;
  /** Is called for each file that imports one of them. */
  readonly onPackage?: (importer: string) => void;
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
  const host = memoryHost(options, files);
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

/** What the compiler reads of the hand-written code: sources in the repository, declarations in the published package. */
export interface HandWritten {
  readonly folder: "src" | "dist";
  readonly extension: ".ts" | ".d.ts";
}

export function handWritten(root: string): HandWritten {
  return existsSync(join(root, "src/index.ts"))
    ? { folder: "src", extension: ".ts" }
    : { folder: "dist", extension: ".d.ts" };
}

/** Where the package's name and its entry points lead. */
const ENTRIES = ["index", "client", "paths", "workflows"];

/** The files that lead from the package's name to the generated code, by their path from the root. */
export function leadingFiles(root: string): Map<string, string> {
  const { folder, extension } = handWritten(root);
  const texts = new Map<string, string>();
  const imports = new Map<string, readonly string[]>();
  const read = (path: string): void => {
    if (imports.has(path) || isGenerated(path) || !existsSync(join(root, path))) return;
    const text = readFileSync(join(root, path), "utf8");
    const names = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    const own = names.filter((name) => name.startsWith("."));
    const found = own.map((name) => join(dirname(path), name.replace(/\.js$/, extension)));
    texts.set(path, text);
    imports.set(path, found);
    for (const next of found) read(next);
  };
  for (const name of ENTRIES) read(`${folder}/${name}${extension}`);
  const leading = new Set([...imports.keys()].filter((path) => (imports.get(path) ?? []).some(isGenerated)));
  // Whatever imports one that leads there leads there too, until no more are found.
  for (let size = -1; size !== leading.size; ) {
    size = leading.size;
    for (const [path, found] of imports) if (found.some((next) => leading.has(next))) leading.add(path);
  }
  return new Map([...leading].map((path) => [path, texts.get(path) ?? ""]));
}

function isGenerated(path: string): boolean {
  return path.split("/")[1] === "generated";
}
