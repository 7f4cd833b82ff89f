import { words } from "../generate/names.js";
import type { Member, Members } from "./members.js";

/** The member to use in place of one that is gone, and whether a description says so: otherwise names and types only make it likely. */
export type Successor = NonNullable<ReturnType<typeof successor>>;

/**
 * The member that took the place of one that is gone, if that can be known. New members come first, because one that was
 * there before has a meaning of its own: it counts only where the description of the one that is gone sends its reader there.
 */
export function successor(name: string, before: Members, after: Members) {
  const gone = before.get(name);
  if (gone === undefined) return undefined;
  const siblings = [...after].filter(([other]) => other !== name && !/^(\||\[\]$|\{\}$)/.test(other));
  const fresh = siblings.filter(([other]) => !before.has(other));
  // Only a name set as code counts: most names are everyday words as well.
  const documented =
    onlyOne(fresh.filter(([other]) => sendsTo(gone.description, other))) ??
    onlyOne(fresh.filter(([, member]) => member.description.includes(`\`${name}\``))) ??
    onlyOne(siblings.filter(([other]) => sendsTo(gone.description, other)));
  if (documented !== undefined) return { name: documented[0], isDocumented: true };
  const likely =
    closestName(name, gone, fresh) ??
    onlyOne(fresh.filter(([, member]) => member.required && gone.required)) ??
    onlyOne(fresh.filter(([, member]) => member.signature === gone.signature));
  return likely && { name: likely[0], isDocumented: false };
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
function closestName(name: string, gone: Member, fresh: readonly [string, Member][]): [string, Member] | undefined {
  const wanted = new Set(meaningfulWords(name));
  const rated = fresh
    .map((one) => {
      const [other, { signature }] = one;
      const shared = meaningfulWords(other).filter((word) => wanted.has(word)).length;
      return { one, rating: shared === 0 ? 0 : shared + (signature === gone.signature ? 100 : 0) };
    })
    .filter(({ rating }) => rating > 0);
  const best = Math.max(...rated.map(({ rating }) => rating));
  return onlyOne(rated.filter(({ rating }) => rating === best))?.one;
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
