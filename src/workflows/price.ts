import { type Checks, oneOf, readOptions } from "../wrappers/checks.js";
import { formatDollars, parseDollars, roundToTick } from "./money.js";

export interface PriceOptions {
  /**
   * Moves the price onto the service's grid, multiples of $0.000060 per node-hour: `"down"` for the most a buyer pays, `"up"` for the least a seller takes.
   * @default not moved; the service takes the nearest
   */
  readonly round?: "down" | "up" | undefined;
}

const priceChecks: Checks<PriceOptions> = { round: /* @__PURE__ */ oneOf("down", "up") };

/**
 * A price as the API writes it, in US dollars per node-hour (a whole node, not one GPU): `price("2.5")` is `"2.500000"`.
 *
 * Takes strings only: `0.1 + 0.2` as a number is not 0.3.
 * @throws {UsageError} for a sign, an exponent, or (without `round`) more than six decimals
 */
export function price(dollars: string, options: PriceOptions = {}): string {
  const { round } = readOptions(options, priceChecks);
  return formatDollars(round === undefined ? parseDollars(dollars, "dollars") : roundToTick(dollars, round, "dollars"));
}
