/** A seeded source of numbers in [0, 1). The same seed leads to the same sequence on every machine. */
export type Random = () => number;

/** A source whose position in its sequence can be saved and restored. */
export interface SeededRandom extends Random {
  state: number;
}

/** Creates a source from a seed: Mulberry32, started with a hash of the seed. It is short, and good enough for ids and fault probabilities. */
export function seededRandom(seed: string): SeededRandom {
  const next = () => {
    random.state = (random.state + 0x6d2b79f5) | 0;
    let t = Math.imul(random.state ^ (random.state >>> 15), 1 | random.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const random = Object.assign(next, { state: hash(seed) });
  return random;
}

/** FNV-1a over the UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}
