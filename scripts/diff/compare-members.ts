import { type Member, membersOf } from "./members.js";
import { type Owner, ownersOf } from "./owners.js";
import type { Side } from "./side.js";
import type { NameOf } from "./type-words.js";

/** How the things of the older description are called in the newer one, where the name is another. */
export interface Renames {
  /** Schemas, by their older name. */
  readonly schemas: ReadonlyMap<string, string>;
  /** Operations, by their older operationId. */
  readonly operations: ReadonlyMap<string, string>;
}

/** One type on both sides. */
export interface OwnerPair {
  readonly before: Owner;
  readonly after: Owner;
}

/** A member that is not as it was. */
export interface MemberDifference extends OwnerPair {
  /** The member on either side; absent where it does not exist. */
  readonly was?: Member;
  readonly is?: Member;
}

export interface OwnerComparison {
  readonly pairs: readonly OwnerPair[];
  /** Types that no operation reaches any more. */
  readonly gone: readonly Owner[];
}

export function pairOwners(before: Side, after: Side, renames: Renames): OwnerComparison {
  const later = new Map(ownersOf(after).map((owner) => [owner.key, owner]));
  const pairs: OwnerPair[] = [];
  const gone: Owner[] = [];
  for (const owner of ownersOf(before)) {
    const other = later.get(laterKey(owner.key, renames));
    if (other !== undefined) pairs.push({ before: owner, after: other });
    else if (owner.key.startsWith("schema ")) gone.push(owner);
  }
  return { pairs, gone };
}

export function laterKey(key: string, renames: Renames): string {
  const [role = "", ...rest] = key.split(" ");
  const name = rest.join(" ");
  const map = role === "schema" ? renames.schemas : renames.operations;
  return `${role} ${map.get(name) ?? name}`;
}

/** Every member of a type that differs, in the order in which the newer description has them, those that are gone last. */
export function compareMembers(pair: OwnerPair, before: Side, after: Side, renames: Renames): MemberDifference[] {
  const laterName: NameOf = (schema) => renames.schemas.get(schema) ?? schema;
  const were = byPath(membersOf(before.document, pair.before.schema, typeName(before), laterName));
  const are = byPath(membersOf(after.document, pair.after.schema, typeName(after), (schema) => schema));
  const kept = [...are].map(([path, is]) => ({ ...pair, was: were.get(path), is }));
  const lost = [...were].filter(([path]) => !are.has(path)).map(([, was]) => ({ ...pair, was, is: undefined }));
  const own = [...kept, ...lost].filter(({ was, is }) => isDifferent(was, is) && !isInherited(was, is, were, are));
  const isOnBothSides = (arm: readonly string[]) => [were, are].every((side) => hasMembersIn(side, arm));
  return outermost(own.map(withoutAbsent), (arm) => !isOnBothSides(arm));
}

function typeName(side: Side): NameOf {
  const names = new Map(side.model.types.map(({ name, expression }) => [expression, name]));
  return (schema) => names.get(`components["schemas"][${JSON.stringify(schema)}]`) ?? schema;
}

function hasMembersIn(members: Members, arm: readonly string[]): boolean {
  return [...members.values()].some(({ path }) => isWithin(path, arm));
}

type Members = ReadonlyMap<string, Member>;

function byPath(members: readonly Member[]): Members {
  return new Map(members.map((member) => [member.path.join(" "), member]));
}

function isDifferent(was: Member | undefined, is: Member | undefined): boolean {
  if (was === undefined || is === undefined) return true;
  const aspects = [
    "required",
    "signature",
    "isOpen",
    "isDeprecated",
    "access",
    "fallback",
    "description",
    "limits",
  ] as const;
  return aspects.some((aspect) => was[aspect] !== is[aspect]) || was.values.join() !== is.values.join();
}

/** What comes from a named part is told where the part is defined, unless the part itself came or went. */
function isInherited(was: Member | undefined, is: Member | undefined, were: Members, are: Members): boolean {
  const from = (is ?? was)?.from;
  const hasPart = (members: Members) => [...members.values()].some((member) => member.from === from);
  return from !== undefined && hasPart(were) && hasPart(are);
}

/** What lies within a member that is new, gone or of another type as a whole needs no telling. */
function outermost(differences: readonly MemberDifference[], isNewOrGone: (arm: readonly string[]) => boolean) {
  const whole = differences.filter(({ was, is }) => was === undefined || is === undefined).map(pathOf);
  const retyped = differences.filter(({ was, is }) => was && is && was.signature !== is.signature).map(pathOf);
  return differences.filter((difference) => {
    const path = pathOf(difference);
    const isInArm = path.some((step, index) => step.startsWith("|") && isNewOrGone(path.slice(0, index + 1)));
    return !isInArm && !whole.some((other) => isWithin(path, other)) && !retyped.some((other) => isItemOf(path, other));
  });
}

function isWithin(path: readonly string[], other: readonly string[]): boolean {
  return other.length < path.length && other.every((step, index) => step === path[index]);
}

/** The items of a list and the values of a map are part of its type. */
function isItemOf(path: readonly string[], other: readonly string[]): boolean {
  return isWithin(path, other) && /^(\[\]|\{\})$/.test(path[other.length] ?? "");
}

export function pathOf({ was, is }: Pick<MemberDifference, "was" | "is">): readonly string[] {
  return (is ?? was)?.path ?? [];
}

function withoutAbsent({ was, is, ...pair }: OwnerPair & { was: Member | undefined; is: Member | undefined }) {
  return { before: pair.before, after: pair.after, ...(was && { was }), ...(is && { is }) };
}
