import type { InstanceBatchUpdate, InstancePriority } from "../generated/types.js";
import {
  anObject,
  aPositiveCount,
  type Checks,
  checkValue,
  isPlainObject,
  oneOf,
  readOptions,
} from "../wrappers/checks.js";
import { DecodeError, UsageError } from "../wrappers/errors.js";

export interface PriceOptions {
  /**
   * Rounds the price to a multiple of $0.000060 per node-hour, which the service requires: `"down"` for a buyer's limit, `"up"` for a seller's.
   * @default not rounded; the service rounds to the nearest step
   */
  readonly round?: "down" | "up" | undefined;
}

const priceChecks: Checks<PriceOptions> = { round: /* @__PURE__ */ oneOf("down", "up") };

/**
 * Formats a price for the API, in US dollars per node-hour (a whole node, not one GPU): `price("2.5")` is `"2.500000"`.
 *
 * Accepts strings only: floating-point numbers are not exact.
 * @throws {UsageError} for a sign, an exponent, or (without `round`) more than six decimals
 */
export function price(dollars: string, options: PriceOptions = {}): string {
  const { round } = readOptions(options, priceChecks);
  return formatDollars(round === undefined ? parseDollars(dollars, "dollars") : roundToTick(dollars, round, "dollars"));
}

/** Millionths of a dollar, in which every amount is computed: the service's smallest price step is a millionth of a dollar per node-minute. */
export type Micros = bigint;

const microsPerDollar = 1_000_000n;
/** The step that the service rounds prices to: $0.000060 per node-hour is $0.000001 per node-minute. */
const tickMicros: Micros = 60n;

/** Parses decimal dollars exactly. Throws `UsageError` for more than six decimals. */
export function parseDollars(text: string, field: string): Micros {
  const { units, scale } = requireDecimal(text, field);
  const scaled = units * microsPerDollar;
  const divisor = 10n ** BigInt(scale);
  if (scaled % divisor !== 0n) throw new UsageError(field, `"${text}" has more than six decimals`);
  return scaled / divisor;
}

/** A price, rounded to the service's price step. */
export function roundToTick(text: string, direction: "down" | "up", field: string): Micros {
  const { units, scale } = requireDecimal(text, field);
  const divide = direction === "up" ? divideUp : divideDown;
  return divide(units * microsPerDollar, tickMicros * 10n ** BigInt(scale)) * tickMicros;
}

/** Formats an amount with six decimals, as in the API's own examples. */
export function formatDollars(micros: Micros): string {
  const digits = micros.toString().padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** Price per node-hour times node-seconds, rounded to a millionth of a dollar in the given direction. */
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

/** A decimal number: `units / 10 ** scale`. Money is never a float. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Parses decimals such as `"12"` and `"12.5"`, without sign, exponent or separators. Returns `undefined` for anything else. */
export function parseDecimal(text: unknown): Decimal | undefined {
  const found = typeof text === "string" ? /^(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text) : null;
  if (found === null) return undefined;
  const [, whole = "", fraction = ""] = found;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

export function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** Divides and rounds down, for dividends of 0 or more. */
function divideDown(dividend: bigint, divisor: bigint): bigint {
  return dividend / divisor;
}

/** A point in time: a `Date`, a `Temporal.Instant`, or an ISO 8601 string with an offset (`2026-07-28T08:00:00Z`). */
export type Moment = Date | string | { readonly epochMilliseconds: number };

export interface UnixSecondsOptions {
  /**
   * Schedules accept whole minutes only: round down (`"down"`), round up (`"up"`), or throw when the moment is not on a whole minute (`"exact"`).
   * @default rounds down to the second
   */
  readonly minute?: "down" | "up" | "exact" | undefined;
}

const unixSecondsChecks: Checks<UnixSecondsOptions> = { minute: /* @__PURE__ */ oneOf("down", "up", "exact") };

/**
 * Converts a moment to Unix seconds, as the API represents time.
 *
 * ```ts
 * const start_at = unixSeconds("2026-09-01T09:00:00Z", { minute: "exact" });
 * ```
 *
 * Numbers are refused, because seconds and milliseconds cannot be distinguished. Strings without an offset are refused, because they mean different
 * moments on different machines.
 * @throws {UsageError} for an invalid or ambiguous moment, and with `minute: "exact"` for one that is not on a whole minute
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
  throw new UsageError(
    "moment",
    "must be a valid Date, a Temporal.Instant, or a string with an offset such as 2026-07-28T08:00:00Z",
  );
}

function parseMilliseconds(text: string): number {
  const ms = withOffset.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse reads February 30 as March 2, so the day is checked against the length of the month.
  const day = Number(text.slice(8, 10));
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day <= lastDay ? ms : Number.NaN;
}

const maxTags = 50;
// The `u` flag counts code points, as JSON Schema does.
const keyShape = /^[^_,= ][^,= ]{0,127}$/u;
const valueShape = /^[^,=]{0,256}$/u;

/**
 * Tags for a request body, checked against the service's rules: at most 50; a key has 1 to 128 characters without `,`, `=` and space and does not
 * start with `_`; a value has at most 256 characters without `,` and `=`.
 *
 * An update replaces all tags, so include the existing ones: `tags({ ...instance.tags, env: "prod" })`. `createOnce` recognizes what it created by two of them
 * (`sfc-preview-sdk.…`); without them its next call throws an `IntentConflictError`.
 * @throws {UsageError} naming the tag that breaks a rule
 */
export function tags(values: Readonly<Record<string, string>>): Record<string, string> {
  checkValue(values, anObject, "tags");
  const entries = Object.entries(values);
  if (entries.length > maxTags)
    throw new UsageError("tags", `has ${entries.length} tags; at most ${maxTags} are allowed`);
  for (const [key, value] of entries) checkTag(key, value);
  return Object.fromEntries(entries);
}

/**
 * Converts tags to a list filter: `sfc.instances.list({ tag: tagFilter({ env: "prod" }) })`. The vendor does not document whether several tags match
 * all or any of them.
 * @throws {UsageError} for no tag, which would match everything, and for a tag that breaks a rule
 */
export function tagFilter(values: Readonly<Record<string, string>>): string[] {
  checkValue(values, anObject, "tags");
  const entries = Object.entries(values);
  if (entries.length === 0)
    throw new UsageError("tags", "is empty, which would match everything; leave the filter out or name a tag");
  return entries.map(([key, value]) => {
    checkTag(key, value);
    return `${key}=${value}`;
  });
}

function checkTag(key: string, value: unknown): void {
  if (!keyShape.test(key)) {
    throw new UsageError(
      `tags[${JSON.stringify(key)}]`,
      'must have a key of 1 to 128 characters without ",", "=" and space that does not start with "_"',
    );
  }
  if (typeof value !== "string" || !valueShape.test(value)) {
    throw new UsageError(
      `tags[${JSON.stringify(key)}]`,
      'must have a string value of at most 256 characters without "," and "="',
    );
  }
}

const maxScriptBytes = 64 * 1024;

/**
 * Encodes a startup script for `cloud_init_user_data`: UTF-8, then base64. Bytes (a gzip or MIME archive) are encoded unchanged.
 *
 * ```ts
 * await sfc.instances.create({ pool, image, instance_sku, cloud_init_user_data: cloudInit("#cloud-config\nssh_authorized_keys: […]\n") });
 * ```
 *
 * The limit of the API is 64 KB; whether before or after base64 is not documented. A script of more than 65,536 bytes throws; the service may refuse
 * one of more than 49,152 bytes.
 * @throws {UsageError} when the script is empty, too large, or contains half of a surrogate pair, which UTF-8 cannot encode
 */
export function cloudInit(script: string | Uint8Array): string {
  if (typeof script === "string" && !isWellFormed(script)) {
    throw new UsageError("script", "contains half of a surrogate pair, which UTF-8 cannot encode");
  }
  const bytes = typeof script === "string" ? new TextEncoder().encode(script) : script;
  if (!(bytes instanceof Uint8Array)) throw new UsageError("script", "must be text or a Uint8Array");
  // The API treats an empty script as no script, and no one could log in to the instance.
  if (bytes.length === 0) throw new UsageError("script", "is empty; leave cloud_init_user_data out instead");
  if (bytes.length > maxScriptBytes) {
    throw new UsageError("script", `has ${bytes.length} bytes; the service accepts at most ${maxScriptBytes}`);
  }
  return toBase64(bytes);
}

/** Whether a text has no unpaired surrogate. With the `u` flag, `\p{Surrogate}` matches only unpaired ones. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** The number of bytes that are converted in one call, because each is an argument. */
const atOnce = 8_192;

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let from = 0; from < bytes.length; from += atOnce) {
    binary += String.fromCharCode(...bytes.subarray(from, from + atOnce));
  }
  return btoa(binary);
}

/** Decodes base64. Returns `undefined` when the text is not base64. */
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
   * Maximum number of entries in one batch. The service has a limit and does not document it. Each batch is atomic; several batches together are not.
   * @default 100
   */
  readonly size?: number | undefined;
}

const batchChecks: Checks<PriorityBatchOptions> = { size: aPositiveCount };

/**
 * Splits new priorities by instance id into bodies for `instances.batchUpdate`:
 *
 * ```ts
 * for (const body of priorityBatches({ [trainer]: "critical", [notebook]: "yield" })) await sfc.instances.batchUpdate(body);
 * ```
 *
 * Sending the same body again is safe. All instances of one batch must be in one workspace: call this once per workspace.
 * @throws {UsageError} for a resource path: a batch accepts ids only
 */
export function priorityBatches(
  priorities: Readonly<Record<string, InstancePriority>> | ReadonlyMap<string, InstancePriority>,
  options: PriorityBatchOptions = {},
): InstanceBatchUpdate[] {
  const { size = 100 } = readOptions(options, batchChecks);
  const isMap = priorities instanceof Map;
  if (!isMap) checkValue(priorities, anObject, "priorities");
  const entries = isMap ? [...priorities] : Object.entries(priorities as Record<string, InstancePriority>);
  const data = entries.map(([id, priority_level]) => {
    if (!/^(inst|vm)_[0-9a-zA-Z_-]{1,21}$/.test(id))
      throw new UsageError("priorities", `"${id}" is not an instance id`);
    return { id, priority_level };
  });
  const batches: InstanceBatchUpdate[] = [];
  for (let from = 0; from < data.length; from += size) batches.push({ data: data.slice(from, from + size) });
  return batches;
}

/**
 * Copies plain objects and arrays, at any depth, so that later changes by the caller do not change what a workflow sends. Other values are not copied.
 * Throws `UsageError` for a value that refers to itself, or has a getter that throws.
 */
export function copyPlain<T>(value: T, field: string): T {
  try {
    return copyMembers(value);
  } catch {
    // The original error may quote the value.
    throw new UsageError(field, "cannot be copied");
  }
}

function copyMembers<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyMembers) as T;
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyMembers(member)])) as T;
}

/** Reads a response. What cannot be read in it is a mistake of the service, not of the caller. */
export function readResponse<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new DecodeError(`${what} cannot be read.`, 200, {});
  }
}

/** Returns JSON with sorted members, which is equal for values that differ only in the order of their members. */
export function canonicalJson(value: unknown): string | undefined {
  return JSON.stringify(value, sortKeys);
}

function sortKeys(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
