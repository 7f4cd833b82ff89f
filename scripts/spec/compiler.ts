import { join } from "node:path";
import ts from "typescript";
import { SHADOW } from "../../packages/devtools/src/impact/message.js";
import { GENERATED_FOLDER } from "../generate/print.js";
import type { Texts } from "../lib/files.js";
import { memoryHost } from "../lib/typescript.js";
import type { MemberPair } from "./differences.js";
import type { Pair } from "./operations.js";
import type { Side } from "./side.js";

/**
 * Whether values of one version of a type are assignable to the other version. Forwards: values for the
 * older type in place of the newer one. Backwards: values of the newer type in code for the older one.
 */
export type Verdict = Readonly<Record<"forwards" | "backwards", boolean>>;

export type Verdicts = ReturnType<typeof askCompiler>;

/** Answers with the compiler what no comparison of documents can decide: whether old calls fit new types, member by member. */
export function askCompiler(
  root: string,
  before: Side,
  after: Side,
  pairs: readonly Pair[],
  members: readonly MemberPair[],
) {
  const questions = [...members.flatMap(memberQuestions), ...pairs.flatMap(callQuestion)];
  const check = join(root, `src/${SHADOW}check.ts`);
  const imports = ["before", "after"].flatMap((side) => [
    `import type * as ${side} from "./${SHADOW}${side}/types.js";`,
    `import type { Resources as ${side}Resources } from "./${SHADOW}${side}/resources/index.js";`,
  ]);
  const text = [...imports, "export default [", ...questions, "];"].join("\n");
  const code = [...shadow(root, "before", before.code), ...shadow(root, "after", after.code)];
  const program = virtualProgram(root, new Map([...code, [check, text]]));
  const errors = errorsByLine(program, check);
  return {
    /** The generated code of both sides, for further checks. */
    program,
    /** `undefined` for a member whose type is unchanged or not exported by the client. */
    ofMember(member: MemberPair): Verdict | undefined {
      const [forwards, backwards] = memberQuestions(member);
      if (forwards === undefined || backwards === undefined) return undefined;
      return { forwards: !errors.has(forwards), backwards: !errors.has(backwards) };
    },
    /** The reason why an older call of a method does not compile with the newer client. */
    whyBroken: (pair: Pair) => callQuestion(pair).map((line) => errors.get(line))[0],
  };
}

/** One line of code for each direction of assignment between the older and the newer type. It compiles if the types are assignable. */
function memberQuestions({ before, after, path, was, is }: MemberPair): string[] {
  const isTyped = before.type !== undefined && after.type !== undefined;
  if (!isTyped || !was || !is || was.signature === is.signature) return [];
  const [older, newer] = [typeAt(`before.${before.type}`, path), typeAt(`after.${after.type}`, path)];
  return [`(value: ${older}): ${newer} => value,`, `(value: ${newer}): ${older} => value,`];
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

/** `kind=spot` identifies the branch of a union whose `kind` is "spot". */
function armWith(label: string): string {
  const [name = "", value] = label.split("=");
  return value === undefined ? "unknown" : `{ ${JSON.stringify(name)}: ${JSON.stringify(value)} }`;
}

/** Whether an older call of a method that keeps its name compiles. */
function callQuestion({ before, after: { descriptor, resource, method } }: Pair): string[] {
  if (before.descriptor.name !== descriptor.name) return [];
  const older = `beforeResources["${resource}"]["${method}"]`;
  const call = `client.${resource}.${method}(...values)`;
  return [`(client: afterResources, ...values: Parameters<${older}>): ReturnType<${older}> => ${call},`];
}

/** The first error of each line, by the text of the line. */
function errorsByLine(program: ts.Program, path: string): Map<string, string> {
  const errors = new Map<string, string>();
  for (const { file, start = 0, messageText } of program.getSemanticDiagnostics(program.getSourceFile(path))) {
    const line = file?.text.split("\n")[file.getLineAndCharacterOfPosition(start).line] ?? "";
    // The last line of a chain of reasons names the member.
    const reason = ts.flattenDiagnosticMessageText(messageText, "\n").split("\n").at(-1) ?? "";
    if (!errors.has(line)) errors.set(line, reason.trim());
  }
  return errors;
}

/** A program with files in memory, by absolute path, and everything else from the project. */
export function virtualProgram(root: string, files: Texts): ts.Program {
  const config: unknown = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config;
  // The options exclude the project's own files, which the compiler would otherwise search.
  const { options } = ts.parseJsonConfigFileContent({ ...Object(config), files: [] }, ts.sys, root);
  return ts.createProgram({ rootNames: [...files.keys()], options, host: memoryHost(options, files) });
}

/** The generated code of a client, in a folder beside the project's own, so that its imports of hand-written sources can be resolved. */
export function shadow(root: string, name: string, code: Texts): Map<string, string> {
  const folder = join(root, `src/${SHADOW}${name}`);
  return new Map([...code].map(([path, text]) => [path.replace(GENERATED_FOLDER, folder), text]));
}
