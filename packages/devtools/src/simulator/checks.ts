/** A check of a caller's value. Throws a `TypeError` that begins with the value's name. */
export type Check = (value: unknown, name: string) => void;

/** Creates a check from a predicate. `what` completes the message "must be …". */
export function mustBe(what: string, isValid: (value: unknown) => boolean): Check {
  return (value, name) => {
    if (value === undefined) throw new TypeError(`${name} is missing: it must be ${what}`);
    if (!isValid(value)) throw new TypeError(`${name} must be ${what}, not ${shown(value)}`);
  };
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

export const aText: Check = mustBe("a non-empty string", (value) => typeof value === "string" && value !== "");
export const aFlag: Check = mustBe("true or false", (value) => typeof value === "boolean");
export const aNumber: Check = mustBe("a number", isNumber);
export const anAmount: Check = mustBe("a number of 0 or more", (value) => isNumber(value) && value >= 0);
export const aCount: Check = mustBe("0 or a positive whole number", (value) => isCount(value, 0));
export const aPositiveCount: Check = mustBe("a positive whole number", (value) => isCount(value, 1));
export const aPrice: Check = mustBe(
  'dollars as a decimal string such as "18.00"',
  (value) => typeof value === "string" && /^\d+(\.\d+)?$/.test(value),
);
export const aPort: Check = mustBe("a port number from 0 to 65535", (value) => isCount(value, 0, 65_535));
export const anObject: Check = mustBe("an object", isObject);
export const anything: Check = () => {};

export function isCount(value: unknown, least: number, most: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function oneOf(...values: readonly (string | number)[]): Check {
  const all = values.map((value) => JSON.stringify(value));
  return mustBe(all.length === 1 ? String(all[0]) : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`, (value) =>
    values.includes(value as string),
  );
}

/** A check that accepts an absent value: `undefined` or `null`. */
export function optional(check: Check): Check {
  return (value, name) => {
    if (value !== undefined && value !== null) check(value, name);
  };
}

/** A check that accepts `undefined`, but not `null`. */
export function omissible(check: Check): Check {
  return (value, name) => {
    if (value !== undefined) check(value, name);
  };
}

/** A check that accepts `null`, for values for which `null` has a meaning. */
export function nullable(check: Check): Check {
  return (value, name) => {
    if (value !== null) check(value, name);
  };
}

export function listOf(check: Check): Check {
  return (value, name) => {
    mustBe("a list", Array.isArray)(value, name);
    for (const [index, item] of (value as unknown[]).entries()) check(item, `${name}[${index}]`);
  };
}

/** A check for an object, with one check per member of its type. A member without a check is a compile error, and an unknown member is refused by name. */
export function shapeOf<T>(checks: { readonly [Member in keyof Required<T>]: Check }): Check {
  const rows = checks as Readonly<Record<string, Check>>;
  return (value, name) => {
    anObject(value, name);
    for (const member of Object.keys(value as object)) {
      if (!Object.hasOwn(rows, member)) {
        throw new TypeError(`${name}.${member} is unknown; use one of ${Object.keys(rows).join(", ")}`);
      }
    }
    for (const [member, check] of Object.entries(rows)) check((value as typeof rows)[member], `${name}.${member}`);
  };
}

/** Fields that replace defaults. `undefined` counts as absent. */
export type Overrides<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

/** Adds defaults to the given values. `undefined` counts as absent. */
export function withDefaults<T extends object>(defaults: T, given: Overrides<T> | null | undefined): T {
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) };
}

const mostShown = 40;

function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (value instanceof Date) return "an invalid Date";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = JSON.stringify(value);
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}
