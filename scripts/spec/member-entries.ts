import type { Verdict } from "./compiler.js";
import type { MemberDifference, OwnerComparison } from "./differences.js";
import { limitNews, type Member } from "./members.js";
import type { Pair } from "./operations.js";
import { type Entry, type EntryKind, type Impact, worst } from "./report.js";
import type { Owner, Side } from "./side.js";
import type { Successor } from "./successor.js";

/** A member that is there on both sides and differs. */
interface Change {
  readonly was: Member;
  readonly is: Member;
  /** The compiler's verdict on a type that changed. */
  readonly verdict: Verdict | undefined;
  /** Which way the type travels: a user writes it, reads it, or both. */
  readonly sent: boolean;
  readonly received: boolean;
}

/** What happened, what it is for who writes the type and for who reads it, and the clause that reports it. */
type News = readonly [kind: EntryKind, sent: Impact, received: Impact, clause: string];

type Rule = (change: Change) => News | undefined;

/** What a difference means for users. */
export function memberEntries(difference: MemberDifference, verdict: Verdict | undefined): Entry[] {
  const { was, is, before, after, path, instead } = difference;
  const sent = after.sentBy.length > 0;
  const received = after.receivedBy.length > 0;
  const { subject, methods } = findSubject(after);
  const member = memberName(path);
  // The values of a method's own type: "`orders.list`: `OrderSortBy` can now be".
  const isEnumChange = [was, is].some((one) => one !== undefined && isEnum(one));
  const name = member === "" && after.type !== subject && isEnumChange ? after.type : member;
  return listNews(was, is, { verdict, sent, received }, instead).map(([kind, forSent, forReceived, clause]) => ({
    kind,
    impact: worst([...(sent ? [forSent] : []), ...(received ? [forReceived] : [])]),
    subject,
    clause: name ? `\`${name}\` ${clause}` : clause,
    ...(member !== "" && { member }),
    ...(instead !== undefined && { instead: instead.name, isInsteadDocumented: instead.isDocumented }),
    owner: before.key,
    methods,
  }));
}

function listNews(
  was: Member | undefined,
  is: Member | undefined,
  more: Omit<Change, "was" | "is">,
  instead: Successor | undefined,
): News[] {
  if (is === undefined)
    return [["member-gone", "major", "major", `is gone${instead ? `, see \`${instead.name}\`` : ""}`]];
  if (was === undefined) {
    const clause = is.required && more.sent ? "is new and required" : "is new";
    return [["member-new", is.required ? "major" : "minor", "minor", clause]];
  }
  return RULES.map((rule) => rule({ was, is, ...more })).filter((news) => news !== undefined);
}

function required({ was, is, sent }: Change): News | undefined {
  if (was.required === is.required) return undefined;
  return is.required
    ? ["member-required", "major", "minor", sent ? "is now required" : "is now always there"]
    : ["member-optional", "minor", "major", sent ? "may now be left out" : "may now be absent"];
}

/** Values of an enum that is one before and after; anything else is a change of type. */
function newValues({ was, is }: Change): News | undefined {
  const added = isEnum(was) ? valuesOnlyIn(is, was) : "";
  // Closed in a response, a new value reaches code that handles every value.
  return added === ""
    ? undefined
    : ["value-new", "minor", was.isOpen && is.isOpen ? "minor" : "major", `can now be ${added}`];
}

/** A lost value leaves a comparison that is never true, which compiles where the enum is open. */
function goneValues({ was, is }: Change): News | undefined {
  const gone = isEnum(is) ? valuesOnlyIn(was, is) : "";
  return gone === "" ? undefined : ["value-gone", "major", "major", `can no longer be ${gone}`];
}

function isEnum({ values }: Member): boolean {
  return values.length > 0;
}

function valuesOnlyIn({ values }: Member, other: Member): string {
  const only = values.filter((value) => !other.values.includes(value));
  return only.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
}

function type({ was, is, verdict }: Change): News | undefined {
  const isStillEnum = isEnum(was) && isEnum(is);
  if (isStillEnum || was.signature === is.signature) return undefined;
  const { forwards, backwards } = verdict ?? { forwards: false, backwards: false };
  const clause = `is now ${is.words} (was ${was.words})`;
  if (!forwards || !backwards)
    return ["member-type", forwards ? "minor" : "major", backwards ? "minor" : "major", clause];
  // Written in another way, the same to the compiler; but an open enum and a plain string are not the same to a reader.
  return isEnum(was) === isEnum(is) ? undefined : ["member-type", "patch", "patch", clause];
}

function openness({ was, is }: Change): News | undefined {
  if (!isEnum(was) || !isEnum(is) || was.isOpen === is.isOpen) return undefined;
  return is.isOpen
    ? ["member-type", "patch", "major", "may now hold values that are not listed"]
    : ["member-type", "patch", "minor", "holds no other values than those listed"];
}

function deprecated({ was, is }: Change): News | undefined {
  if (was.isDeprecated === is.isDeprecated) return undefined;
  return ["member-deprecated", "minor", "minor", is.isDeprecated ? "is deprecated" : "is no longer deprecated"];
}

/** Who sets a member. */
function access({ was, is, sent, received }: Change): News | undefined {
  if (was.access === is.access) return undefined;
  if (is.access === "readOnly" && sent)
    return ["member-access", "major", "patch", "is set by the service alone now; it may ignore what a request gives"];
  if (is.access === "writeOnly" && received) return ["member-access", "patch", "major", "is no longer returned"];
  return was.access === "readOnly" && sent ? ["member-access", "minor", "patch", "may now be given"] : undefined;
}

/** A call that leaves a member out does something else with another default. One that is only written down changes no call. */
function fallback({ was, is, sent }: Change): News | undefined {
  if (was.fallback === is.fallback || !sent || is.access === "readOnly") return undefined;
  const isKnown = was.fallback !== "" && is.fallback !== "";
  const clause = `is ${is.fallback || "not stated"} where it is left out (was ${was.fallback || "not stated"})`;
  return ["member-default", isKnown ? "major" : "minor", "patch", clause];
}

const UNITS =
  /\b(milli|micro|nano)?(seconds?|minutes?|hours?|days?|dollars?|cents?|bytes?|percent)\b|\b([KMGT]i?B)\b/gi;

/** Units in descriptions, when the newer one names none of those that the older one named. */
function units({ was, is }: Change): News | undefined {
  const [from, to] = [unitsIn(was), unitsIn(is)];
  if (from.length === 0 || to.length === 0 || from.some((unit) => to.includes(unit))) return undefined;
  return ["member-unit", "major", "major", `is described in ${to.join(", ")} now (was ${from.join(", ")})`];
}

function unitsIn({ description }: Member): string[] {
  const found = [...description.matchAll(UNITS)].map(([unit]) =>
    /^[KMGT]i?B$/i.test(unit) ? unit : `${unit.toLowerCase().replace(/s$/, "")}s`.replace("percents", "percent"),
  );
  return [...new Set(found)];
}

/** Limits that no type shows: the server may refuse what it took before, or take more. */
function limits({ was, is }: Change): News | undefined {
  const clause = was.signature === is.signature ? limitNews(is.limits, was.limits) : undefined;
  return clause === undefined ? undefined : ["limits", "patch", "patch", clause];
}

/** In the order in which a report has them; from `access` on: what compiles as before and means something else. */
const RULES: readonly Rule[] = [
  required,
  newValues,
  goneValues,
  type,
  openness,
  deprecated,
  access,
  fallback,
  units,
  limits,
];

/** `ssh.host`, `data[]`; arms of unions are left out. */
function memberName(path: readonly string[]): string {
  return path
    .filter((step) => !step.startsWith("|"))
    .reduce((name, step) => (name === "" || step === "[]" || step === "{}" ? name + step : `${name}.${step}`), "");
}

/** Descriptions that differ, in one entry. */
export function descriptionEntries(differences: readonly MemberDifference[], pairs: readonly Pair[]): Entry[] {
  const methods = pairs
    .filter(({ before, after }) => before.model.description !== after.model.description)
    .map(({ after }) => after.name);
  const types = differences
    .filter(({ was, is }) => was !== undefined && is !== undefined && was.description !== is.description)
    .map(({ after }) => after.operation ?? after.type ?? after.key);
  const [only, ...others] = new Set([...methods, ...types]);
  if (only === undefined) return [];
  const subject = others.length === 0 ? only : `${others.length + 1} methods and types`;
  return [{ kind: "words", impact: "patch", subject, clause: "described in other words", methods }];
}

/** Exported types that have another name or none: an import of one does not compile any more. */
export function typeEntries({ pairs, gone }: OwnerComparison, after: Side): Entry[] {
  const exported = new Set(after.model.types.map(({ name }) => name));
  const isGone = (type: string | undefined): type is string => type !== undefined && !exported.has(type);
  const impact = "major";
  const renamed = pairs.flatMap(({ before: { type, key: owner }, after: now }): Entry[] => {
    const instead = now.type;
    if (!isGone(type) || instead === undefined) return [];
    const clause = `is now called \`${instead}\``;
    const { methods } = findSubject(now);
    return [{ kind: "type-renamed", impact, subject: type, clause, instead, owner, methods }];
  });
  const lost = gone.map(({ type }) => type).filter(isGone);
  const clause = "is no longer exported";
  return [...renamed, ...lost.map((subject): Entry => ({ kind: "type-gone", impact, subject, clause, methods: [] }))];
}

/** How a user calls a type: by the one method that takes it, where there is only one, else by its name. */
function findSubject({ operation, type, key, sentBy, receivedBy }: Owner): { subject: string; methods: string[] } {
  const methods = [...new Set([...sentBy, ...receivedBy])];
  const isSentByOne = sentBy.length === 1 && methods.length === 1;
  return { subject: operation ?? (isSentByOne ? methods[0] : type) ?? key, methods };
}
