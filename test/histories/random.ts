/** Pseudorandom choices from a text seed, which are the same on every machine. */
export interface Choices {
  /** A number from 0 to 1. */
  random(): number;
  /** An integer between two inclusive bounds. */
  between(least: number, most: number): number;
  oneOf<const T>(values: readonly T[]): T;
}

export function choicesFrom(seed: string): Choices {
  let state = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x01000193);
  // Mulberry32.
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    random,
    between: (least, most) => least + Math.floor(random() * (most - least + 1)),
    oneOf: (values) => values[Math.floor(random() * values.length)] as (typeof values)[number],
  };
}
