/** The usual form of member names in APIs. Ids and names of resources rarely have it. */
const WORDS = /^_?[a-z]+\d{0,3}(_[a-z]+\d{0,3})*$/;

/** An object with more unknown members than this is treated as a map, whose keys are values. */
const MOST_UNKNOWN = 8;

/** Decides which member names of a body may be reported. The key of a map is a value, and must not be. */
export class MemberNames {
  #values: ReadonlySet<string> | undefined;

  constructor(readonly body: unknown) {}

  /** Returns the names of unknown members to report, with one `*` in place of names that may be values. */
  shown(names: readonly string[]): string[] {
    if (names.length > MOST_UNKNOWN) return ["*"];
    return [...new Set(names.map((name) => (this.#isShown(name) ? name : "*")))];
  }

  #isShown(name: string): boolean {
    if (!WORDS.test(name) || name.length > 64) return false;
    this.#values ??= new Set(collectTexts(this.body));
    return !this.#values.has(name);
  }
}

function collectTexts(value: unknown): string[] {
  const texts: string[] = [];
  const waiting = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === "string") texts.push(next);
    else if (typeof next === "object" && next !== null) for (const one of Object.values(next)) waiting.push(one);
  }
  return texts;
}

/** Appends a member to a place: `data[]` and `name` become `data[].name`. */
export function appendMember(place: string, name: string): string {
  return place === "" ? name : `${place}.${name}`;
}
