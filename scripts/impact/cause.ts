import ts from "typescript";
import type { Entry } from "../diff/entry.js";
import type { Break } from "./breaks.js";
import { type ResourceFields, type Uses, usesWithin } from "./uses.js";

/**
 * The entry of the difference that explains a break, by what the code around it stood for in the older client and by the
 * names in the compiler's message. Starts at the place itself, and looks at more of the code around it until one fits.
 */
export function causeOf(
  found: Break,
  entries: readonly Entry[],
  before: ts.Program,
  fields: ResourceFields,
): Entry | undefined {
  const named = namesIn(found.message);
  for (const node of aroundBreak(before, found)) {
    const uses = usesWithin(before, node, fields);
    const rated = entries.map((entry) => ({ entry, score: score(entry, uses, named) }));
    const best = rated.reduce((a, b) => (b.score > a.score ? b : a), {
      entry: undefined as Entry | undefined,
      score: 0,
    });
    if (best.score >= ENOUGH) return best.entry;
  }
  return undefined;
}

const ENOUGH = 3;

/** The node at the break, then each of those it lies in, up to the statement at the top of the file. */
function aroundBreak(program: ts.Program, { file, start }: Break): ts.Node[] {
  const source = program.getSourceFile(file);
  if (source === undefined) return [];
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (node.getStart(source) > start || node.getEnd() <= start) return;
    if (node !== source) nodes.unshift(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return nodes;
}

/** Names and values in quotes: `'pool'`, `'"yield"'`. */
function namesIn(message: string): ReadonlySet<string> {
  return new Set([...message.matchAll(/'("?[\w.$-]+"?)'/g)].map(([, name = ""]) => name));
}

function score(entry: Entry, uses: Uses, named: ReadonlySet<string>): number {
  if (entry.impact !== "major") return 0;
  return entry.member === undefined
    ? scoreOfWhole(entry, uses, named)
    : scoreOfMember(entry, entry.member, uses, named);
}

/** A member by itself is a cause; its name in the message is one only where its method is called. */
function scoreOfMember(entry: Entry, member: string, uses: Uses, named: ReadonlySet<string>): number {
  const name = member.replace(/\[\]|\{\}/g, "");
  const isUsed = uses.members.has(`${entry.owner} ${name}`);
  const isNamed = named.has(name.split(".").at(-1) ?? "");
  const isCalled = entry.methods.some((method) => uses.methods.has(method));
  return (isUsed ? 4 : 0) + (isNamed ? 2 : 0) + (isCalled ? 1 : 0);
}

/** A method or a type as a whole. */
function scoreOfWhole(entry: Entry, uses: Uses, named: ReadonlySet<string>): number {
  const isCalled = uses.methods.has(entry.subject);
  const isUsed = entry.owner !== undefined && uses.owners.has(entry.owner);
  const isNamed = named.has(entry.subject) || hasValue(entry, named) || namesPath(entry, uses);
  return (isCalled || isUsed ? 3 : 0) + (isNamed ? 3 : 0);
}

/** The path client is called with a path that has moved. */
function namesPath({ kind, clause }: Entry, { texts }: Uses): boolean {
  return kind === "method-moved" && [...texts].some((text) => clause.includes(` ${text})`));
}

function hasValue({ kind, clause }: Entry, named: ReadonlySet<string>): boolean {
  return kind.startsWith("value-") && [...named].some((name) => name.startsWith('"') && clause.includes(name));
}
