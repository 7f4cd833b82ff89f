import { count } from "../generate/report.js";
import { askCompiler, type Verdicts } from "./ask-compiler.js";
import { compareBodies } from "./compare-bodies.js";
import { compareMembers, type MemberDifference, type OwnerPair, pairOwners, type Renames } from "./compare-members.js";
import { compareOperations, type Pair, pairOperations } from "./compare-operations.js";
import { compareParameters } from "./compare-parameters.js";
import { compareStatuses } from "./compare-statuses.js";
import { type Entry, IMPACTS, type Impact, worst } from "./entry.js";
import { matchOperations } from "./match-operations.js";
import { memberEntries } from "./member-entries.js";
import { membersOf } from "./members.js";
import { limitEntries, wordEntries } from "./quiet-entries.js";
import type { RawChange } from "./raw-changes.js";
import { securityEntries } from "./security.js";
import { serverEntries } from "./servers.js";
import type { Side } from "./side.js";
import { successor } from "./successor.js";
import { renamedSchemas, touchedOwners } from "./touched.js";
import { typeEntries } from "./type-entries.js";
import { unplacedEntries } from "./unplaced.js";

/** All that is different for users of the client, the gravest first. */
export interface Comparison {
  readonly entries: readonly Entry[];
  /** What the version number has to say; absent when nothing changed. */
  readonly impact?: Impact;
}

/** `raw` says where the documents differ, the two sides say what that is for users, the compiler what it breaks. */
export function compareSides(
  root: string,
  before: Side,
  after: Side,
  raw: readonly RawChange[],
  ask: typeof askCompiler = askCompiler,
): Comparison {
  const renames = renamesOf(before, after, raw);
  const pairs = pairOperations(before, after, renames.operations);
  const owners = pairOwners(before, after, renames);
  const touched = touchedOwners(raw, before, after, renames);
  const differencesOf = (pair: OwnerPair) => compareMembers(pair, before, after, renames);

  const seen = owners.pairs.filter((pair) => touched.has(pair.after.key)).flatMap(differencesOf);
  const verdicts = ask(root, before, after, pairs, seen);
  const entries = [
    ...compareOperations(before, after, pairs),
    ...compareParameters(pairs, before.document, after.document, after.model.notices),
    ...securityEntries(pairs, before.document, after.document),
    ...serverEntries(pairs, before.document, after.document),
    ...compareStatuses(pairs),
    ...compareBodies(pairs, owners.pairs, verdicts.brokenCalls),
    ...seen.flatMap((difference) => entriesOf(difference, seen, verdicts, after)),
    ...typeEntries(owners, after),
    ...limitEntries(seen),
    ...wordEntries(seen, pairs),
    ...unplacedEntries(raw),
  ];
  const all = [...entries, ...unexplained(verdicts, entries, pairs)];
  return finished(all.length > 0 ? all : unseen(raw));
}

function renamesOf(before: Side, after: Side, raw: readonly RawChange[]): Renames {
  const operations = ({ operations: all }: Side) => all.map((operation) => operation.raw);
  return { schemas: renamedSchemas(raw), operations: matchOperations(operations(before), operations(after)) };
}

function entriesOf(
  difference: MemberDifference,
  all: readonly MemberDifference[],
  { members }: Verdicts,
  after: Side,
): Entry[] {
  return memberEntries(difference, members.get(difference), insteadOf(difference, all, after));
}

/** What to use in place of a member that is gone. */
function insteadOf({ was, is, after }: MemberDifference, all: readonly MemberDifference[], side: Side) {
  if (was === undefined || is !== undefined) return undefined;
  const name = (schema: string) => schema;
  const added = all.flatMap((other) => (other.after.key === after.key && !other.was && other.is ? [other.is] : []));
  return successor(was, membersOf(side.document, after.schema, name, name), added);
}

/** The compiler's last word: a method whose older call does not compile is told, whatever the comparison found. */
function unexplained({ brokenCalls }: Verdicts, entries: readonly Entry[], pairs: readonly Pair[]): Entry[] {
  const explained = new Set(entries.filter(({ impact }) => impact === "major").flatMap(({ methods }) => methods));
  return pairs.flatMap(({ after: { name } }) => {
    const reason = brokenCalls.get(name);
    if (reason === undefined || explained.has(name)) return [];
    const clause = `an older call does not compile: ${shorten(reason)}`;
    return [{ kind: "old-call", impact: "major", subject: name, clause, methods: [name] } as const];
  });
}

function shorten(text: string): string {
  return text.length > MOST_SAID ? `${text.slice(0, MOST_SAID)}…` : text;
}

const MOST_SAID = 160;

/** Something is different in the files that are generated, but nothing that a user of the client meets. */
function unseen(raw: readonly RawChange[]): Entry[] {
  if (raw.length === 0) return [];
  const clause = `${count(raw.length, "change")} that no user of the client meets`;
  return [{ kind: "other", impact: "patch", subject: "the description", clause, methods: [] }];
}

function finished(entries: readonly Entry[]): Comparison {
  const sorted = [...entries].sort((a, b) => IMPACTS.indexOf(a.impact) - IMPACTS.indexOf(b.impact));
  if (sorted.length === 0) return { entries: sorted };
  return { entries: sorted, impact: worst(sorted.map(({ impact }) => impact)) };
}
