import { UsageError } from "../wrappers/errors.js";
import { type Decimal, divideDown, divideUp, parseDecimal } from "./decimal.js";

/** Millionths of a dollar. Every amount is one of these: the service's finest price is a millionth of a dollar per node-minute. */
export type Micros = bigint;

const microsPerDollar = 1_000_000n;
/** The grid that the service rounds prices to: $0.000060 per node-hour is $0.000001 per node-minute. */
const tickMicros: Micros = 60n;

/** Dollars written in decimals, exactly. Throws `UsageError` for what is finer than a millionth. */
export function parseDollars(text: string, field: string): Micros {
  const { units, scale } = decimalOf(text, field);
  const scaled = units * microsPerDollar;
  const divisor = 10n ** BigInt(scale);
  if (scaled % divisor !== 0n) throw new UsageError(field, `"${text}" is finer than $0.000001`);
  return scaled / divisor;
}

/** A price moved onto the service's grid. */
export function roundToTick(text: string, direction: "down" | "up", field: string): Micros {
  const { units, scale } = decimalOf(text, field);
  const divide = direction === "up" ? divideUp : divideDown;
  return divide(units * microsPerDollar, tickMicros * 10n ** BigInt(scale)) * tickMicros;
}

/** Six decimals, as the API's own examples have them. */
export function formatDollars(micros: Micros): string {
  const digits = micros.toString().padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** Dollars for so many node-seconds at a price per node-hour; what does not come out even is rounded as told. */
export function costOf(pricePerNodeHour: Micros, nodeSeconds: bigint, direction: "down" | "up"): Micros {
  return (direction === "up" ? divideUp : divideDown)(pricePerNodeHour * nodeSeconds, 3_600n);
}

function decimalOf(text: string, field: string): Decimal {
  const decimal = parseDecimal(text);
  if (decimal !== undefined) return decimal;
  throw new UsageError(
    field,
    'must be dollars as a decimal string such as "2.5": digits and a point, no sign, no exponent',
  );
}
