import { words } from "../generate/names.js";
import type { Member } from "./members.js";

/**
 * The member that took the place of one that is gone, if that can be told: one that the old description points to, one
 * that is new and speaks of it or shares a word with its name, or the only new one that is required as well, or
 * of the same type.
 */
export function successor(gone: Member, members: readonly Member[], added: readonly Member[]): string | undefined {
  const siblings = members.filter((member) => isSibling(gone, member));
  const fresh = added.filter((member) => isSibling(gone, member));
  const found =
    siblings.find((member) => mentions(gone.description, nameOf(member))) ??
    fresh.find((member) => mentions(member.description, nameOf(gone))) ??
    fresh.find((member) => sharesWord(nameOf(member), nameOf(gone))) ??
    onlyOne(fresh.filter((member) => member.required && gone.required)) ??
    onlyOne(fresh.filter((member) => member.signature === gone.signature));
  return found && nameOf(found);
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

function sharesWord(a: string, b: string): boolean {
  const of = new Set(words(a));
  return words(b).some((word) => of.has(word));
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}
