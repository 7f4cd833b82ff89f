import { type Check, isObject, mustBe, optional, shapeOf } from "../checks.js";

/** A duration of simulated time: milliseconds, or a sum of units. */
export type Span =
  | number
  | {
      readonly days?: number | undefined;
      readonly hours?: number | undefined;
      readonly minutes?: number | undefined;
      readonly seconds?: number | undefined;
      readonly ms?: number | undefined;
    };

const amount = optional(mustBe("a number", (value) => typeof value === "number"));
const units = { days: amount, hours: amount, minutes: amount, seconds: amount, ms: amount };
const checkShape: Check = shapeOf<Exclude<Span, number>>(units);

/** Checks a sum of units. Without a unit it would silently be 0, which includes a `Date` or a `Map`, because neither has members of its own. */
const checkUnits: Check = (span, name) => {
  checkShape(span, name);
  if (Object.values(span as object).every((value) => value === undefined || value === null)) {
    throw new TypeError(`${name} must have at least one of ${Object.keys(units).join(", ")}`);
  }
};

export function spanMs(span: Span, name = "span"): number {
  if (isObject(span)) checkUnits(span, name);
  const ms = isObject(span) ? toMs(span) : span;
  if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`${name} must be 0 or more, since time only moves forward`);
  return ms;
}

function toMs({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }: Exclude<Span, number>): number {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
}

/** The simulator's only source of time. It changes only when it is set. */
export class Clock {
  #ms: number;

  constructor(startMs: number) {
    this.#ms = startMs;
  }

  get ms(): number {
    return this.#ms;
  }

  /** Whole Unix seconds, as the API represents time. */
  get seconds(): number {
    return Math.floor(this.#ms / 1000);
  }

  /** Start of the current minute in Unix seconds. */
  get minute(): number {
    return Math.floor(this.#ms / 60_000) * 60;
  }

  set(ms: number): void {
    if (ms < this.#ms) throw new RangeError("time only moves forward");
    this.#ms = ms;
  }
}
