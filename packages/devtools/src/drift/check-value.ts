import { type ApiDescription, childAt, type Located } from "./description.js";
import type { Drift } from "./drift.js";
import { appendMember, type MemberNames } from "./member-names.js";

/** A difference within a body. */
export type ValueDrift = Pick<Drift, "kind" | "place" | "expected" | "received" | "pointer">;

/** Maximum number of values that are checked in one body. */
const MOST_VALUES = 100_000;

/** The state of the check of one body. */
export interface Check {
  readonly description: ApiDescription;
  readonly names: MemberNames;
  /** The number of values that may still be checked. */
  left: number;
}

export function newCheck(description: ApiDescription, names: MemberNames): Check {
  return { description, names, left: MOST_VALUES };
}

/** Lists the differences between a value and its schema, one for each occurrence. */
export function checkValue(check: Check, value: unknown, schema: Located, place = ""): ValueDrift[] {
  check.left -= 1;
  if (check.left < 0) return [];
  const { parts, drifts, isOpen } = flatten(check, value, check.description.resolve(schema), place);
  const wrong = parts.find((part) => !hasType(value, typesIn(check, part)));
  // The pointer is that of the reference, because other schemas may refer to the same type.
  if (wrong !== undefined) return [wrongType(check, value, wrong, schema, place)];
  const closed = parts.find(({ node }) => !isListed(value, node));
  if (closed !== undefined) return [unknownValue(value, closed, place)];
  if (Array.isArray(value)) return [...drifts, ...checkItems(check, value, parts, place)];
  if (typeof value === "object" && value !== null) {
    return [...drifts, ...checkMembers(check, value as Record<string, unknown>, parts, isOpen, place)];
  }
  return [...drifts];
}

interface Flat {
  /** Schemas without `allOf`, `oneOf` and `anyOf`. The value must match all of them. */
  readonly parts: readonly Located[];
  readonly drifts: readonly ValueDrift[];
  /** Whether no alternative matches, so that it is unknown which members the value may have. */
  readonly isOpen: boolean;
}

/** Splits a schema into parts. For a union it uses the alternative that the value matches best. */
function flatten(check: Check, value: unknown, schema: Located, place: string): Flat {
  const { node } = schema;
  const all = alternatives(check, schema, "allOf").map((part) => flatten(check, value, part, place));
  const any = (["oneOf", "anyOf"] as const).flatMap((keyword) => {
    const arms = alternatives(check, schema, keyword);
    return arms.length === 0 ? [] : [choose(check, value, schema, arms, place)];
  });
  const nested = [...all, ...any];
  const own = "type" in node || "properties" in node || "enum" in node || "const" in node ? [schema] : [];
  return {
    parts: [...own, ...nested.flatMap(({ parts }) => parts)],
    drifts: nested.flatMap(({ drifts }) => drifts),
    isOpen: nested.some(({ isOpen }) => isOpen),
  };
}

function alternatives({ description }: Check, schema: Located, keyword: "allOf" | "oneOf" | "anyOf"): Located[] {
  const list = schema.node[keyword];
  return Array.isArray(list) ? list.map((_, index) => description.resolve(childAt(schema, keyword, index))) : [];
}

function choose(check: Check, value: unknown, union: Located, arms: readonly Located[], place: string): Flat {
  const fitting = arms.filter((arm) => hasType(value, typesIn(check, arm)));
  const [only] = fitting;
  // The union itself is used instead of an alternative, so that the types of all alternatives are reported together.
  if (only === undefined) return { parts: [union], drifts: [], isOpen: true };
  if (fitting.length === 1) return flatten(check, value, only, place);
  const trials = fitting.map((arm) => {
    const found = checkValue(check, value, arm, place);
    const tag = found.find((drift) => isTag(drift, place));
    return { arm, tag, cost: found.length + (tag === undefined ? 0 : TAG_COST) };
  });
  const best = trials.reduce((a, b) => (b.cost < a.cost ? b : a));
  // If the tag is that of no alternative, the members of none describe this value, so only the tag is reported.
  if (best.tag !== undefined) {
    const expected = best.tag.place === place ? best.tag.expected : knownValues(fitting.length);
    return { parts: [], drifts: [{ ...best.tag, expected, pointer: union.pointer }], isOpen: true };
  }
  return flatten(check, value, best.arm, place);
}

const TAG_COST = 1_000_000;

/** Whether a difference concerns a tag, which distinguishes the alternatives: the value itself, or a member that is constant in each of them. */
function isTag({ kind, place: at, expected }: ValueDrift, place: string): boolean {
  if (kind !== "unknown-value") return false;
  return at === place || (expected === knownValues(1) && /^\.?[^.[]+$/.test(at.slice(place.length)));
}

function checkItems(check: Check, items: readonly unknown[], parts: readonly Located[], place: string): ValueDrift[] {
  const schemas = parts.filter(({ node }) => node.items !== undefined).map((part) => childAt(part, "items"));
  return schemas.flatMap((schema) => items.flatMap((item) => checkValue(check, item, schema, `${place}[]`)));
}

function checkMembers(
  check: Check,
  value: Readonly<Record<string, unknown>>,
  parts: readonly Located[],
  isUndecided: boolean,
  place: string,
): ValueDrift[] {
  const shapes = parts.filter(({ node }) => node.properties !== undefined);
  const maps = parts.filter(({ node }) => isSchema(node.additionalProperties));
  const isOpen = isUndecided || shapes.length === 0 || parts.some(({ node }) => node.additionalProperties === true);
  const drifts: ValueDrift[] = [];
  const unknown: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    const owners = shapes.filter(({ node }) => Object.hasOwn(node.properties as object, name));
    for (const owner of owners) {
      drifts.push(...checkValue(check, member, childAt(owner, "properties", name), appendMember(place, name)));
    }
    if (owners.length > 0) continue;
    for (const map of maps) {
      drifts.push(...checkValue(check, member, childAt(map, "additionalProperties"), appendMember(place, "*")));
    }
    if (maps.length === 0 && !isOpen) unknown.push(name);
  }
  const pointer = shapes.at(-1)?.pointer ?? "";
  for (const name of check.names.shown(unknown)) {
    const types = unknown.filter((one) => name === "*" || one === name).map((one) => jsonType(value[one]));
    const received = joinWithOr(types);
    const at = appendMember(place, name);
    drifts.push({ kind: "unknown-member", place: at, expected: "no such member", received, pointer });
  }
  for (const part of parts) {
    for (const name of requiredIn(part)) {
      if (Object.hasOwn(value, name)) continue;
      const expected = joinWithOr(typesIn(check, childAt(part, "properties", name)));
      const at = appendMember(place, name);
      drifts.push({ kind: "missing-member", place: at, expected, received: "nothing", pointer: part.pointer });
    }
  }
  return drifts;
}

function requiredIn({ node }: Located): readonly string[] {
  return Array.isArray(node.required) ? (node.required as readonly string[]) : [];
}

function isSchema(node: unknown): boolean {
  return typeof node === "object" && node !== null;
}

function wrongType(check: Check, value: unknown, part: Located, { pointer }: Located, place: string): ValueDrift {
  const expected = joinWithOr(typesIn(check, part));
  return { kind: "wrong-type", place, expected, received: jsonType(value), pointer };
}

function unknownValue(value: unknown, { node, pointer }: Located, place: string): ValueDrift {
  const expected = knownValues(Array.isArray(node.enum) ? node.enum.length : 1);
  return { kind: "unknown-value", place, expected, received: jsonType(value), pointer };
}

function knownValues(count: number): string {
  return count === 1 ? "the one known value" : `one of ${count} known values`;
}

function isListed(value: unknown, node: Located["node"]): boolean {
  if (Object.hasOwn(node, "const")) return value === node.const;
  return !Array.isArray(node.enum) || node.enum.includes(value);
}

/** The JSON types that a schema allows. Empty when it allows any. */
function typesIn(check: Check, schema: Located): string[] {
  const { node } = check.description.resolve(schema);
  if (typeof node.type === "string") return [node.type];
  if (Array.isArray(node.type)) return node.type.map(String);
  if (Object.hasOwn(node, "const")) return [jsonType(node.const)];
  if (Array.isArray(node.enum)) return [...new Set(node.enum.map(jsonType))];
  if (node.properties !== undefined) return ["object"];
  const located = { node, pointer: "" };
  const any = (["oneOf", "anyOf"] as const).flatMap((keyword) => alternatives(check, located, keyword));
  if (any.length > 0) {
    const types = any.map((arm) => typesIn(check, arm));
    return types.some((list) => list.length === 0) ? [] : [...new Set(types.flat())];
  }
  return (
    alternatives(check, located, "allOf")
      .map((part) => typesIn(check, part))
      .find((list) => list.length > 0) ?? []
  );
}

function hasType(value: unknown, types: readonly string[]): boolean {
  const type = jsonType(value);
  return types.length === 0 || types.includes(type) || (type === "integer" && types.includes("number"));
}

/** The type of a value, as JSON Schema names it. */
function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** Joins types with "or": `string`, `string or null`. */
function joinWithOr(types: readonly string[]): string {
  return types.length === 0 ? "any type" : [...new Set(types)].sort(nullLast).join(" or ");
}

function nullLast(a: string, b: string): number {
  return Number(a === "null") - Number(b === "null") || (a < b ? -1 : Number(a > b));
}
