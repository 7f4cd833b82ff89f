import { schemaName } from "../generate/shapes.js";
import { arrayAt, isObject, type JsonObject } from "../lib/json.js";

/** How a named schema is called. */
export type NameOf = (schema: string) => string;

const MOST_SHOWN = 4;

/** A schema in a few words that read like TypeScript: `Tags | null`, `"a" | "b"`, `PoolId[]`. */
export function typeWords(node: unknown, nameOf: NameOf): string {
  return wordsOf(node, { nameOf, shorten, object: (names) => `{ ${shorten(names).join(", ")} }` });
}

/** The same for two schemas that differ in nothing but the properties of an object, which are told one by one. */
export function typeSignature(node: unknown, nameOf: NameOf): string {
  return wordsOf(node, { nameOf, shorten: (words) => words, object: () => "object" });
}

interface Style {
  readonly nameOf: NameOf;
  readonly shorten: (words: readonly string[]) => readonly string[];
  readonly object: (names: readonly string[]) => string;
}

function shorten(words: readonly string[]): readonly string[] {
  return words.length <= MOST_SHOWN ? words : [...words.slice(0, MOST_SHOWN - 1), "…"];
}

function wordsOf(node: unknown, style: Style): string {
  const { nameOf } = style;
  const named = schemaName(node);
  if (named !== undefined) return nameOf(named);
  if (!isObject(node)) return "unknown";
  const arms = armsOf(node);
  if (arms.length > 0) return union(arms.map((arm) => wordsOf(arm, style)));
  const values = valuesOf(node);
  if (values.length > 0) return union(style.shorten(values.map((value) => JSON.stringify(value))));
  const parts = arrayAt(node, "allOf").map((part) => wordsOf(part, style));
  const own = ownType(node, style);
  return [...parts, ...(own === "unknown" && parts.length > 0 ? [] : [own])].join(" & ");
}

/** The arms of a union, `null` as one of them. */
export function armsOf(node: unknown): unknown[] {
  return [...arrayAt(node, "oneOf"), ...arrayAt(node, "anyOf")];
}

export function valuesOf(node: JsonObject): unknown[] {
  return "const" in node ? [node.const] : arrayAt(node, "enum");
}

function ownType(node: JsonObject, style: Style): string {
  const types = typesOf(node);
  if (types.length === 0) return isObject(node.properties) ? objectWords(node, style) : "unknown";
  return union(types.map((type) => oneType(type, node, style)));
}

export function typesOf(node: JsonObject): string[] {
  return (Array.isArray(node.type) ? node.type : [node.type]).filter((type) => typeof type === "string");
}

function oneType(type: string, node: JsonObject, style: Style): string {
  if (type === "integer") return "number";
  if (type === "array") return arrayWords(wordsOf(node.items, style));
  return type === "object" ? objectWords(node, style) : type;
}

function arrayWords(item: string): string {
  return item.includes(" ") ? `(${item})[]` : `${item}[]`;
}

function objectWords(node: JsonObject, style: Style): string {
  const names = isObject(node.properties) ? Object.entries(node.properties).map(propertyWords) : [];
  if (names.length > 0) return style.object(names);
  return isObject(node.additionalProperties)
    ? `Record<string, ${wordsOf(node.additionalProperties, style)}>`
    : "object";
}

function union(words: readonly string[]): string {
  const unique = [...new Set(words)];
  return [...unique.filter((word) => word !== "null"), ...unique.filter((word) => word === "null")].join(" | ");
}

/** The value that tells one arm of a union from the others is worth showing. */
function propertyWords([name, node]: [string, unknown]): string {
  return isObject(node) && "const" in node ? `${name}: ${JSON.stringify(node.const)}` : name;
}
