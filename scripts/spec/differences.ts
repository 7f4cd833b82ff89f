import { words } from "../generate/names.js";
import { fromPointer } from "../lib/openapi.js";
import { listMembers, type Member, type NameSchema } from "./members.js";
import type { Impact } from "./report.js";
import { findType, listOwners, type Owner, type Side } from "./side.js";

/** How the things of the older description are called in the newer one, where the name is another. */
export interface Renames {
  /** Schemas, by their older name. */
  readonly schemas: ReadonlyMap<string, string>;
  /** Operations, by their older operationId. */
  readonly operations: ReadonlyMap<string, string>;
}

/** One change as `redocly diff` reports it. */
export interface RawChange {
  /** The way to it from the root of the document, through references. */
  readonly path: string;
  readonly typeName: string;
  readonly kind: "added" | "removed" | "modified";
  readonly impact: Impact;
  readonly property?: string;
  /** Where it stands in either document, as a JSON pointer. */
  readonly base?: { readonly pointer: string };
  readonly revision?: { readonly pointer: string };
  readonly verdicts: readonly { readonly message: string }[];
}

/** Schemas that stand under another name with the same content, as `redocly diff` pairs them. */
export function renamedSchemas(changes: readonly RawChange[]): Map<string, string> {
  return new Map(
    changes
      .filter(({ typeName, kind, property }) => typeName === "Schema" && kind === "modified" && property === "key")
      .flatMap(({ base, revision }) => {
        const [from, to] = [namedAt(base?.pointer), namedAt(revision?.pointer)];
        return from === undefined || to === undefined ? [] : [[from, to] as const];
      }),
  );
}

function namedAt(pointer: string | undefined): string | undefined {
  const [group, section, name, ...rest] = fromPointer(pointer ?? "");
  return group === "components" && section === "schemas" && rest.length === 0 ? name : undefined;
}

/** One type on both sides. */
export interface OwnerPair {
  readonly before: Owner;
  readonly after: Owner;
}

/** A member that is not as it was. */
export interface MemberDifference extends OwnerPair {
  /** The member on either side; undefined where it does not exist. */
  readonly was: Member | undefined;
  readonly is: Member | undefined;
}

export interface OwnerComparison {
  readonly pairs: readonly OwnerPair[];
  /** Types that no operation reaches any more. */
  readonly gone: readonly Owner[];
}

export function pairOwners(before: Side, after: Side, renames: Renames): OwnerComparison {
  const later = new Map(listOwners(after).map((owner) => [owner.key, owner]));
  const pairs: OwnerPair[] = [];
  const gone: Owner[] = [];
  for (const owner of listOwners(before)) {
    const other = later.get(laterKey(owner.key, renames));
    if (other !== undefined) pairs.push({ before: owner, after: other });
    else if (owner.key.startsWith("schema ")) gone.push(owner);
  }
  return { pairs, gone };
}

function laterKey(key: string, renames: Renames): string {
  const [role = "", ...rest] = key.split(" ");
  const name = rest.join(" ");
  const map = role === "schema" ? renames.schemas : renames.operations;
  return `${role} ${map.get(name) ?? name}`;
}

/** Every member of a type that differs, in the order in which the newer description has them, those that are gone last. */
export function compareMembers(pair: OwnerPair, before: Side, after: Side, renames: Renames): MemberDifference[] {
  const typeName = (side: Side) => (schema: string) => findType(side.model, schema) ?? schema;
  const laterName: NameSchema = (schema) => renames.schemas.get(schema) ?? schema;
  const were = byPath(listMembers(before.document, pair.before.schema, typeName(before), laterName));
  const are = byPath(listMembers(after.document, pair.after.schema, typeName(after), (schema) => schema));
  const paths = new Set([...are.keys(), ...were.keys()]);
  const all = [...paths].map((path) => ({ ...pair, was: were.get(path), is: are.get(path) }));
  const own = all.filter(({ was, is }) => isDifferent(was, is) && !isInherited(was, is, were, are));
  const isOnBothSides = (arm: readonly string[]) => [were, are].every((side) => hasMembersIn(side, arm));
  return outermost(own, (arm) => !isOnBothSides(arm));
}

function hasMembersIn(members: Members, arm: readonly string[]): boolean {
  return [...members.values()].some(({ path }) => isWithin(path, arm));
}

type Members = ReadonlyMap<string, Member>;

function byPath(members: readonly Member[]): Members {
  return new Map(members.map((member) => [member.path.join(" "), member]));
}

function isDifferent(was: Member | undefined, is: Member | undefined): boolean {
  return was === undefined || is === undefined || aspects(was) !== aspects(is);
}

/** All but the words of its type, which say less than its signature, and the place that it comes from. */
function aspects({ path: _, words: __, from: ___, ...rest }: Member): string {
  return JSON.stringify(rest);
}

/** What comes from a named part is reported where the part is defined, unless the part itself came or went. */
function isInherited(was: Member | undefined, is: Member | undefined, were: Members, are: Members): boolean {
  const from = (is ?? was)?.from;
  const hasPart = (members: Members) => [...members.values()].some((member) => member.from === from);
  return from !== undefined && hasPart(were) && hasPart(are);
}

/** What lies within a member that is new, gone or of another type as a whole is not reported again. */
function outermost(differences: readonly MemberDifference[], isNewOrGone: (arm: readonly string[]) => boolean) {
  const whole = differences.filter(({ was, is }) => was === undefined || is === undefined).map(memberPath);
  const retyped = differences.filter(({ was, is }) => was && is && was.signature !== is.signature).map(memberPath);
  return differences.filter((difference) => {
    const path = memberPath(difference);
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

export function memberPath({ was, is }: Pick<MemberDifference, "was" | "is">): readonly string[] {
  return (is ?? was)?.path ?? [];
}

/** The member to use in place of one that is gone. */
export interface Successor {
  readonly name: string;
  /** Whether a description says so; otherwise names and types only make it likely. */
  readonly isDocumented: boolean;
}

/**
 * The member that took the place of one that is gone, if that can be known. New members come first, because one that was
 * there before has a meaning of its own: it counts only where the description of the one that is gone sends its reader there.
 */
export function successor(gone: Member, members: readonly Member[], added: readonly Member[]): Successor | undefined {
  const siblings = members.filter((member) => isSibling(gone, member));
  const fresh = added.filter((member) => isSibling(gone, member));
  const documented =
    onlyOne(fresh.filter((member) => sendsTo(gone.description, lastStep(member)))) ??
    onlyOne(fresh.filter((member) => mentions(member.description, lastStep(gone)))) ??
    onlyOne(siblings.filter((member) => sendsTo(gone.description, lastStep(member))));
  if (documented !== undefined) return { name: lastStep(documented), isDocumented: true };
  const likely =
    closestName(gone, fresh) ??
    onlyOne(fresh.filter((member) => member.required && gone.required)) ??
    onlyOne(fresh.filter((member) => member.signature === gone.signature));
  return likely && { name: lastStep(likely), isDocumented: false };
}

function isSibling(a: Member, b: Member): boolean {
  return (
    b.path.length > 0 && a.path.slice(0, -1).join(" ") === b.path.slice(0, -1).join(" ") && lastStep(a) !== lastStep(b)
  );
}

function lastStep({ path }: Member): string {
  return path.at(-1) ?? "";
}

/** Only a name set as code counts: most names are everyday words as well. */
function mentions(text: string, name: string): boolean {
  return text.includes(`\`${name}\``);
}

/** "Use `x`." and "replaced by `x`", but not "use `x` to compute" or "do not use `x`". */
function sendsTo(text: string, name: string): boolean {
  const code = `\`${name.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&")}\``;
  const article = "(?:the )?(?:new )?(?:field |member |property |parameter )?";
  const takesItsPlace = [
    `(?:replaced|superseded) (?:by|with) ${article}${code}`,
    `(?:renamed|changed|moved) to ${article}${code}`,
    `in fav(?:o|ou)r of ${article}${code}`,
    `now (?:called |named )?${article}${code}`,
    `${code} (?:instead|replaces (?:it|this)|supersedes (?:it|this)|takes its place)`,
    `instead,? (?:use|read|send|give|prefer) ${article}${code}`,
    `(?:use|read|send|give|prefer) ${article}${code}(?: instead)?(?=\\s*(?:[.;,!)]|$))`,
  ];
  const sentences = text.split(/(?<=[.!?;])\s+/);
  return sentences
    .filter((sentence) => !/\b(?:not|never|don't|cannot)\b/i.test(sentence))
    .some((sentence) => takesItsPlace.some((pattern) => new RegExp(`(?:^|[^\\w])${pattern}`, "i").test(sentence)));
}

/** The new member that shares most words with the name, one of the same type before others; none where two do. */
function closestName(gone: Member, fresh: readonly Member[]): Member | undefined {
  const wanted = new Set(meaningfulWords(lastStep(gone)));
  const rated = fresh
    .map((member) => {
      const shared = meaningfulWords(lastStep(member)).filter((word) => wanted.has(word)).length;
      return { member, rating: shared === 0 ? 0 : shared + (member.signature === gone.signature ? 100 : 0) };
    })
    .filter(({ rating }) => rating > 0);
  const best = Math.max(...rated.map(({ rating }) => rating));
  return onlyOne(rated.filter(({ rating }) => rating === best))?.member;
}

/** Words that many names end or begin with, whatever they are about. */
const GRAMMAR = new Set("at by per in of on to from id ids is has the and or for no not v1 v2 v3".split(" "));

function meaningfulWords(name: string): string[] {
  return words(name)
    .map((word) => word.toLowerCase())
    .filter((word) => !GRAMMAR.has(word));
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}
