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
 * Whether values of one version of a type can be used where the other version is asked for: forwards, what was written for the
 * older type where the newer one is; backwards, what the newer type holds in code that was written for the older one.
 */
export type Verdict = Readonly<Record<"forwards" | "backwards", boolean>>;

export type Verdicts = ReturnType<typeof askCompiler>;

/** The compiler settles what no comparison of documents can: old calls against new types, member by member. */
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
    /** Holds the generated code of both sides, for those who have more questions. */
    program,
    /** `undefined` for a member that is of the same type, or of none that the client exports. */
    ofMember(member: MemberPair): Verdict | undefined {
      const [forwards, backwards] = memberQuestions(member);
      if (forwards === undefined || backwards === undefined) return undefined;
      return { forwards: !errors.has(forwards), backwards: !errors.has(backwards) };
    },
    /** Why a method's older call does not compile against the newer client. */
    whyBroken: (pair: Pair) => callQuestion(pair).map((line) => errors.get(line))[0],
  };
}

/** Whether the older type fits the newer one, and the other way round; each is a line that compiles if it does. */
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

/** `kind=spot` names the arm of a union whose `kind` is "spot". */
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
    // The last line of a chain of reasons is the one that names the member.
    const reason = ts.flattenDiagnosticMessageText(messageText, "\n").split("\n").at(-1) ?? "";
    if (!errors.has(line)) errors.set(line, reason.trim());
  }
  return errors;
}

/** A program over files in memory, by their absolute paths, with everything else from the project. */
export function virtualProgram(root: string, files: Texts): ts.Program {
  const config: unknown = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config;
  // Without its own files, which it would look for.
  const { options } = ts.parseJsonConfigFileContent({ ...Object(config), files: [] }, ts.sys, root);
  return ts.createProgram({ rootNames: [...files.keys()], options, host: memoryHost(options, files) });
}

/** The generated code of a client, in a folder beside the project's own: what it imports of the hand-written sources is found there. */
export function shadow(root: string, name: string, code: Texts): Map<string, string> {
  const folder = join(root, `src/${SHADOW}${name}`);
  return new Map([...code].map(([path, text]) => [path.replace(GENERATED_FOLDER, folder), text]));
}
