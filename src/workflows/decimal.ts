/** A number as it is written in decimals: `units / 10 ** scale`. No float ever stands for money. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Reads `"12"`, `"12.5"`; no sign, no exponent, no separators. `undefined` for anything else. */
export function parseDecimal(text: unknown): Decimal | undefined {
  const found = typeof text === "string" ? /^(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text) : null;
  if (found === null) return undefined;
  const [, whole = "", fraction = ""] = found;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

export function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** For a dividend that is not negative. */
export function divideDown(dividend: bigint, divisor: bigint): bigint {
  return dividend / divisor;
}
