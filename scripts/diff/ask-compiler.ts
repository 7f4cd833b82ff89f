import { join } from "node:path";
import type ts from "typescript";
import type { MemberDifference } from "./compare-members.js";
import { pathOf } from "./compare-members.js";
import type { Pair } from "./compare-operations.js";
import { handWritten } from "./hand-written.js";
import type { Side } from "./side.js";
import { SHADOW, shadow, virtualProgram } from "./virtual-program.js";

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
