import { arrayAt, isObject, type JsonObject, objectAt, textAt } from "../lib/json.js";
import { deref, listArms, listValues, schemaName } from "../lib/openapi.js";

/** A part of a type that a user can name: an inline property at any depth, or the type itself. */
export interface Member extends ReturnType<typeof readFacts> {
  /** The named schema from which it is inherited. */
  readonly from: string | undefined;
  readonly members: Members;
}

/** The members within it, by step: the name of a property, `[]` for an item, `{}` for a value of a map, `|x` for a branch of a union. */
export type Members = ReadonlyMap<string, Member>;

/** Returns the name of a named schema. */
export type NameSchema = (schema: string) => string;

interface Context {
  readonly document: unknown;
  /** The name of its type. */
  readonly nameSchema?: NameSchema;
  /** The name that is the same on both sides. */
  readonly commonName?: NameSchema;
  /** The named schemas that are parts of the schema that is read, the innermost last. */
  readonly within?: readonly string[];
}

/** A schema with all its members, except for those of named schemas to which it refers. */
export function readMember(context: Context, node: unknown, required = true): Member {
  const inner = withoutNull(node);
  // A reference is reported by its name. The members of its target are reported with the target.
  const object = isObject(inner) && schemaName(inner) === undefined ? inner : {};
  const facts = readFacts(context, node, object, required);
  return { ...facts, from: context.within?.at(-1), members: readMembers(context, object) };
}

/** The compared facts of a member itself. `object` is its schema without null. */
function readFacts({ nameSchema, commonName }: Context, node: unknown, object: JsonObject, required: boolean) {
  const own = isObject(node) ? node : {};
  return {
    required,
    /** The type as text. */
    words: printType(node, true, nameSchema),
    /** A text that is equal for equal types, independent of the names of their schemas. */
    signature: printType(node, false, commonName),
    values: listValues(object),
    /** Whether values that are not listed are possible. */
    isOpen: object["x-speakeasy-unknown-values"] === true,
    isDeprecated: own.deprecated === true,
    /** Whether only the service sets it, or only the caller. */
    access: own.readOnly === true ? "readOnly" : own.writeOnly === true ? "writeOnly" : "both",
    /** The default as JSON. Empty when none is stated. */
    fallback: "default" in own ? JSON.stringify(own.default) : "",
    description: textAt(own, "description") ?? "",
    /** Patterns and bounds, which no type shows. */
    limits: listLimits(object),
  } as const;
}

/** The members within an object, a list, a map or an unnamed branch. */
function readMembers(context: Context, node: JsonObject): Members {
  const parts = listParts(context, node);
  const required = new Set(parts.flatMap(([part]) => arrayAt(part, "required")));
  const members = new Map<string, Member>();
  for (const [part, context] of parts) {
    for (const [name, child] of Object.entries(objectAt(part, "properties"))) {
      members.set(name, readMember(context, child, required.has(name)));
    }
  }
  if (isObject(node.items)) members.set("[]", readMember(context, node.items));
  if (isObject(node.additionalProperties)) members.set("{}", readMember(context, node.additionalProperties, false));
  for (const arm of listArms(node)) {
    if (!isObject(arm) || isNull(arm) || schemaName(arm) !== undefined) continue;
    // The branch itself is part of the type of the union.
    members.set(`|${labelArm(context, arm)}`, { ...readMember(context, {}), members: readMembers(context, arm) });
  }
  return members;
}

/** An unnamed branch is identified by the value that distinguishes it from the others, or else by its text. */
function labelArm(context: Context, arm: JsonObject): string {
  const properties = listParts(context, arm).flatMap(([part]) => Object.entries(objectAt(part, "properties")));
  const tag = properties.find(([, child]) => textAt(child, "const") !== undefined);
  return tag === undefined ? printType(arm, true, context.commonName) : `${tag[0]}=${textAt(tag[1], "const")}`;
}

/** A schema and all of its parts in `allOf`, each with the named schema from which it comes. */
function listParts(context: Context, node: unknown): [part: JsonObject, context: Context][] {
  const part = deref(context.document, node);
  const inner = arrayAt(part, "allOf").flatMap((one) => {
    const name = schemaName(one);
    if (name === undefined) return listParts(context, one);
    const { within = [] } = context;
    // This ends the recursion for a schema that contains itself.
    return within.includes(name) ? [] : listParts({ ...context, within: [...within, name] }, one);
  });
  return [[part, context], ...inner];
}

/** `oneOf: [null, X]` is treated as X, except for its description. */
function withoutNull(node: unknown): unknown {
  const arms = listArms(node);
  const others = arms.filter((arm) => !isNull(arm));
  return arms.length === 2 && others.length === 1 ? others[0] : node;
}

function isNull(node: unknown): boolean {
  return isObject(node) && [node.type].flat().join() === "null";
}

const LIMITS = [
  ..."pattern format minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf".split(" "),
  ..."minItems maxItems uniqueItems minProperties maxProperties contentEncoding".split(" "),
];

/**
 * The patterns and bounds of a schema, which no type shows, in the form of a report. They include those of its unnamed branches and
 * parts, and of the keys of a map.
 */
function listLimits(node: unknown): string[] {
  if (!isObject(node) || schemaName(node) !== undefined) return [];
  const limits = [
    ...LIMITS.filter((key) => key in node).map((key) => `${key} ${JSON.stringify(node[key])}`),
    ...[...listArms(node), ...arrayAt(node, "allOf")].flatMap(listLimits),
    ...listLimits(node.propertyNames).map((limit) => `names of entries: ${limit}`),
  ];
  return [...new Set(limits)];
}

/** The new limits and those that they replace. `undefined` when they are equal. */
export function limitNews(now: readonly string[], before: readonly string[]): string | undefined {
  const [are, were] = [now.filter((one) => !before.includes(one)), before.filter((one) => !now.includes(one))];
  if (are.length === 0 && were.length === 0) return undefined;
  return `has other limits: ${are.join(", ") || "none"} (was ${were.join(", ") || "none"})`;
}

/**
 * A short text for a schema, similar to TypeScript: `Tags | null`, `"a" | "b"`, `PoolId[]`. The full text is equal for two
 * schemas that differ only in the properties of an object, which are reported one by one.
 */
function printType(node: unknown, isShort: boolean, nameSchema: NameSchema = (schema) => schema): string {
  const print = (one: unknown) => printType(one, isShort, nameSchema);
  const named = schemaName(node);
  if (named !== undefined) return nameSchema(named);
  if (!isObject(node)) return "unknown";
  const arms = listArms(node);
  if (arms.length > 0) return union(arms.map(print));
  const values = listValues(node).map((value) => JSON.stringify(value));
  if (values.length > 0) return union(isShort ? shorten(values) : values);
  const stated = [node.type].flat().filter((one) => typeof one === "string");
  const types = stated.length === 0 && isObject(node.properties) ? ["object"] : stated;
  const own = types.length === 0 ? [] : [union(types.map((type) => printOne(type, node, print, isShort)))];
  return [...arrayAt(node, "allOf").map(print), ...own].join(" & ") || "unknown";
}

function printOne(type: string, node: JsonObject, print: (node: unknown) => string, isShort: boolean): string {
  if (type === "integer") return "number";
  if (type === "array") return `${print(node.items).replace(/^.* .*$/, "($&)")}[]`;
  if (type !== "object") return type;
  const names = Object.entries(objectAt(node, "properties")).map(propertyWords);
  if (names.length > 0) return isShort ? `{ ${shorten(names).join(", ")} }` : "object";
  return isObject(node.additionalProperties) ? `Record<string, ${print(node.additionalProperties)}>` : "object";
}

const MOST_SHOWN = 4;

function shorten(words: readonly string[]): readonly string[] {
  return words.length <= MOST_SHOWN ? words : [...words.slice(0, MOST_SHOWN - 1), "…"];
}

/** `null` comes last. */
function union(words: readonly string[]): string {
  const isNull = (word: string) => Number(word === "null");
  return [...new Set(words)].sort((a, b) => isNull(a) - isNull(b)).join(" | ");
}

/** Shows the value that distinguishes one branch of a union from the others. */
function propertyWords([name, node]: [string, unknown]): string {
  return isObject(node) && "const" in node ? `${name}: ${JSON.stringify(node.const)}` : name;
}
