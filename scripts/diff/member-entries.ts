import type { Verdict } from "./ask-compiler.js";
import { type MemberDifference, pathOf } from "./compare-members.js";
import { type Entry, type EntryKind, type Impact, worst } from "./entry.js";
import { meanings } from "./meanings.js";
import type { Member } from "./members.js";
import { subjectOf } from "./subject.js";
import type { Successor } from "./successor.js";

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
export function memberName(path: readonly string[]): string {
  return path
    .filter((step) => !step.startsWith("|"))
    .reduce((name, step) => (name === "" || step === "[]" || step === "{}" ? name + step : `${name}.${step}`), "");
}
