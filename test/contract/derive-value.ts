import { arrayAt, isObject, type JsonObject, objectAt } from "../../scripts/lib/json.js";
import { deref } from "../../scripts/lib/openapi.js";
import type { Checker } from "./check-value.js";
import { numbersFor } from "./derive-number.js";
import { textsFor } from "./derive-text.js";

/** How a value is derived. The same input always leads to the same value. */
export interface Derivation {
  readonly document: unknown;
  readonly checker: Checker;
  /** Decides which members are included: a request has no read-only members, and a response no write-only ones. */
  readonly direction: "request" | "answer";
  /** Whether objects get their optional properties too, if the result is valid. */
  readonly isComplete: boolean;
}

interface Place extends Derivation {
  /** The schemas that contain this one. They end an optional cycle. */
  readonly within: readonly unknown[];
  /** The index of the value among several possible ones, for lists whose items must differ. */
  readonly variant: number;
}

/**
 * Returns a value that fits the schema, or `undefined` when no rule below finds one. `openapi-sampler` ignores `pattern`: its values
 * violate 144 of our 212 schemas without examples, and 66 with them.
 */
export function deriveValue(schema: unknown, derivation: Derivation): { value: unknown } | undefined {
  return derive(schema, { ...derivation, within: [], variant: 0 });
}

const MOST_NESTED = 12;

function derive(schema: unknown, place: Place): { value: unknown } | undefined {
  const node = deref(place.document, schema);
  if (place.within.length > MOST_NESTED) return undefined;
  const inside = { ...place, within: [...place.within, node] };
  for (const value of candidates(node, inside)) {
    if (place.checker.fits(schema, value)) return { value };
  }
  return undefined;
}

/** Values that may fit, the best first. The checker decides whether they do. */
function* candidates(node: JsonObject, place: Place): Generator<unknown> {
  if (Object.hasOwn(node, "const")) return yield node.const;
  if (Array.isArray(node.enum)) return yield* turned(node.enum, place.variant);
  if (place.variant === 0) yield* givenValues(node);
  const arms = [...arrayAt(node, "oneOf"), ...arrayAt(node, "anyOf")];
  if (arms.length > 0) {
    for (const arm of nullLast(arms, place)) yield* together([...ownParts(node), arm], place);
  } else if (Array.isArray(node.allOf)) {
    yield* together(ownParts(node), place);
  } else {
    for (const type of typesOf(node)) yield* valuesOf(type, node, place);
  }
}

/** The values that the schema itself contains. */
function givenValues(node: JsonObject): unknown[] {
  return ["example", "default"].flatMap((key) => (Object.hasOwn(node, key) ? [node[key]] : [])).concat(shown(node));
}

function shown({ examples }: JsonObject): unknown[] {
  return Array.isArray(examples) ? examples : [];
}

function turned(values: readonly unknown[], by: number): unknown[] {
  const from = values.length === 0 ? 0 : by % values.length;
  return [...values.slice(from), ...values.slice(0, from)];
}

function nullLast(arms: readonly unknown[], { document }: Place): unknown[] {
  const isNull = (arm: unknown) => Number(deref(document, arm).type === "null");
  return [...arms].sort((a, b) => isNull(a) - isNull(b));
}

/** Everything that a schema requires in addition to its branches. */
function ownParts(node: JsonObject): unknown[] {
  const { oneOf: _, anyOf: __, allOf: ___, example: ____, examples: _____, default: ______, ...own } = node;
  const demands = own.properties !== undefined || own.type !== undefined;
  return [...arrayAt(node, "allOf"), ...(demands ? [own] : [])];
}

/** Values that must fit several schemas: objects are merged, and other values are tried one by one. */
function* together(parts: readonly unknown[], place: Place): Generator<unknown> {
  const values = parts.map((part) => derive(part, place));
  const found = values.flatMap((one) => (one === undefined ? [] : [one.value]));
  if (found.length === parts.length && found.every(isObject)) yield Object.assign({}, ...found);
  else yield* found.reverse();
}

function typesOf(node: JsonObject): unknown[] {
  if (Array.isArray(node.type)) return [...node.type].sort((a, b) => Number(a === "null") - Number(b === "null"));
  if (node.type !== undefined) return [node.type];
  if (node.properties !== undefined || node.additionalProperties !== undefined) return ["object"];
  return [node.items !== undefined ? "array" : "string"];
}

function* valuesOf(type: unknown, node: JsonObject, place: Place): Generator<unknown> {
  if (type === "string") yield* textsFor(node, place.variant);
  if (type === "integer" || type === "number") yield* numbersFor(node, place.variant);
  // False first: a list with `has_more: true` and no cursor is not a valid response.
  if (type === "boolean") yield* turned([false, true], place.variant);
  if (type === "null") yield null;
  if (type === "array") yield* lists(node, place);
  if (type === "object") yield* objects(node, place);
}

function* lists(node: JsonObject, place: Place): Generator<unknown[]> {
  const least = typeof node.minItems === "number" ? node.minItems : 0;
  const isCycle = place.within.includes(deref(place.document, node.items));
  for (const length of isCycle ? [least] : [Math.max(least, 1), least]) {
    const items = Array.from({ length }, (_, variant) => derive(node.items ?? {}, { ...place, variant }));
    if (items.every((item) => item !== undefined)) yield items.map((item) => item?.value);
  }
}

function* objects(node: JsonObject, place: Place): Generator<JsonObject> {
  for (const isComplete of place.isComplete ? [true, false] : [false]) {
    const value = objectWith(node, { ...place, isComplete });
    if (value !== undefined) yield value;
  }
}

function objectWith(node: JsonObject, place: Place): JsonObject | undefined {
  const required = new Set(arrayAt(node, "required").map(String));
  const properties = objectAt(node, "properties");
  const value: JsonObject = {};
  for (const name of new Set([...Object.keys(properties), ...required])) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : objectAt(node, "additionalProperties");
    if (isNotSent(schema, place)) continue;
    const isOptional = !required.has(name);
    if (isOptional && (!place.isComplete || leadsBack(schema, place))) continue;
    const derived = derive(schema, { ...place, variant: 0 });
    if (derived === undefined) return undefined;
    define(value, name, derived.value);
  }
  return withEntries(node, value, place);
}

function isNotSent(schema: unknown, { document, direction }: Place): boolean {
  const flag = direction === "request" ? "readOnly" : "writeOnly";
  return (isObject(schema) && schema[flag] === true) || deref(document, schema)[flag] === true;
}

function leadsBack(schema: unknown, { document, within }: Place): boolean {
  const node = deref(document, schema);
  const arms = [...arrayAt(node, "oneOf"), ...arrayAt(node, "anyOf"), ...arrayAt(node, "allOf")];
  return within.includes(node) || arms.some((arm) => within.includes(deref(document, arm)));
}

/** The entries of a map under made-up names: one as an example, or as many as are required. */
function withEntries(node: JsonObject, value: JsonObject, place: Place): JsonObject | undefined {
  const schema = node.additionalProperties;
  const shown = place.isComplete && isObject(schema) ? 1 : 0;
  const least = typeof node.minProperties === "number" ? node.minProperties : 0;
  const missing = Math.max(shown, least - Object.keys(value).length);
  for (let variant = 0; variant < missing; variant++) {
    const name = derive(node.propertyNames ?? { type: "string" }, { ...place, variant });
    const derived = derive(isObject(schema) ? schema : {}, { ...place, variant });
    if (name === undefined || derived === undefined) return undefined;
    define(value, String(name.value), derived.value);
  }
  return value;
}

/** Defines a member, also for a name such as `__proto__`. */
function define(target: JsonObject, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
