import { words } from "../generate/names.js";
import type { Member } from "./members.js";

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
    onlyOne(fresh.filter((member) => sendsTo(gone.description, nameOf(member)))) ??
    onlyOne(fresh.filter((member) => mentions(member.description, nameOf(gone)))) ??
    onlyOne(siblings.filter((member) => sendsTo(gone.description, nameOf(member))));
  if (documented !== undefined) return { name: nameOf(documented), isDocumented: true };
  const likely =
    closestName(gone, fresh) ??
    onlyOne(fresh.filter((member) => member.required && gone.required)) ??
    onlyOne(fresh.filter((member) => member.signature === gone.signature));
  return likely && { name: nameOf(likely), isDocumented: false };
}

function isSibling(a: Member, b: Member): boolean {
  return (
    b.path.length > 0 && a.path.slice(0, -1).join(" ") === b.path.slice(0, -1).join(" ") && nameOf(a) !== nameOf(b)
  );
}

function nameOf({ path }: Member): string {
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
  const wanted = new Set(meaningfulWords(nameOf(gone)));
  const rated = fresh
    .map((member) => {
      const shared = meaningfulWords(nameOf(member)).filter((word) => wanted.has(word)).length;
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
