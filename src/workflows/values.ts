import type { InstanceBatchUpdate, InstancePriority } from "../generated/types.js";
import { aPositiveCount, type Checks, oneOf, readOptions } from "../wrappers/checks.js";
import { UsageError } from "../wrappers/errors.js";

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

/** Millionths of a dollar. Every amount is one of these: the service's finest price is a millionth of a dollar per node-minute. */
export type Micros = bigint;

const microsPerDollar = 1_000_000n;
/** The grid that the service rounds prices to: $0.000060 per node-hour is $0.000001 per node-minute. */
const tickMicros: Micros = 60n;

/** Dollars written in decimals, exactly. Throws `UsageError` for what is finer than a millionth. */
export function parseDollars(text: string, field: string): Micros {
  const { units, scale } = requireDecimal(text, field);
  const scaled = units * microsPerDollar;
  const divisor = 10n ** BigInt(scale);
  if (scaled % divisor !== 0n) throw new UsageError(field, `"${text}" is finer than $0.000001`);
  return scaled / divisor;
}

/** A price moved onto the service's grid. */
export function roundToTick(text: string, direction: "down" | "up", field: string): Micros {
  const { units, scale } = requireDecimal(text, field);
  const divide = direction === "up" ? divideUp : divideDown;
  return divide(units * microsPerDollar, tickMicros * 10n ** BigInt(scale)) * tickMicros;
}

/** Six decimals, as the API's own examples have them. */
export function formatDollars(micros: Micros): string {
  const digits = micros.toString().padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** Dollars for so many node-seconds at a price per node-hour; what does not come out even is rounded as told. */
export function computeCost(pricePerNodeHour: Micros, nodeSeconds: bigint, direction: "down" | "up"): Micros {
  return (direction === "up" ? divideUp : divideDown)(pricePerNodeHour * nodeSeconds, 3_600n);
}

function requireDecimal(text: string, field: string): Decimal {
  const decimal = parseDecimal(text);
  if (decimal !== undefined) return decimal;
  throw new UsageError(
    field,
    'must be dollars as a decimal string such as "2.5": digits and a point, no sign, no exponent',
  );
}

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
 * Bare numbers are refused, because nothing distinguishes seconds from milliseconds, and so is text without an offset, which would mean another moment on another machine.
 * @throws {UsageError} for what is not one certain moment, and with `minute: "exact"` for one between two minutes
 */
export function unixSeconds(moment: Moment, options: UnixSecondsOptions = {}): number {
  const { minute } = readOptions(options, unixSecondsChecks);
  const ms = toMilliseconds(moment);
  if (minute === undefined) return Math.floor(ms / 1_000);
  const minutes = ms / 60_000;
  if (minute === "exact" && !Number.isInteger(minutes)) {
    throw new UsageError("moment", `${new Date(ms).toISOString()} is not on a whole minute`);
  }
  return (minute === "up" ? Math.ceil(minutes) : Math.floor(minutes)) * 60;
}

const withOffset = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function toMilliseconds(moment: Moment): number {
  const ms =
    typeof moment === "string"
      ? parseMilliseconds(moment)
      : moment instanceof Date
        ? moment.getTime()
        : (moment as { epochMilliseconds?: unknown } | null)?.epochMilliseconds;
  if (typeof ms === "number" && Number.isFinite(ms)) return ms;
  throw new UsageError("moment", "must be a valid Date, a Temporal.Instant, or text such as 2026-07-28T08:00:00Z");
}

function parseMilliseconds(text: string): number {
  const ms = withOffset.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes February 30 for March 2; of text, the day must come back as it was written.
  const day = Number(text.slice(8, 10));
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day <= lastDay ? ms : Number.NaN;
}

const maxTags = 50;
// By code points, as JSON Schema counts them.
const keyShape = /^[^_,= ][^,= ]{0,127}$/u;
const valueShape = /^[^,=]{0,256}$/u;

/**
 * Tags for a body, checked against the service's rules: at most 50; a key has 1 to 128 characters without `,`, `=` and space and does not
 * start with `_`; a value has at most 256 characters without `,` and `=`.
 *
 * An update replaces all tags, so pass the old ones along: `tags({ ...instance.tags, env: "prod" })`. Among them can be the two by which `createOnce` knows what it has created
 * (`sfc-preview-sdk.…`); without them its next call ends with an `IntentConflictError`.
 * @throws {UsageError} naming the tag that breaks a rule
 */
export function tags(values: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(values);
  if (entries.length > maxTags)
    throw new UsageError("tags", `there are ${entries.length}; at most ${maxTags} may be set`);
  for (const [key, value] of entries) checkTag(key, value);
  return Object.fromEntries(entries);
}

/**
 * The same tags as a filter: `sfc.instances.list({ tag: tagFilter({ env: "prod" }) })`. Whether several mean all or any is not stated by the vendor.
 * @throws {UsageError} when there is no tag, which would match everything, or one breaks a rule
 */
export function tagFilter(values: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(values);
  if (entries.length === 0) throw new UsageError("tags", "no tag filters nothing; leave the filter out or name one");
  return entries.map(([key, value]) => {
    checkTag(key, value);
    return `${key}=${value}`;
  });
}

function checkTag(key: string, value: unknown): void {
  if (!keyShape.test(key)) {
    throw new UsageError(
      `tags[${JSON.stringify(key)}]`,
      'a key has 1 to 128 characters, no "," "=" or space, and no "_" in front',
    );
  }
  if (typeof value !== "string" || !valueShape.test(value)) {
    throw new UsageError(
      `tags[${JSON.stringify(key)}]`,
      'a value is a string of at most 256 characters without "," and "="',
    );
  }
}

const maxScriptBytes = 64 * 1024;

/**
 * A startup script as `cloud_init_user_data` wants it: UTF-8, then base64. Takes text, or bytes (a gzip or MIME archive) as they are.
 *
 * ```ts
 * await sfc.instances.create({ pool, image, instance_sku, cloud_init_user_data: cloudInit("#cloud-config\nssh_authorized_keys: […]\n") });
 * ```
 *
 * The service takes at most 64 KB and does not say whether that is before or after base64. What is too large either way (more than
 * 65,536 bytes before) is refused here; from 49,152 bytes on the service may refuse it.
 * @throws {UsageError} when it is empty, too large, or holds half of a surrogate pair, which UTF-8 cannot write
 */
export function cloudInit(script: string | Uint8Array): string {
  if (typeof script === "string" && !isWellFormed(script)) {
    throw new UsageError("script", "holds half of a surrogate pair; as UTF-8 it would become another character");
  }
  const bytes = typeof script === "string" ? new TextEncoder().encode(script) : script;
  // An empty script is what the API means by leaving the field out: a machine without login.
  if (bytes.length === 0) throw new UsageError("script", "is empty; leave cloud_init_user_data out instead");
  if (bytes.length > maxScriptBytes) {
    throw new UsageError("script", `has ${bytes.length} bytes; the service takes at most ${maxScriptBytes}`);
  }
  return toBase64(bytes);
}

/** A surrogate is well formed only beside its other half. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Few enough for one call of `String.fromCharCode`, whose arguments live on the stack. */
const atOnce = 8_192;

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let from = 0; from < bytes.length; from += atOnce) {
    binary += String.fromCharCode(...bytes.subarray(from, from + atOnce));
  }
  return btoa(binary);
}

/** `undefined` for what is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export interface PriorityBatchOptions {
  /**
   * Most entries of one batch. The service has a cap and does not publish it; each batch takes effect as a whole or not at all, but not
   * all batches together.
   * @default 100
   */
  readonly size?: number | undefined;
}

const batchChecks: Checks<PriorityBatchOptions> = { size: aPositiveCount };

/**
 * Bodies for `instances.batchUpdate`, from instance ids and their new priorities:
 *
 * ```ts
 * for (const body of priorityBatches({ [trainer]: "critical", [notebook]: "yield" })) await sfc.instances.batchUpdate(body);
 * ```
 *
 * Setting the same priorities again is harmless. All instances of one batch must be in one workspace; pass each workspace's own map.
 * @throws {UsageError} for a resource path: a batch takes ids only
 */
export function priorityBatches(
  priorities: Readonly<Record<string, InstancePriority>> | ReadonlyMap<string, InstancePriority>,
  options: PriorityBatchOptions = {},
): InstanceBatchUpdate[] {
  const { size = 100 } = readOptions(options, batchChecks);
  const entries =
    priorities instanceof Map ? [...priorities] : Object.entries(priorities as Record<string, InstancePriority>);
  const data = entries.map(([id, priority_level]) => {
    if (!/^(inst|vm)_[0-9a-zA-Z_-]{1,21}$/.test(id))
      throw new UsageError("priorities", `"${id}" is not an instance id`);
    return { id, priority_level };
  });
  const batches: InstanceBatchUpdate[] = [];
  for (let from = 0; from < data.length; from += size) batches.push({ data: data.slice(from, from + size) });
  return batches;
}

/** The JSON of a value, the same whatever the order of its fields. */
export function canonicalJson(value: unknown): string | undefined {
  return JSON.stringify(value, sortKeys);
}

function sortKeys(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
