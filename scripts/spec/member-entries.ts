import type { Verdict } from "./compiler.js";
import { type MemberDifference, type OwnerComparison, pathOf, type Successor } from "./differences.js";
import { limitNews, type Member } from "./members.js";
import type { Pair } from "./operations.js";
import { type Entry, type EntryKind, type Impact, worst } from "./report.js";
import type { Owner, Side } from "./side.js";

/** Which way a type travels: a user writes it, reads it, or both. */
export interface Direction {
  readonly sent: boolean;
  readonly received: boolean;
}

/** A change on the side of the user who writes the type, and on the side of the one who reads it. */
interface Rating {
  readonly sent: Impact;
  readonly received: Impact;
}

/** What a difference means for users; `verdict` is the compiler's word on a type that changed. */
export function memberEntries(
  difference: MemberDifference,
  verdict: Verdict | undefined,
  instead: Successor | undefined,
): Entry[] {
  const { was, is } = difference;
  const make = (kind: EntryKind, rating: Rating, clause: string): Entry =>
    entry(difference, kind, rate(rating, directionOf(difference)), clause, instead);
  const { sent } = directionOf(difference);
  if (was === undefined && is !== undefined) return [memberNew(is, sent, make)];
  if (is === undefined || was === undefined) return [memberGone(instead, make)];
  return [
    ...required(was, is, sent, make),
    ...values(was, is, make),
    ...type(was, is, verdict, make),
    ...deprecated(was, is, make),
    ...meanings(was, is, directionOf(difference), make),
  ];
}

export type Make = (kind: EntryKind, rating: Rating, clause: string) => Entry;

function memberNew(is: Member, sent: boolean, make: Make): Entry {
  const clause = is.required && sent ? "is new and required" : "is new";
  return make("member-new", { sent: is.required ? "major" : "minor", received: "minor" }, clause);
}

function memberGone(instead: Successor | undefined, make: Make): Entry {
  const clause = instead === undefined ? "is gone" : `is gone, see \`${instead.name}\``;
  return make("member-gone", { sent: "major", received: "major" }, clause);
}

function required(was: Member, is: Member, sent: boolean, make: Make): Entry[] {
  if (was.required === is.required) return [];
  const [always, maybe] = sent
    ? ["is now required", "may now be left out"]
    : ["is now always there", "may now be absent"];
  if (is.required) return [make("member-required", { sent: "major", received: "minor" }, always)];
  return [make("member-optional", { sent: "minor", received: "major" }, maybe)];
}

/** Values of an enum that is one before and after; anything else is a change of type. */
function values(was: Member, is: Member, make: Make): Entry[] {
  if (!isEnum(was) || !isEnum(is)) return [];
  const added = is.values.filter((value) => !was.values.includes(value));
  const gone = was.values.filter((value) => !is.values.includes(value));
  const isOpen = was.isOpen && is.isOpen;
  // Closed in a response, a new value reaches code that handles every value. A lost one leaves a comparison that is never true,
  // which compiles where the enum is open.
  const received = isOpen ? "minor" : "major";
  return [
    ...(added.length === 0 ? [] : [make("value-new", { sent: "minor", received }, `can now be ${list(added)}`)]),
    ...(gone.length === 0
      ? []
      : [make("value-gone", { sent: "major", received: "major" }, `cannot be ${list(gone)} any more`)]),
  ];
}

function isEnum({ values: { length } }: Member): boolean {
  return length > 0;
}

function list(items: readonly unknown[]): string {
  return items.map((item) => `\`${JSON.stringify(item)}\``).join(", ");
}

function type(was: Member, is: Member, verdict: Verdict | undefined, make: Make): Entry[] {
  if (isEnum(was) && isEnum(is)) return openness(was, is, make);
  if (was.signature === is.signature) return [];
  const { forwards, backwards } = verdict ?? { forwards: false, backwards: false };
  // Written in another way, the same to the compiler; but an open enum and a plain string are not the same to a reader.
  if (forwards && backwards && isEnum(was) === isEnum(is)) return [];
  if (forwards && backwards) return [make("member-type", { sent: "patch", received: "patch" }, nowIs(was, is))];
  const rating: Rating = { sent: forwards ? "minor" : "major", received: backwards ? "minor" : "major" };
  return [make("member-type", rating, nowIs(was, is))];
}

function nowIs(was: Member, is: Member): string {
  return `is now ${is.words} (was ${was.words})`;
}

function openness(was: Member, is: Member, make: Make): Entry[] {
  if (was.isOpen === is.isOpen) return [];
  const clause = is.isOpen ? "may now hold values that are not listed" : "holds no other values than those listed";
  return [make("member-type", { sent: "patch", received: is.isOpen ? "major" : "minor" }, clause)];
}

function deprecated(was: Member, is: Member, make: Make): Entry[] {
  if (was.isDeprecated === is.isDeprecated) return [];
  const clause = is.isDeprecated ? "is deprecated" : "is not deprecated any more";
  return [make("member-deprecated", { sent: "minor", received: "minor" }, clause)];
}

function rate(rating: Rating, { sent, received }: Direction): Impact {
  return worst([...(sent ? [rating.sent] : []), ...(received ? [rating.received] : [])]);
}

function directionOf({ after: { use } }: MemberDifference): Direction {
  return { sent: use.request.length > 0, received: use.answer.length > 0 || use.error.length > 0 };
}

function entry(
  difference: MemberDifference,
  kind: EntryKind,
  impact: Impact,
  clause: string,
  instead: Successor | undefined,
): Entry {
  const { subject, methods } = subjectOf(difference.after);
  const member = memberName(pathOf(difference));
  const { type } = difference.after;
  // The values of a method's own type: "`orders.list`: `OrderSortBy` can now be".
  const isNamed = member === "" && type !== undefined && type !== subject && isEnumChange(difference);
  const prefix = isNamed ? `\`${type}\` ` : member === "" ? "" : `\`${member}\` `;
  return {
    kind,
    impact,
    subject,
    clause: prefix + clause,
    ...(member !== "" && { member }),
    ...(instead !== undefined && { instead: instead.name, isInsteadDocumented: instead.isDocumented }),
    owner: difference.before.key,
    methods,
  };
}

function isEnumChange({ was, is }: MemberDifference): boolean {
  return [was, is].some((member) => member !== undefined && isEnum(member));
}

/** `ssh.host`, `data[]`; arms of unions are left out. */
function memberName(path: readonly string[]): string {
  return path
    .filter((step) => !step.startsWith("|"))
    .reduce((name, step) => (name === "" || step === "[]" || step === "{}" ? name + step : `${name}.${step}`), "");
}

/** What compiles as before and means something else: who sets a member, what stands in for it, its unit. */
function meanings(was: Member, is: Member, { sent, received }: Direction, make: Make): Entry[] {
  return [...access(was, is, sent, received, make), ...fallback(was, is, sent, make), ...units(was, is, make)];
}

function access(was: Member, is: Member, sent: boolean, received: boolean, make: Make): Entry[] {
  if (was.access === is.access) return [];
  if (is.access === "readOnly" && sent) {
    return [
      make(
        "member-access",
        { sent: "major", received: "patch" },
        "is set by the service alone now; it may ignore what a request gives",
      ),
    ];
  }
  if (is.access === "writeOnly" && received) {
    return [make("member-access", { sent: "patch", received: "major" }, "is not returned any more")];
  }
  if (was.access === "readOnly" && sent)
    return [make("member-access", { sent: "minor", received: "patch" }, "may now be given")];
  return [];
}

/** A call that leaves a member out does something else with another default. One that is only written down changes no call. */
function fallback(was: Member, is: Member, sent: boolean, make: Make): Entry[] {
  if (was.fallback === is.fallback || !sent || is.access === "readOnly") return [];
  const isKnown = was.fallback !== "" && is.fallback !== "";
  const clause = `is ${is.fallback || "not stated"} where it is left out (was ${was.fallback || "not stated"})`;
  return [make("member-default", { sent: isKnown ? "major" : "minor", received: "patch" }, clause)];
}

const UNITS =
  /\b(milli|micro|nano)?(seconds?|minutes?|hours?|days?|dollars?|cents?|bytes?|percent)\b|\b([KMGT]i?B)\b/gi;

/** Units in descriptions, when the newer one names none of those that the older one named. */
function units(was: Member, is: Member, make: Make): Entry[] {
  const [from, to] = [was, is].map(({ description }) => unitsIn(description)) as [Set<string>, Set<string>];
  if (from.size === 0 || to.size === 0 || [...from].some((unit) => to.has(unit))) return [];
  const clause = `is described in ${[...to].join(", ")} now (was ${[...from].join(", ")})`;
  return [make("member-unit", { sent: "major", received: "major" }, clause)];
}

function unitsIn(description: string): Set<string> {
  return new Set(
    [...description.matchAll(UNITS)].map(([unit]) =>
      /^[KMGT]i?B$/i.test(unit) ? unit : `${unit.toLowerCase().replace(/s$/, "")}s`.replace("percents", "percent"),
    ),
  );
}

/** Limits that no type shows: the server may refuse what it took before, or take more. */
export function limitEntries(differences: readonly MemberDifference[]): Entry[] {
  return differences.flatMap((difference) => {
    const { was, is, after } = difference;
    if (was === undefined || is === undefined || was.limits === is.limits || was.signature !== is.signature) return [];
    const { subject, methods } = subjectOf(after);
    const member = memberName(pathOf(difference));
    const clause = `${member === "" ? "" : `\`${member}\` `}has other limits: ${limitNews(is.limits, was.limits)}`;
    return [{ kind: "limits", impact: "patch", subject, clause, methods, ...(member !== "" && { member }) } as const];
  });
}

/** All that is only said differently, in one entry. */
export function wordEntries(differences: readonly MemberDifference[], pairs: readonly Pair[]): Entry[] {
  const methods = pairs
    .filter(({ before, after }) => before.model.description !== after.model.description)
    .map(({ after }) => after.name);
  const types = differences
    .filter(({ was, is }) => was !== undefined && is !== undefined && was.description !== is.description)
    .map(({ after }) => after.operation ?? after.type ?? after.key);
  const subjects = [...new Set([...methods, ...types])];
  if (subjects.length === 0) return [];
  const [only = ""] = subjects;
  const subject = subjects.length === 1 ? only : `${subjects.length} methods and types`;
  return [{ kind: "words", impact: "patch", subject, clause: "described in other words", methods }];
}

/** Exported types that have another name or none: an import of one does not compile any more. */
export function typeEntries({ pairs, gone }: OwnerComparison, after: Side): Entry[] {
  const exported = new Set(after.model.types.map(({ name }) => name));
  const isGone = (type: string | undefined): type is string => type !== undefined && !exported.has(type);
  const renamed = pairs.flatMap(({ before, after: now }): Entry[] => {
    if (!isGone(before.type) || now.type === undefined) return [];
    const [subject, instead] = [before.type, now.type];
    const clause = `is now called \`${instead}\``;
    return [
      { kind: "type-renamed", impact: "major", subject, clause, instead, owner: before.key, methods: methodsOf(now) },
    ];
  });
  const lost = gone.flatMap(({ type }) => (isGone(type) ? [type] : []));
  const clause = "is not exported any more";
  return [
    ...renamed,
    ...lost.map((subject): Entry => ({ kind: "type-gone", impact: "major", subject, clause, methods: [] })),
  ];
}

function methodsOf({ use }: Owner): string[] {
  return [...new Set([...use.request, ...use.answer, ...use.error])];
}

/** How a user calls a type: by the one method that takes it, where there is only one, else by its name. */
function subjectOf({ operation, type, key, use }: Owner): { subject: string; methods: string[] } {
  const methods = [...new Set([...use.request, ...use.answer, ...use.error])];
  const [only] = methods;
  const isSentByOne = use.request.length === 1 && methods.length === 1;
  if (operation !== undefined) return { subject: operation, methods };
  return { subject: (isSentByOne ? only : type) ?? key, methods };
}
