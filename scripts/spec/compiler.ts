import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { SHADOW } from "../../packages/devtools/src/impact/message.js";
import tsconfig from "../../tsconfig.json" with { type: "json" };
import { handWrittenFiles } from "../generate/standalone.js";
import type { Texts } from "../lib/files.js";
import { memoryHost } from "../lib/typescript.js";
import type { MemberDifference } from "./differences.js";
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

/** The compiler settles what no comparison of documents can: old calls against new types, member by member. */
export function askCompiler(
  root: string,
  before: Side,
  after: Side,
  pairs: readonly Pair[],
  differences: readonly MemberDifference[],
): Verdicts {
  const lines = [...imports(), "export default ["];
  /** Returns the number of its line, from 0. */
  const ask = (line: string) => lines.push(line) - 1;
  const members = differences.filter(hasTypes).map((difference) => {
    const [older, newer] = memberTypes(difference);
    return [difference, ask(arrow(older, newer)), ask(arrow(newer, older))] as const;
  });
  const calls = pairs
    .filter(({ before, after }) => before.name === after.name)
    .map((pair) => [pair.after.name, ask(callLine(pair))] as const);
  lines.push("];");
  const check = join(root, `src/${SHADOW}check.ts`);
  const files = [...shadow(root, "before", before.code), ...shadow(root, "after", after.code)];
  const program = virtualProgram(root, new Map([...files, [check, lines.join("\n")]]), [check]);
  const errors = errorsByLine(program, check);
  const verdict = (forwards: number, backwards: number) => {
    return { forwards: !errors.has(forwards), backwards: !errors.has(backwards) };
  };
  return {
    program,
    members: new Map(members.map(([difference, ...asked]) => [difference, verdict(...asked)])),
    brokenCalls: new Map(calls.flatMap(([name, line]) => (errors.has(line) ? [[name, errors.get(line) ?? ""]] : []))),
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

function memberTypes(difference: MemberDifference): [older: string, newer: string] {
  const { path, before, after } = difference;
  return [typeAt(`before.${before.type}`, path), typeAt(`after.${after.type}`, path)];
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

/**
 * A program over files in memory, by their absolute paths, with everything else from the project: what a client in `src/@shadow-x`
 * does not have beside it, it finds as if it stood in `src`.
 */
export function virtualProgram(root: string, files: Texts, rootNames: readonly string[]): ts.Program {
  const options = compilerOptions(root);
  const host = memoryHost(options, files);
  const cache = ts.createModuleResolutionCache(root, (name) => name, options);
  host.resolveModuleNameLiterals = (literals, importer) =>
    literals.map(({ text }) => {
      const mode = ts.ModuleKind.ESNext;
      const find = (from: string) => ts.resolveModuleName(text, from, options, host, cache, undefined, mode);
      const found = find(importer);
      return found.resolvedModule ? found : find(importer.replace(/\/@shadow-[^/]*/, ""));
    });
  return ts.createProgram({ rootNames: [...rootNames], options, host });
}

function compilerOptions(root: string): ts.CompilerOptions {
  const { options } = ts.convertCompilerOptionsFromJson(tsconfig.compilerOptions, root);
  return { ...options, noEmit: true, skipLibCheck: true };
}

/** The code of a client, beside the project's own sources. */
export function shadow(root: string, name: string, code: Texts): Map<string, string> {
  return new Map([...code].map(([path, text]) => [join(root, path.replace(/^src\//, `src/${SHADOW}${name}/`)), text]));
}

/** The client's hand-written sources, by path from the root. */
export function handWrittenSources(root: string): Map<string, string> {
  const paths = handWrittenFiles(root, ["src"]).filter((path) => path.endsWith(".ts"));
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}
