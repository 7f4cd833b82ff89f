import { words } from "../generate/names.js";
import type { Member, Members } from "./members.js";

/** The replacement for a removed member, and whether a description states it. Otherwise, only names and types make it likely. */
export type Successor = NonNullable<ReturnType<typeof successor>>;

/**
 * The replacement of a removed member, if it can be determined. New members are preferred, because an existing member has its own
 * meaning. An existing member counts only if the description of the removed member refers to it as the replacement.
 */
export function successor(name: string, before: Members, after: Members) {
  const gone = before.get(name);
  if (gone === undefined) return undefined;
  const siblings = [...after].filter(([other]) => other !== name && !/^(\||\[\]$|\{\}$)/.test(other));
  const fresh = siblings.filter(([other]) => !before.has(other));
  // Only a name that is formatted as code counts, because most names are also ordinary words.
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

/** The new member that shares the most words with the name, preferably of the same type. `undefined` when two members are equally good. */
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

/** Common first and last words of names, which have no meaning on their own. */
const GRAMMAR = new Set("at by per in of on to from id ids is has the and or for no not v1 v2 v3".split(" "));

function meaningfulWords(name: string): string[] {
  return words(name)
    .map((word) => word.toLowerCase())
    .filter((word) => !GRAMMAR.has(word));
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}
