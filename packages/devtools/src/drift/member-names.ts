/** The usual form of member names in APIs. Ids and names of resources seldom have it. */
const WORDS = /^_?[a-z]+\d{0,3}(_[a-z]+\d{0,3})*$/;

/** If one object has more unknown members than this, it has become a map, and its keys are values. */
const MOST_UNKNOWN = 8;

/** Decides which member names of a body may be reported, since a name can be a value too: the key of a map. */
export class MemberNames {
  #values: ReadonlySet<string> | undefined;

  constructor(readonly body: unknown) {}

  /** The unknown members of one object, with one `*` for those that may be values. */
  shown(names: readonly string[]): string[] {
    if (names.length > MOST_UNKNOWN) return ["*"];
    return [...new Set(names.map((name) => (this.#isShown(name) ? name : "*")))];
  }

  #isShown(name: string): boolean {
    if (!WORDS.test(name) || name.length > 64) return false;
    this.#values ??= new Set(textsIn(this.body));
    return !this.#values.has(name);
  }
}

function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  const waiting = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === "string") texts.push(next);
    else if (typeof next === "object" && next !== null) for (const one of Object.values(next)) waiting.push(one);
  }
  return texts;
}

/** `data[]` and `name` are `data[].name`. */
export function placeOfMember(place: string, name: string): string {
  return place === "" ? name : `${place}.${name}`;
}
