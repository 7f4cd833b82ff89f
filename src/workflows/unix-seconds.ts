import { type Checks, oneOf, readOptions } from "../wrappers/checks.js";
import { UsageError } from "../wrappers/errors.js";

/** A moment: a `Date`, a `Temporal.Instant`, or text with its offset (`2026-07-28T08:00:00Z`). */
export type Moment = Date | string | { readonly epochMilliseconds: number };

export interface UnixSecondsOptions {
  /**
   * Schedules accept whole minutes only: take the minute before (`"down"`) or after (`"up"`), or refuse a moment between two (`"exact"`).
   * @default no alignment: the whole second before
   */
  readonly minute?: "down" | "up" | "exact" | undefined;
}

const unixSecondsChecks: Checks<UnixSecondsOptions> = { minute: /* @__PURE__ */ oneOf("down", "up", "exact") };

/**
 * A moment as the API writes time: whole seconds since 1970.
 *
 * ```ts
 * const start_at = unixSeconds("2026-09-01T09:00:00Z", { minute: "exact" });
 * ```
 *
 * Bare numbers are refused, because nothing tells seconds from milliseconds, and so is text without an offset, which would mean another moment on another machine.
 * @throws {UsageError} for what is not one certain moment, and with `minute: "exact"` for one between two minutes
 */
export function unixSeconds(moment: Moment, options: UnixSecondsOptions = {}): number {
  const { minute } = readOptions(options, unixSecondsChecks);
  const ms = millisecondsOf(moment);
  if (minute === undefined) return Math.floor(ms / 1_000);
  const minutes = ms / 60_000;
  if (minute === "exact" && !Number.isInteger(minutes)) {
    throw new UsageError("moment", `${new Date(ms).toISOString()} is not on a whole minute`);
  }
  return (minute === "up" ? Math.ceil(minutes) : Math.floor(minutes)) * 60;
}

const withOffset = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function millisecondsOf(moment: Moment): number {
  const ms =
    typeof moment === "string"
      ? textMilliseconds(moment)
      : moment instanceof Date
        ? moment.getTime()
        : (moment as { epochMilliseconds?: unknown } | null)?.epochMilliseconds;
  if (typeof ms === "number" && Number.isFinite(ms)) return ms;
  throw new UsageError("moment", "must be a valid Date, a Temporal.Instant, or text such as 2026-07-28T08:00:00Z");
}

function textMilliseconds(text: string): number {
  const ms = withOffset.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes February 30 for March 2; of text, the day must come back as it was written.
  const day = Number(text.slice(8, 10));
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day <= lastDay ? ms : Number.NaN;
}
