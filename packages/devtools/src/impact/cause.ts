import type TS from "typescript";
import type { Break } from "./breaks.js";
import type { Entry } from "./entry.js";
import { type Named, namedIn } from "./message.js";
import { ts } from "./typescript.js";
import { ownComments, type UseFinder, type Uses } from "./uses.js";

/**
 * Finds the change that explains a break. It compares each change with the names in the compiler's message, and with the parts of the older
 * client that the code refers to. It starts with the node at the break, and continues with each enclosing node until a change fits.
 */
export function findCause(
  found: Break,
  entries: readonly Entry[],
  before: TS.Program,
  finder: UseFinder,
): Entry | undefined {
  const named = namedIn(found.message);
  let hasLeftStatement = false;
  for (const node of listEnclosingNodes(before, found)) {
    const uses = finder.within(node);
    const rated = entries.map((entry) => ({ entry, score: score(entry, uses, named) }));
    const best = rated.reduce((a, b) => (b.score > a.score ? b : a), NOTHING);
    // Code outside of the statement may use parts of the client that are unrelated to the error, so there the message must name the change.
    const isNear = !hasLeftStatement || isNamedIn(best.entry, named);
    if (best.entry !== undefined && best.score >= MIN_SCORE && isNear) return best.entry;
    hasLeftStatement ||= ts.isStatement(node) && !ts.isBlock(node);
  }
  return undefined;
}

const MIN_SCORE = 3;
const NOTHING: { readonly entry: Entry | undefined; readonly score: number } = { entry: undefined, score: 0 };

/** The node at the break, then each enclosing node, up to a top-level statement of the file. */
function listEnclosingNodes(program: TS.Program, { file, start }: Break): TS.Node[] {
  const source = program.getSourceFile(file);
  if (source === undefined) return [];
  const nodes: TS.Node[] = [];
  const visit = (node: TS.Node): void => {
    // The start includes the JSDoc comment of the node, because types can be declared in comments.
    if (node.getStart(source, true) > start || node.getEnd() <= start) return;
    if (node !== source) nodes.unshift(node);
    for (const comment of ownComments(node)) visit(comment);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return nodes;
}

function isNamedIn(entry: Entry | undefined, named: Named): boolean {
  if (entry === undefined) return false;
  const member = lastName(entry);
  return (
    named.missing.has(member) ||
    isMemberNamed(member, named) ||
    named.names.has(entry.subject) ||
    hasValue(entry, named)
  );
}

function score(entry: Entry, uses: Uses, named: Named): number {
  const full = entry.member === undefined ? scoreOfWhole(entry, uses, named) : scoreOfMember(entry, uses, named);
  // A change that requires nothing of most users can still break some code, such as a test that creates its own response. It is the less likely cause.
  return entry.impact === "major" ? full : full - 1;
}

/** Rates the change of a member. Using the member counts on its own; its name in the message counts together with a use of its type or method. */
function scoreOfMember(entry: Entry, uses: Uses, named: Named): number {
  const path = entry.member?.replace(/\[\]|\{\}/g, "") ?? "";
  const name = lastName(entry);
  const isCalled = entry.methods.some((method) => uses.methods.has(method));
  const isOwnerUsed = entry.owner !== undefined && uses.owners.has(entry.owner);
  const near = (isOwnerUsed ? 2 : 0) + (isCalled ? 1 : 0);
  if (named.missing.has(name) && isDemanded(entry)) return near === 0 ? 2 : near + 6;
  if (entry.impact !== "major") return isMemberNamed(name, named) && isOwnerUsed ? MIN_SCORE + 1 : 0;
  const isUsed = uses.members.has(`${entry.owner} ${path}`);
  return (isUsed ? 4 : 0) + (isMemberNamed(name, named) ? 2 : 0) + near;
}

function isDemanded({ kind }: Entry): boolean {
  return kind === "member-new" || kind === "member-required";
}

function lastName({ member = "" }: Entry): string {
  return (
    member
      .replace(/\[\]|\{\}/g, "")
      .split(".")
      .at(-1) ?? ""
  );
}

function isMemberNamed(name: string, { names }: Named): boolean {
  return name !== "" && (names.has(name) || names.has(`"${name}"`));
}

/** Kinds of changes that the compiler cannot see. */
const UNSEEN = new Set<Entry["kind"]>([
  "serialization",
  "server",
  "retry",
  "status-new",
  "status-gone",
  "words",
  "limits",
]);

/** Rates the change of a whole method or type. */
function scoreOfWhole(entry: Entry, uses: Uses, named: Named): number {
  if (UNSEEN.has(entry.kind)) return 0;
  if (entry.kind === "key-gone" && !named.names.has("idempotencyKey")) return 0;
  const path = pathScore(entry, uses);
  // Calls of the path client contain the path of a method that moved or is gone. A move affects no other code.
  if (entry.kind === "method-moved") return path;
  const isCalled = uses.methods.has(entry.subject);
  const isUsed = entry.owner !== undefined && uses.owners.has(entry.owner);
  const [resource = "", method = ""] = entry.subject.split(".");
  const isKey = uses.resources.has(resource) && isMemberNamed(method, named);
  const isNamed = named.names.has(entry.subject) || hasValue(entry, named) || isKey;
  return (isCalled || isUsed ? 3 : 0) + (isNamed ? 3 : 0) + path;
}

/** Rates calls of the path client with a path that moved or is gone. Without the same HTTP method, the path is a weaker sign. */
function pathScore({ kind, clause }: Entry, { texts }: Uses): number {
  const old =
    kind === "method-moved"
      ? /\(was (\w+) (\S+?)\)/.exec(clause)
      : kind === "method-gone"
        ? /\((\w+) (\S+?)\)/.exec(clause)
        : null;
  if (old === null || !texts.has(old[2] ?? "")) return 0;
  return texts.has(old[1] ?? "") ? 5 : 3;
}

function hasValue({ kind, clause }: Entry, { names }: Named): boolean {
  return (
    kind.startsWith("value-") &&
    [...names].some((name) => name !== "" && clause.includes(`\`"${name.replace(/^"|"$/g, "")}"\``))
  );
}

/** Says in one sentence how to change the code. */
export function adviceFor({ kind, member, instead, isInsteadDocumented, clause }: Entry): string {
  const name = `\`${member}\``;
  switch (kind) {
    case "member-gone":
      if (instead === undefined) return `Leave ${name} out.`;
      if (isInsteadDocumented) return `Use \`${instead}\`.`;
      return `Perhaps \`${instead}\` takes its place: read in its description whether it means the same.`;
    case "member-new":
    case "member-required":
      return `Give ${name}.`;
    case "member-optional":
      return `Handle that ${name} is absent.`;
    case "member-type":
      return `Follow the new type: ${clause}.`;
    case "value-new":
      return `Handle the new value: ${clause}.`;
    case "value-gone":
      return "Use one of the values that are left.";
    case "serialization":
      return `Leave ${name} out: the client cannot send it.`;
    case "method-gone":
      if (instead !== undefined) return `Perhaps \`${instead}\` takes its place: read whether it does the same.`;
      return "Do without it; nothing takes its place.";
    case "type-gone":
      return "Do without it; nothing takes its place.";
    case "entry-gone":
      if (instead === undefined) return "Do without it; nothing takes its place.";
      return `Import from \`${instead}\`, and install it: npm install --save-dev ${instead}.`;
    case "method-renamed":
    case "type-renamed":
      return `Write \`${instead}\`.`;
    case "method-moved":
      return `Write ${instead} for the path client.`;
    case "key-gone":
      return "Leave `idempotencyKey` out, and look whether it took effect before you send it again.";
    default:
      return instead === undefined ? "Follow the new signature." : `Expect \`${instead}\`.`;
  }
}
