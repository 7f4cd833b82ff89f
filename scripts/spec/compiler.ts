import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { SHADOW } from "../../packages/devtools/src/impact/message.js";
import tsconfig from "../../tsconfig.json" with { type: "json" };
import { GENERATED_FOLDER } from "../generate/print.js";
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
    const { path, before, after } = difference;
    const [older, newer] = [typeAt(`before.${before.type}`, path), typeAt(`after.${after.type}`, path)];
    const forwards = ask(`(value: ${older}): ${newer} => value,`);
    return { difference, forwards, backwards: ask(`(value: ${newer}): ${older} => value,`) };
  });
  const calls = pairs
    .filter(({ before, after }) => before.descriptor.name === after.descriptor.name)
    .map((pair) => ({ name: pair.after.descriptor.name, line: ask(callLine(pair)) }));
  lines.push("];");
  const check = join(root, `src/${SHADOW}check.ts`);
  const code = [...shadow(root, "before", before.code), ...shadow(root, "after", after.code)];
  const program = virtualProgram(root, new Map([...code, [check, lines.join("\n")]]));
  const errors = errorsByLine(program, check);
  const fits = (line: number) => !errors.has(line);
  return {
    program,
    members: new Map(
      members.map(({ difference, forwards, backwards }) => [
        difference,
        { forwards: fits(forwards), backwards: fits(backwards) },
      ]),
    ),
    brokenCalls: new Map(
      calls.filter(({ line }) => !fits(line)).map(({ name, line }) => [name, errors.get(line) ?? ""]),
    ),
  };
}

function imports(): string[] {
  return ["before", "after"].flatMap((side) => [
    `import type * as ${side} from "./${SHADOW}${side}/types.js";`,
    `import type { Resources as ${side}Resources } from "./${SHADOW}${side}/resources/index.js";`,
  ]);
}

function hasTypes({ before, after, was, is }: MemberDifference): boolean {
  const isTyped = before.type !== undefined && after.type !== undefined;
  return isTyped && was !== undefined && is !== undefined && was.signature !== is.signature;
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

function callLine({ after }: Pair): string {
  const { resource, method } = after;
  const older = `beforeResources["${resource}"]["${method}"]`;
  return `(client: afterResources, ...values: Parameters<${older}>): ReturnType<${older}> => client.${resource}.${method}(...values),`;
}

/** The first error of each line, counted from 0. */
function errorsByLine(program: ts.Program, path: string): Map<number, string> {
  const errors = new Map<number, string>();
  for (const { file, start = 0, messageText } of program.getSemanticDiagnostics(program.getSourceFile(path))) {
    const line = file?.getLineAndCharacterOfPosition(start).line ?? -1;
    // The last line of a chain of reasons is the one that names the member.
    const reason = ts.flattenDiagnosticMessageText(messageText, "\n").split("\n").at(-1) ?? "";
    if (!errors.has(line)) errors.set(line, reason.trim());
  }
  return errors;
}

/** A program over files in memory, by their absolute paths, with everything else from the project. */
export function virtualProgram(root: string, files: Texts): ts.Program {
  const own = { ...tsconfig.compilerOptions, noEmit: true, skipLibCheck: true };
  const { options } = ts.convertCompilerOptionsFromJson(own, root);
  return ts.createProgram({ rootNames: [...files.keys()], options, host: memoryHost(options, files) });
}

/** The generated code of a client, in a folder beside the project's own: what it imports of the hand-written sources is found there. */
export function shadow(root: string, name: string, code: Texts): Map<string, string> {
  const folder = join(root, `src/${SHADOW}${name}`);
  return new Map([...code].map(([path, text]) => [path.replace(GENERATED_FOLDER, folder), text]));
}

/** The client's hand-written sources, by path from the root. */
export function handWrittenSources(root: string): Map<string, string> {
  const paths = handWrittenFiles(root, ["src"]).filter((path) => path.endsWith(".ts"));
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}
