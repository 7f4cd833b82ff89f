import type { Description, JsonSchema } from "./description.js";
import type { ErrorDetail } from "./errors.js";
import { dereference } from "./schemas.js";

/** A problem with a value: the field, and what its value must be. */
export type Problem = ErrorDetail & { readonly code: string };

/**
 * Explains the problems of a value according to its schema. Ajv decides whether there are any, but it reports each failed alternative of a union ("must be
 * null"), which does not help with an invalid id. A member that no schema declares is a problem with the code `unknown_field`.
 */
export function explainErrors(schema: JsonSchema, value: unknown, field: string, description: Description): Problem[] {
  const parts = collectParts(schema, value, description);
  const isNullable = collectArms(schema, description).some(({ type }) => [type].flat().includes("null"));
  if (value === null && isNullable) return [];
  const isWrongType = parts.length === 0 || parts.some((part) => !hasType(part, value));
  if (isWrongType) return [problem(field, "type", `must be ${expected(schema, description)}, not ${shown(value)}`)];
  const inner = Array.isArray(value)
    ? parts.flatMap((part) => problemsOfList(part, value, field, description))
    : isObject(value)
      ? problemsOfObject(parts, value, field, description)
      : parts.flatMap((part) => problemsOfScalar(part, value, field));
  // For a union of strings and numbers, the message names all valid forms, and not only those of the closest alternative.
  const [first] = inner;
  if (first === undefined || isObject(value) || Array.isArray(value) || !scalarCodes.includes(first.code)) return inner;
  return [{ ...first, message: `must be ${expected(schema, description)}, not ${shown(value)}` }];
}

const scalarCodes = ["const", "enum", "pattern"];

/** Collects the schemas that apply to the value: the parts of `allOf`, and the closest alternative of each union. */
function collectParts(schema: JsonSchema, value: unknown, description: Description): JsonSchema[] {
  const { allOf, oneOf, anyOf, ...own } = dereference(schema, description);
  const parts = Object.keys(own).some((key) => key !== "description") ? [own] : [];
  for (const part of (allOf ?? []) as JsonSchema[]) parts.push(...collectParts(part, value, description));
  const arms = (oneOf ?? anyOf) as JsonSchema[] | undefined;
  if (arms === undefined) return parts;
  const meant = closestArm(arms, value, description);
  return meant === undefined ? [] : [...parts, ...collectParts(meant, value, description)];
}

/** Finds the alternative of a union that matches best; `undefined` if the value has the type of none of them. */
function closestArm(arms: readonly JsonSchema[], value: unknown, description: Description): JsonSchema | undefined {
  const scored = arms
    .filter((arm) => collectParts(arm, value, description).every((part) => hasType(part, value)))
    .map((arm) => ({ arm, score: scoreProblems(explainErrors(arm, value, "", description)) }));
  return scored.sort((a, b) => a.score - b.score)[0]?.arm;
}

/** Scores problems. A wrong discriminator counts most, and an unknown member least. */
function scoreProblems(problems: readonly Problem[]): number {
  return problems.reduce((sum, { code }) => sum + (code === "const" ? 10_000 : code === "unknown_field" ? 1 : 100), 0);
}

/** Returns the schema itself, or all alternatives of its union. */
function collectArms(schema: JsonSchema, description: Description): JsonSchema[] {
  const target = dereference(schema, description);
  const arms = (target.oneOf ?? target.anyOf) as JsonSchema[] | undefined;
  return arms === undefined ? [target] : arms.flatMap((arm) => collectArms(arm, description));
}

function problemsOfObject(
  parts: readonly JsonSchema[],
  value: Record<string, unknown>,
  field: string,
  description: Description,
): Problem[] {
  const known = Object.assign({}, ...parts.map(({ properties }) => properties)) as Record<string, JsonSchema>;
  const rest = parts.find(({ additionalProperties }) => isObject(additionalProperties))?.additionalProperties;
  const names = parts.find(({ propertyNames }) => isObject(propertyNames))?.propertyNames as JsonSchema | undefined;
  const most = parts.find(({ maxProperties }) => maxProperties !== undefined)?.maxProperties;
  const at = (member: string) => (field === "" ? member : `${field}.${member}`);
  const problems: Problem[] = [];
  const count = Object.keys(value).length;
  if (typeof most === "number" && count > most) {
    problems.push(problem(field, "maxProperties", `must have at most ${most} members, not ${count}`));
  }
  for (const [member, child] of Object.entries(value)) {
    const schema = Object.hasOwn(known, member) ? known[member] : (rest as JsonSchema | undefined);
    if (schema !== undefined) problems.push(...explainErrors(schema, child, at(member), description));
    else problems.push(unknownField(at(member), Object.keys(known)));
    const name = schema === rest && names !== undefined ? explainErrors(names, member, "", description)[0] : undefined;
    if (name !== undefined) problems.push(problem(at(member), name.code, `has a name that ${name.message}`));
  }
  // Missing members come after unknown ones, because a misspelled member explains a missing one.
  for (const member of new Set(parts.flatMap(({ required }) => (required ?? []) as string[]))) {
    if (Object.hasOwn(value, member)) continue;
    const schema = known[member] ?? {};
    problems.push(problem(at(member), "required", `is missing: it must be ${expected(schema, description)}`));
  }
  return problems;
}

export function unknownField(field: string, known: readonly string[]): Problem {
  const advice = known.length === 0 ? "none are allowed here" : `use one of ${known.join(", ")}`;
  return problem(field, "unknown_field", `is unknown; ${advice}`);
}

function problemsOfList(part: JsonSchema, value: unknown[], field: string, description: Description): Problem[] {
  const { items, minItems: least, maxItems: most } = part;
  const problems: Problem[] = [];
  if (typeof least === "number" && value.length < least) {
    problems.push(problem(field, "minItems", `must have at least ${least} entries, not ${value.length}`));
  }
  if (typeof most === "number" && value.length > most) {
    problems.push(problem(field, "maxItems", `must have at most ${most} entries, not ${value.length}`));
  }
  if (!isObject(items)) return problems;
  const inner = value.flatMap((item, i) => explainErrors(items, item, `${field}.${i}`.replace(/^\./, ""), description));
  return [...problems, ...inner];
}

function problemsOfScalar(part: JsonSchema, value: unknown, field: string): Problem[] {
  const wrong = (code: string, must: string) => [problem(field, code, `must be ${must}, not ${shown(value)}`)];
  if (part.const !== undefined && part.const !== value) return wrong("const", JSON.stringify(part.const));
  if (Array.isArray(part.enum) && !part.enum.includes(value)) return wrong("enum", alternatives(part.enum));
  if (typeof value === "number") {
    const tooSmall = typeof part.minimum === "number" && value < part.minimum;
    const tooLarge = typeof part.maximum === "number" && value > part.maximum;
    const unsigned = String(part.format).startsWith("u-") && value < 0;
    if (part.format === "int32" && (value | 0) !== value) return wrong("format", "a whole number of 32 bits");
    return tooSmall || tooLarge || unsigned ? wrong(tooLarge ? "maximum" : "minimum", ownExpected(part)) : [];
  }
  if (typeof value !== "string") return [];
  const length = [...value].length;
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = part as { minLength?: number; maxLength?: number };
  if (length > maxLength)
    return wrong("maxLength", `at most ${maxLength} characters long, not ${length}`).map(removeQuote);
  if (length < minLength) return wrong("minLength", ownExpected(part));
  if (part.format === "byte" && !base64.test(value)) return wrong("format", "text in base64");
  const fits = typeof part.pattern !== "string" || new RegExp(`^(?:${part.pattern})$`, "u").test(value);
  return fits ? [] : wrong("pattern", ownExpected(part));
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Removes the quoted string from the problem of a string that is too long. */
function removeQuote(too: Problem): Problem {
  return { ...too, message: too.message.replace(/, not (?!\d).*$/s, "") };
}

function hasType({ type, const: fixed, enum: values }: JsonSchema, value: unknown): boolean {
  const types = type === undefined ? [jsonType(fixed ?? (values as unknown[] | undefined)?.[0])] : [type].flat();
  return types.some((name) => {
    if (name === "undefined") return true;
    if (name === "integer") return Number.isInteger(value);
    return name === jsonType(value);
  });
}

function jsonType(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** Describes the valid form of a value: "an id or name such as …", "a whole number from 1 to 200". */
function expected(schema: JsonSchema, description: Description): string {
  const target = dereference(schema, description);
  const all = [target, ...((target.allOf ?? []) as JsonSchema[]).map((part) => dereference(part, description))];
  const arms = all.flatMap((part) => collectArms(part, description)).filter(({ type }) => type !== "null");
  const words = [...new Set(arms.map(ownExpected))];
  // Only the first form of a string is named. The others are older forms of it.
  const texts = words.filter((word) => word.startsWith("text such as"));
  return words.filter((word) => !texts.slice(1).includes(word)).join(", or ");
}

function ownExpected({
  type,
  enum: values,
  const: fixed,
  examples,
  pattern,
  minimum,
  maximum,
  format,
}: JsonSchema): string {
  const [kind] = [type].flat().filter((name) => name !== "null");
  if (fixed !== undefined) return JSON.stringify(fixed);
  if (Array.isArray(values)) return alternatives(values);
  if (kind === "boolean") return "true or false";
  if (kind === "array") return "a list";
  if (kind === "object" || kind === undefined) return "an object";
  if (kind === "integer" || kind === "number") {
    const what = kind === "integer" ? "a whole number" : "a number";
    const least = minimum ?? (String(format).startsWith("u-") ? 0 : undefined);
    if (least !== undefined && maximum !== undefined) return `${what} from ${least} to ${maximum}`;
    return least === undefined ? what : `${what} of ${least} or more`;
  }
  const given = (examples ?? []) as unknown[];
  if (given.length > 0) return `text such as ${alternatives(given.slice(0, 2))}`;
  return pattern === undefined ? "text" : `text that matches ${pattern}`;
}

function alternatives(values: readonly unknown[]): string {
  const all = values.map((value) => JSON.stringify(value));
  return all.length < 2 ? String(all[0]) : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}

const mostShown = 40;

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  const text = JSON.stringify(value);
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}

function problem(field: string, code: string, message: string): Problem {
  return { field: field === "" ? null : field, code, message };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
