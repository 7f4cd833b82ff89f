import { isObject, type JsonObject } from "../lib/json.js";
import { deref, listArms } from "../lib/openapi.js";

/** Describes what a schema requires in addition to its type, such as `"1 to 255 characters"`. */
export function listLimits(schema: JsonObject): string[] {
  const { minLength, maxLength, minimum, maximum, pattern, format, maxItems, minItems } = schema;
  return [
    ...(typeof format === "string" ? [format] : []),
    ...span(minLength, maxLength, "characters"),
    ...span(minItems, maxItems, "items"),
    ...span(minimum, maximum),
    ...(typeof pattern === "string" ? [`matches \`${pattern}\``] : []),
    ...(schema.default !== undefined ? [`default \`${JSON.stringify(schema.default)}\``] : []),
  ];
}

function span(least: unknown, most: unknown, unit = ""): string[] {
  const limits = [
    typeof least === "number" ? `at least ${least}` : "",
    typeof most === "number" ? `at most ${most}` : "",
  ];
  const text = limits.filter((limit) => limit !== "").join(", ");
  return text === "" ? [] : [`${text}${unit && ` ${unit}`}`];
}

/** The type in TypeScript syntax. */
export function printType(document: JsonObject, node: unknown): string {
  const schema = deref(document, node);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const variants = listArms(schema);
  if (variants.length > 0) return [...new Set(variants.map((variant) => printType(document, variant)))].join(" | ");
  const types = [schema.type ?? (schema.properties ? "object" : partType(document, schema))].flat().map(String);
  return types
    .map((type) => (type === "array" ? `${bracketed(printType(document, schema.items))}[]` : type))
    .join(" | ");
}

function partType(document: JsonObject, schema: JsonObject): string {
  const [first] = Array.isArray(schema.allOf) ? schema.allOf : [];
  return first === undefined ? "any" : printType(document, first);
}

const bracketed = (type: string) => (type.includes(" | ") ? `(${type})` : type);

/** The properties of a schema and of its parts, with the names of the required ones. */
export function listMembers(
  document: JsonObject,
  schema: JsonObject,
): { members: [string, unknown][]; required: Set<string> } {
  const members = new Map<string, unknown>(Object.entries(isObject(schema.properties) ? schema.properties : {}));
  const required = new Set<string>(Array.isArray(schema.required) ? (schema.required as string[]) : []);
  for (const part of Array.isArray(schema.allOf) ? schema.allOf : []) {
    const inner = listMembers(document, deref(document, part));
    for (const [name, member] of inner.members) members.set(name, member);
    for (const name of inner.required) required.add(name);
  }
  return { members: [...members], required };
}
