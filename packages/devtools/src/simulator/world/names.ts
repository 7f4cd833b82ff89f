import type { Ids } from "./ids.js";
import { pick, type Random } from "./random.js";

const adjectives = [
  "amber",
  "brisk",
  "calm",
  "dapper",
  "eager",
  "fleet",
  "gentle",
  "hardy",
  "keen",
  "lucid",
  "mellow",
  "nimble",
  "plain",
  "quiet",
  "rapid",
  "sturdy",
];
const nouns = [
  "aspen",
  "birch",
  "comet",
  "delta",
  "ember",
  "fjord",
  "grove",
  "harbor",
  "island",
  "juniper",
  "kelp",
  "lagoon",
  "meadow",
  "nebula",
  "otter",
  "pebble",
];
const longestNameMade = 255;

/** The pattern that names must match. */
export const namePattern: RegExp = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;

/** The service's own name template. A custom one must have at least its variety. */
export const defaultNameTemplate = "{{adjective}}-{{noun}}-{{nanoid(6)}}";
const placeholder = /\{\{(adjective|noun|nanoid\((\d{1,2})\))\}\}/g;

/** The variety of a template in bits. According to the service there are about 128 adjectives and 128 nouns; there are 62 letters and digits. */
function variety(template: string): number {
  let bits = 0;
  for (const [, word, length] of template.matchAll(placeholder)) {
    bits += length === undefined || word === undefined ? 7 : Number(length) * Math.log2(62);
  }
  return bits;
}

/** Returns why a name template cannot be used, or `undefined` when it can. */
export function nameTemplateProblem(template: string): string | undefined {
  for (const [, , length] of template.matchAll(placeholder)) {
    if (length !== undefined && (Number(length) < 1 || Number(length) > 21))
      return "nanoid takes a length from 1 to 21";
  }
  const filled = template.replace(placeholder, (_, _word: string, length?: string) =>
    "x".repeat(length ? Number(length) : 12),
  );
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(filled)) return "does not resolve to a valid name";
  if (filled.length > longestNameMade) return `resolves to more than ${longestNameMade} characters`;
  if (variety(template) < variety(defaultNameTemplate)) return `has fewer possible names than ${defaultNameTemplate}`;
  return undefined;
}

/** Generates names. */
export class Names {
  readonly #random: Random;
  readonly #ids: Ids;

  constructor(random: Random, ids: Ids) {
    this.#random = random;
    this.#ids = ids;
  }

  make(template: string = defaultNameTemplate): string {
    return template.replace(placeholder, (_, word: string, length?: string) => {
      if (length !== undefined) return this.#ids.tail(Number(length));
      return pick(this.#random, word === "adjective" ? adjectives : nouns);
    });
  }
}
