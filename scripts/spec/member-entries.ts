import type { Verdict } from "./compiler.js";
import type { MemberPair, OwnerPair } from "./differences.js";
import { limitNews, type Member } from "./members.js";
import type { Pair } from "./operations.js";
import { type Entry, type EntryKind, IMPACTS, type Impact } from "./report.js";
import type { Owner, Side } from "./side.js";

/** A kind of change, its impact when users write the type and when they read it, and the clause that reports it. */
type MemberNews = readonly [kind: EntryKind, sent: Impact, received: Impact, clause: string];

/** The use of a type: users write it, read it, or both. */
type Direction = Readonly<Record<"sent" | "received", boolean>>;

/** The differences of a member, and their meaning for users. */
export function memberEntries(pair: MemberPair, verdict?: Verdict): Entry[] {
  const { was, is, before, after, path, instead } = pair;
  const direction = { sent: after.sentBy.length > 0, received: after.receivedBy.length > 0 };
  const rate = (sent: Impact, received: Impact) =>
    IMPACTS.find((impact) => (direction.sent && impact === sent) || (direction.received && impact === received)) ??
    "patch";
  const { subject, methods } = findSubject(after);
  const member = memberName(path);
  // These are values of a method's own type: "`orders.list`: `OrderSortBy` can now be".
  const isEnumChange = [was, is].some((one) => one !== undefined && isEnum(one));
  const name = member === "" && after.type !== subject && isEnumChange ? after.type : member;
  return [...compareMember(pair, direction, verdict)].map(([kind, sent, received, clause]) => ({
    kind: after.kind ?? kind,
    impact: rate(sent, received),
    subject,
    clause: name ? `${quote(name, after)} ${clause}` : clause,
    ...(after.kind === undefined && member !== "" && { member }),
    ...(instead !== undefined && { instead: instead.name, isInsteadDocumented: instead.isDocumented }),
    owner: before.key,
    methods,
  }));
}

/** Headers and path parameters are described in words, and everything else as code. */
function quote(name: string, { kind }: Owner): string {
  return kind === undefined ? `\`${name}\`` : name;
}

/** The order of a report. */
function* compareMember(
  { was, is, after, instead }: MemberPair,
  direction: Direction,
  verdict?: Verdict,
): Generator<MemberNews> {
  if (was === undefined && is !== undefined) {
    const clause = is.required && direction.sent ? "is new and required" : "is new";
    yield ["member-new", is.required ? "major" : "minor", "minor", clause];
  } else if (was === undefined || is === undefined) {
    yield ["member-gone", "major", "major", instead ? `is gone, see ${quote(instead.name, after)}` : "is gone"];
  } else {
    // A path parameter is sent as text whatever its type, and older calls compile.
    yield* compareType(was, is, direction.sent, verdict ?? { forwards: after.kind === "limits", backwards: false });
    yield* compareMeaning(was, is, direction);
  }
}

/** Changes of the type of a member, and of whether it is required. */
function* compareType(was: Member, is: Member, sent: boolean, verdict: Verdict): Generator<MemberNews> {
  if (!was.required && is.required)
    yield ["member-required", "major", "minor", sent ? "is now required" : "is now always there"];
  if (was.required && !is.required)
    yield ["member-optional", "minor", "major", sent ? "may now be left out" : "may now be absent"];
  // Values are compared when the member is an enum on both sides. Anything else is a change of type.
  const [added, gone] = [isEnum(was) ? valuesOnlyIn(is, was) : "", isEnum(is) ? valuesOnlyIn(was, is) : ""];
  // In a closed enum of a response, a new value reaches code that handles all known values.
  if (added !== "") yield ["value-new", "minor", was.isOpen && is.isOpen ? "minor" : "major", `can now be ${added}`];
  // After the removal of a value, a comparison with it is never true, but compiles when the enum is open.
  if (gone !== "") yield ["value-gone", "major", "major", `can no longer be ${gone}`];
  const isStillEnum = isEnum(was) && isEnum(is);
  if (!isStillEnum && was.signature !== is.signature) {
    const { forwards, backwards } = verdict;
    const clause = `is now ${is.words} (was ${was.words})`;
    if (!forwards || !backwards)
      yield ["member-type", forwards ? "minor" : "major", backwards ? "minor" : "major", clause];
    // The notation has changed, but not the type for the compiler. Still, an open enum and a plain string differ for a reader.
    else if (isEnum(was) !== isEnum(is)) yield ["member-type", "patch", "patch", clause];
  }
  if (isStillEnum && !was.isOpen && is.isOpen)
    yield ["member-type", "patch", "major", "may now hold values that are not listed"];
  if (isStillEnum && was.isOpen && !is.isOpen)
    yield ["member-type", "patch", "minor", "holds no other values than those listed"];
  if (was.isDeprecated !== is.isDeprecated)
    yield ["member-deprecated", "minor", "minor", is.isDeprecated ? "is deprecated" : "is no longer deprecated"];
}

/** Changes of meaning that do not affect the types. */
function* compareMeaning(was: Member, is: Member, { sent, received }: Direction): Generator<MemberNews> {
  const isNewAccess = was.access !== is.access;
  if (isNewAccess && is.access === "readOnly" && sent)
    yield ["member-access", "major", "patch", "is set by the service alone now; it may ignore what a request gives"];
  else if (isNewAccess && is.access === "writeOnly" && received)
    yield ["member-access", "patch", "major", "is no longer returned"];
  else if (isNewAccess && was.access === "readOnly" && sent)
    yield ["member-access", "minor", "patch", "may now be given"];
  // With another default, a call without the member behaves differently. A default that is only documented now changes no call.
  if (was.fallback !== is.fallback && sent && is.access !== "readOnly") {
    const isKnown = was.fallback !== "" && is.fallback !== "";
    const clause = `is ${is.fallback || "not stated"} where it is left out (was ${was.fallback || "not stated"})`;
    yield ["member-default", isKnown ? "major" : "minor", "patch", clause];
  }
  // The unit in the description has changed when the newer text has none of the units of the older one.
  const [from, to] = [unitsIn(was), unitsIn(is)];
  if (from.length > 0 && to.length > 0 && !from.some((unit) => to.includes(unit)))
    yield ["member-unit", "major", "major", `is described in ${to.join(", ")} now (was ${from.join(", ")})`];
  // No type shows these limits. The server may refuse values that it accepted before, or accept more.
  const limits = was.signature === is.signature ? limitNews(is.limits, was.limits) : undefined;
  if (limits !== undefined) yield ["limits", "patch", "patch", limits];
}

function isEnum({ values }: Member): boolean {
  return values.length > 0;
}

function valuesOnlyIn({ values }: Member, other: Member): string {
  const only = values.filter((value) => !other.values.includes(value));
  return only.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
}

const UNITS =
  /\b(milli|micro|nano)?(seconds?|minutes?|hours?|days?|dollars?|cents?|bytes?|percent)\b|\b([KMGT]i?B)\b/gi;

function unitsIn({ description }: Member): string[] {
  const found = [...description.matchAll(UNITS)].map(([unit]) =>
    /^[KMGT]i?B$/i.test(unit) ? unit : `${unit.toLowerCase().replace(/s$/, "")}s`.replace("percents", "percent"),
  );
  return [...new Set(found)];
}

/** The name of a member, such as `ssh.host` and `data[]`. Branches of unions are omitted. */
function memberName(path: readonly string[]): string {
  return path
    .filter((step) => !step.startsWith("|"))
    .reduce((name, step) => (name === "" || step === "[]" || step === "{}" ? name + step : `${name}.${step}`), "");
}

/** One entry for all reworded descriptions. */
export function descriptionEntries(members: readonly MemberPair[], pairs: readonly Pair[]): Entry[] {
  const methods = pairs
    .filter(({ before, after }) => before.description !== after.description)
    .map(({ after }) => after.descriptor.name);
  const types = members
    .filter(({ was, is }) => was !== undefined && is !== undefined && was.description !== is.description)
    .map(({ after }) => after.operation ?? after.type ?? after.key);
  const [only, ...others] = new Set([...methods, ...types]);
  if (only === undefined) return [];
  const subject = others.length === 0 ? only : `${others.length + 1} methods and types`;
  return [{ kind: "words", impact: "patch", subject, clause: "described in other words", methods }];
}

/** Renamed and removed exported types, whose imports no longer compile. */
export function typeEntries(pairs: readonly OwnerPair[], gone: readonly Owner[], after: Side): Entry[] {
  const exported = new Set(after.model.types.map(({ name }) => name));
  const isGone = (type: string | undefined): type is string => type !== undefined && !exported.has(type);
  const impact = "major";
  const renamed = pairs.flatMap(({ before: { type, key: owner }, after: now }): Entry[] => {
    const instead = now.type;
    if (!isGone(type) || instead === undefined) return [];
    const clause = `is now called \`${instead}\``;
    return [{ kind: "type-renamed", impact, subject: type, clause, instead, owner, methods: findSubject(now).methods }];
  });
  const lost = gone.map(({ type }) => type).filter(isGone);
  const clause = "is no longer exported";
  return [...renamed, ...lost.map((subject): Entry => ({ kind: "type-gone", impact, subject, clause, methods: [] }))];
}

/** The name of a type in a report: the method that accepts it if there is only one, and otherwise the name of the type. */
function findSubject({ operation, type, key, sentBy, receivedBy }: Owner): { subject: string; methods: string[] } {
  const methods = [...new Set([...sentBy, ...receivedBy])];
  const isSentByOne = sentBy.length === 1 && methods.length === 1;
  return { subject: operation ?? (isSentByOne ? methods[0] : type) ?? key, methods };
}
