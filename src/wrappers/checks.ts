import { UsageError } from "./errors.js";

/** A check of an option's value, and the requirement that its error message states. */
export type Check = readonly [isValid: (value: unknown) => boolean, must: string];

/** One check for each option. An option without a check is a compile error, and is refused at run time. */
export type Checks<Options> = Readonly<Record<keyof Options, Check>>;

/** For options that are checked where they are used. */
export const checkedElsewhere: Check = [() => true, ""];
export const aFunction: Check = [(value) => typeof value === "function", "must be a function"];
export const aDuration: Check = [
  (value) => Number.isFinite(value) && (value as number) > 0,
  "must be a positive number of milliseconds",
];
export const aCount: Check = [
  (value) => Number.isInteger(value) && (value as number) >= 0,
  "must be 0 or a positive integer",
];
export const aSize: Check = [
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  "must be a positive integer of bytes",
];
export const aPositiveCount: Check = [
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  "must be a positive integer",
];
export const aFlag: Check = [(value) => typeof value === "boolean", "must be true or false"];
export const aText: Check = [(value) => typeof value === "string" && value !== "", "must be a non-empty string"];
/** Accepts signals of other libraries too. Refuses an `AbortController` passed in place of its signal, and an event target that never aborts. */
export const aSignal: Check = [
  (value) => {
    const { aborted, addEventListener, removeEventListener } = value as AbortSignal;
    const listens = typeof addEventListener === "function" && typeof removeEventListener === "function";
    return listens && typeof aborted === "boolean";
  },
  "must be an AbortSignal",
];

/** The value must be one of these strings. */
export function oneOf(...values: string[]): Check {
  return [
    (value) => values.includes(value as string),
    `must be ${values.map((it) => JSON.stringify(it)).join(" or ")}`,
  ];
}

/** Whether a value is a plain object. It may come from another realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

export const anObject: Check = [isPlainObject, "must be a plain object"];

/** Throws `UsageError` for a missing value, and for one that fails the check. */
export function checkValue(value: unknown, [isValid, must]: Check, field: string): void {
  if (!isValid(value)) throw new UsageError(field, must);
}

/** Checks options by name. Unknown names are refused, because ignoring a misspelled `idempotencyKey` could lead to a second purchase. */
export function checkOptions(options: object, checks: Readonly<Record<string, Check>>, path = "options"): void {
  // A `Map` or an array has no named properties, so its content would be ignored.
  checkValue(options, anObject, path);
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) throw new UsageError(`${path}.${name}`, `is unknown; use one of ${Object.keys(checks).join(", ")}`);
    if (value !== undefined && value !== null) checkValue(value, check, `${path}.${name}`);
  }
}

/** A checked copy of the options, without `null` and `undefined` values. */
export function readOptions<Options extends object>(
  options: Options | null | undefined,
  checks: Checks<Options>,
  path = "options",
): Options {
  checkOptions(options ?? {}, checks, path);
  const given = Object.keys(checks).map((name) => [name, options?.[name as keyof Options]]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== null)) as Options;
}
