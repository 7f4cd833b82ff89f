/** A node count over a half-open time range, in the form of the API. */
export interface Range {
  readonly start_at: number;
  readonly end_at?: number | null;
  readonly node_count: number;
}

const never = Number.POSITIVE_INFINITY;

export function nodesAt(ranges: readonly Range[], time: number): number {
  return ranges
    .filter(({ start_at, end_at }) => start_at <= time && time < (end_at ?? never))
    .reduce((total, { node_count }) => total + node_count, 0);
}

export function nodeSeconds(ranges: readonly Range[]): bigint {
  return ranges.reduce(
    (total, { start_at, end_at, node_count }) => total + BigInt(node_count * ((end_at ?? never) - start_at)),
    0n,
  );
}

/** `now`, and the later moments at which a count can change. */
export function momentsOf(ranges: readonly Range[], now: number): number[] {
  const all = [now, ...ranges.flatMap(({ start_at, end_at }) => [start_at, end_at ?? now])];
  return [...new Set(all)].filter((time) => time >= now);
}

/** `"16.80"` as whole millionths of a dollar. */
export function micros(dollars: string): bigint {
  const negative = dollars.startsWith("-");
  const [whole = "0", decimals = ""] = dollars.replace("-", "").split(".");
  const value = BigInt(whole) * 1_000_000n + BigInt(decimals.padEnd(6, "0"));
  return negative ? -value : value;
}
