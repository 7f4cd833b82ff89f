import { schemaName } from "../generate/shapes.js";
import { arrayAt, isObject } from "../lib/json.js";

const LIMITS = [
  ..."pattern format minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf".split(" "),
  ..."minItems maxItems uniqueItems minProperties maxProperties contentEncoding".split(" "),
];

/**
 * Patterns and bounds of a schema, which no type shows, one a line: those of its unnamed arms and parts too, and of
 * the names of a map's entries.
 */
export function limitsOf(node: unknown): string {
  return [...new Set(linesOf(node))].join("\n");
}

function linesOf(node: unknown): string[] {
  if (!isObject(node) || schemaName(node) !== undefined) return [];
  const parts = ["oneOf", "anyOf", "allOf"].flatMap((key) => arrayAt(node, key));
  return [
    ...LIMITS.filter((key) => key in node).map((key) => `${key} ${JSON.stringify(node[key])}`),
    ...parts.flatMap(linesOf),
    ...linesOf(node.propertyNames).map((line) => `names of entries: ${line}`),
  ];
}

/** The limits that are new, and those that they took the place of. */
export function limitNews(now: string, before: string): string {
  const [are, were] = [now, before].map((text) => text.split("\n").filter((line) => line !== ""));
  const only = (lines: readonly string[] = [], others: readonly string[] = []) =>
    lines.filter((line) => !others.includes(line)).join(", ") || "none";
  return `${only(are, were)} (was ${only(were, are)})`;
}
