/** How samples become a cell of the table. */

/** The middle of the samples, and the bounds of their middle half. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What is made of a contender's sample and the one of raw fetch from the same round. */
export type Against = "ratio" | "difference";

export function summarize(samples: readonly number[]): Summary {
  return { median: quantile(samples, 0.5), low: quantile(samples, 0.25), high: quantile(samples, 0.75) };
}

/** The value below which this part of the samples lies, between two of them when it falls between. */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error("there are no samples");
  return below + (above - below) * (at % 1);
}

/** Round by round, because what slows one round slows everyone in it. */
export function compare(samples: readonly number[], base: readonly number[], against: Against): number[] {
  if (samples.length !== base.length) throw new Error(`${samples.length} rounds against ${base.length}`);
  return samples.map((sample, round) => {
    const other = base[round] as number;
    return against === "ratio" ? sample / other : sample - other;
  });
}

/** The contenders of one round: each begins one, so that none has always the same one before it. */
export function turnOf<Item>(items: readonly Item[], round: number): Item[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
