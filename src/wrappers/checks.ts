import { UsageError } from "./errors.js";

/** A check of an option's value, and what the value must be. */
export type Check = readonly [isValid: (value: unknown) => boolean, must: string];

/** One check per option: a name without one does not compile, and is refused at run time. */
export type Checks<Options> = Readonly<Record<keyof Options, Check>>;

/** Checked where it is used. */
export const anything: Check = [() => true, ""];
export const aFunction: Check = [(value) => typeof value === "function", "must be a function"];
export const aDuration: Check = [
  (value) => Number.isFinite(value) && (value as number) > 0,
  "must be a positive number of milliseconds",
];
export const aCount: Check = [
  (value) => Number.isInteger(value) && (value as number) >= 0,
  "must be 0 or a positive whole number",
];
export const aSize: Check = [
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  "must be a positive whole number of bytes",
];
export const aPositiveCount: Check = [
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  "must be a positive whole number",
];
export const aFlag: Check = [(value) => typeof value === "boolean", "must be true or false"];
export const aText: Check = [(value) => typeof value === "string" && value !== "", "must be a non-empty string"];
/** A controller in place of its signal must be a clear error and not a call that cannot be aborted. */
export const aSignal: Check = [
  (value) => typeof (value as AbortSignal).addEventListener === "function",
  "must be an AbortSignal",
];

/** The value must be one of these strings. */
export function oneOf(...values: string[]): Check {
  return [
    (value) => values.includes(value as string),
    `must be ${values.map((it) => JSON.stringify(it)).join(" or ")}`,
  ];
}

/** Whether a value is an object whose members are all its own, as `{…}` makes it, also in another realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Throws `UsageError` for a value that fails the check, a missing one included. */
export function checkValue(value: unknown, [isValid, must]: Check, field: string): void {
  if (!isValid(value)) throw new UsageError(field, must);
}

/** A misspelled `idempotencyKey` that is silently ignored could buy twice, so unknown names are refused too. */
export function checkOptions(options: object, checks: Readonly<Record<string, Check>>, of = "options"): void {
  // A `Map` or an array has no members of its own names: its content would be lost silently.
  if (!isPlainObject(options)) throw new UsageError(of, "must be a plain object");
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) throw new UsageError(`${of}.${name}`, `is unknown; use one of ${Object.keys(checks).join(", ")}`);
    if (value !== undefined && value !== null) checkValue(value, check, `${of}.${name}`);
  }
}

/** A copy of the caller's options, checked, in which `null` and `undefined` are absent. */
export function readOptions<Options extends object>(
  options: Options | null | undefined,
  checks: Checks<Options>,
  of = "options",
): Options {
  checkOptions(options ?? {}, checks, of);
  const given = Object.keys(checks).map((name) => [name, options?.[name as keyof Options]]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== null)) as Options;
}
