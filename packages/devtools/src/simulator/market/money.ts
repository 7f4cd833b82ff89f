/**
 * An exact amount of money, in whole micro-dollars. Prices are per node-hour and multiples of 60 micro-dollars (one micro-dollar per node-minute), so
 * the cost of whole node-minutes is exact too.
 */
export type Micros = bigint;

const grid = 60n;

/** Parses a decimal such as `"1.380000"`. Decimals after the sixth are dropped, because prices are rounded to a coarser step anyway. */
export function parseDollars(text: string): Micros {
  const [whole = "0", decimals = ""] = text.split(".");
  return BigInt(whole) * 1_000_000n + BigInt(decimals.slice(0, 6).padEnd(6, "0"));
}

/** Formats an amount with at least two and at most six decimals. */
export function formatDollars(micros: Micros): string {
  const sign = micros < 0n ? "-" : "";
  const value = micros < 0n ? -micros : micros;
  const decimals = (value % 1_000_000n)
    .toString()
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `${sign}${value / 1_000_000n}.${decimals}`;
}

/** Rounds a price to the nearest price step, and a half up. */
export function onGrid(price: Micros): Micros {
  return ((price + grid / 2n) / grid) * grid;
}

/** Calculates the cost of node-seconds (whole node-minutes) at a rounded price. */
export function calculateCost(price: Micros, nodeSeconds: number): Micros {
  return (price / grid) * BigInt(Math.round(nodeSeconds / 60));
}

/** Calculates the average price per node-hour, rounded to the nearest micro-dollar. */
export function averagePrice(cost: Micros, nodeSeconds: number): Micros {
  if (nodeSeconds === 0) return 0n;
  const seconds = BigInt(nodeSeconds);
  return (cost * 3600n + seconds / 2n) / seconds;
}
