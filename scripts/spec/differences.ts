import { words } from "../generate/names.js";
import { schemaName } from "../lib/openapi.js";
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
  const renames = changes.filter(
    ({ typeName, kind, property }) => typeName === "Schema" && kind === "modified" && property === "key",
  );
  const names = renames.map(({ base, revision }) =>
    [base, revision].map((place) => schemaName({ $ref: place?.pointer })),
  );
  return new Map(names.flatMap(([from, to]) => (from === undefined || to === undefined ? [] : [[from, to] as const])));
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
  const all = listOwners(before).map((owner) => ({ before: owner, after: later.get(laterKey(owner.key, renames)) }));
  return {
    pairs: all.flatMap(({ before, after }) => (after === undefined ? [] : [{ before, after }])),
    gone: all.filter(({ before, after }) => !after && before.key.startsWith("schema ")).map(({ before }) => before),
  };
}

function laterKey(key: string, renames: Renames): string {
  const [, role, name = ""] = /^(\w+) (.*)$/s.exec(key) ?? [];
  const map = role === "schema" ? renames.schemas : renames.operations;
  return `${role} ${map.get(name) ?? name}`;
}

type Members = ReadonlyMap<string, Member>;
type Path = readonly string[];

/** Every member of a type that differs, in the order in which the newer description has them, those that are gone last. */
export function compareMembers(pair: OwnerPair, before: Side, after: Side, renames: Renames): MemberDifference[] {
  const list = ({ document, model }: Side, { schema }: Owner, commonName: NameSchema): Members => {
    const members = listMembers(document, schema, (name) => findType(model, name) ?? name, commonName);
    return new Map(members.map((member) => [member.path.join(" "), member]));
  };
  const were = list(before, pair.before, (schema) => renames.schemas.get(schema) ?? schema);
  const are = list(after, pair.after, (schema) => schema);
  const all = [...new Set([...are.keys(), ...were.keys()])].map((path) => ({
    ...pair,
    was: were.get(path),
    is: are.get(path),
  }));
  const own = all.filter((one) => isDifferent(one) && !isInherited(one, were, are));
  return own.filter((one) => {
    const path = memberPath(one);
    return !isInOtherArm(path, were, are) && !own.some((other) => isPartOf(path, other));
  });
}

function isDifferent({ was, is }: MemberDifference): boolean {
  return was === undefined || is === undefined || aspects(was) !== aspects(is);
}

/** All but the words of its type, which say less than its signature, and the place that it comes from. */
function aspects({ path: _, words: __, from: ___, ...rest }: Member): string {
  return JSON.stringify(rest);
}

/** What comes from a named part is reported where the part is defined, unless the part itself came or went. */
function isInherited({ was, is }: MemberDifference, were: Members, are: Members): boolean {
  const from = (is ?? was)?.from;
  const hasPart = (members: Members) => [...members.values()].some((member) => member.from === from);
  return from !== undefined && hasPart(were) && hasPart(are);
}

/** What lies within an arm that one side alone has is reported with the union. */
function isInOtherArm(path: Path, were: Members, are: Members): boolean {
  const hasArm = (members: Members, arm: Path) => [...members.values()].some((one) => isWithin(one.path, arm));
  const arms = path.flatMap((step, index) => (step.startsWith("|") ? [path.slice(0, index + 1)] : []));
  return arms.some((arm) => !hasArm(were, arm) || !hasArm(are, arm));
}

/** What lies within a member that is new or gone is not reported again, nor the items of one that is of another type. */
function isPartOf(path: Path, other: MemberDifference): boolean {
  const outer = memberPath(other);
  if (!isWithin(path, outer)) return false;
  const { was, is } = other;
  if (was === undefined || is === undefined) return true;
  return was.signature !== is.signature && /^(\[\]|\{\})$/.test(path[outer.length] ?? "");
}

function isWithin(path: Path, outer: Path): boolean {
  return outer.length < path.length && outer.every((step, index) => step === path[index]);
}

export function memberPath({ was, is }: Pick<MemberDifference, "was" | "is">): Path {
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
  const parent = ({ path }: Member) => path.slice(0, -1).join(" ");
  return b.path.length > 0 && parent(a) === parent(b) && lastStep(a) !== lastStep(b);
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
