import { arrayAt, isObject, type JsonObject, objectAt, textAt } from "../lib/json.js";
import { deref, listArms, listValues, schemaName } from "../lib/openapi.js";

/** What a user can name in a type: a property at any depth that has no name of its own, or the type itself. */
export interface Member extends ReturnType<typeof readFacts> {
  /** The named schema that it is inherited from. */
  readonly from: string | undefined;
  readonly members: Members;
}

/** What lies within, by step: the name of a property, `[]` for an item, `{}` for any value of a map, `|x` for an arm of a union. */
export type Members = ReadonlyMap<string, Member>;

/** How a named schema is called. */
export type NameSchema = (schema: string) => string;

interface Context {
  readonly document: unknown;
  /** The name of its type. */
  readonly nameSchema?: NameSchema;
  /** The name by which both sides know it. */
  readonly commonName?: NameSchema;
  /** The named schemas that are parts of what is read, the innermost last. */
  readonly within?: readonly string[];
}

/** A schema with all its members, without those of the named schemas that it refers to. */
export function readMember(context: Context, node: unknown, required = true): Member {
  const inner = withoutNull(node);
  // A reference is reported by its name; what it holds is reported where it is defined.
  const object = isObject(inner) && schemaName(inner) === undefined ? inner : {};
  const facts = readFacts(context, node, object, required);
  return { ...facts, from: context.within?.at(-1), members: readMembers(context, object) };
}

/** What is compared of a member itself; `object` is its schema without null. */
function readFacts({ nameSchema, commonName }: Context, node: unknown, object: JsonObject, required: boolean) {
  const own = isObject(node) ? node : {};
  return {
    required,
    /** The type, in words. */
    words: printType(node, true, nameSchema),
    /** The same for the same type, whatever the schemas in it are called. */
    signature: printType(node, false, commonName),
    values: listValues(object),
    /** Whether values may come that are not listed. */
    isOpen: object["x-speakeasy-unknown-values"] === true,
    isDeprecated: own.deprecated === true,
    /** Whether only the service sets it, or only the caller. */
    access: own.readOnly === true ? "readOnly" : own.writeOnly === true ? "writeOnly" : "both",
    /** What the service takes for it where it is left out, as JSON; empty where nothing is stated. */
    fallback: "default" in own ? JSON.stringify(own.default) : "",
    description: textAt(own, "description") ?? "",
    /** Patterns and bounds, which no type shows. */
    limits: listLimits(object),
  } as const;
}

/** The members within an object, a list, a map, or an arm without a name. */
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
    // What the arm itself is belongs to the type of the union.
    members.set(`|${labelArm(context, arm)}`, { ...readMember(context, {}), members: readMembers(context, arm) });
  }
  return members;
}

/** An arm without a name is identified by the value that distinguishes it from the others, else by its text. */
function labelArm(context: Context, arm: JsonObject): string {
  const properties = listParts(context, arm).flatMap(([part]) => Object.entries(objectAt(part, "properties")));
  const tag = properties.find(([, child]) => textAt(child, "const") !== undefined);
  return tag === undefined ? printType(arm, true, context.commonName) : `${tag[0]}=${textAt(tag[1], "const")}`;
}

/** A schema and all that it is made of by `allOf`, each as a part of the named schema that it comes from. */
function listParts(context: Context, node: unknown): [part: JsonObject, context: Context][] {
  const part = deref(context.document, node);
  const inner = arrayAt(part, "allOf").flatMap((one) => {
    const name = schemaName(one);
    if (name === undefined) return listParts(context, one);
    const { within = [] } = context;
    // A schema that holds itself would never end.
    return within.includes(name) ? [] : listParts({ ...context, within: [...within, name] }, one);
  });
  return [[part, context], ...inner];
}

/** `oneOf: [null, X]` is X for everything but its words. */
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
 * Patterns and bounds of a schema, which no type shows, each as it is reported: those of its unnamed arms and parts too, and of
 * the names of a map's entries.
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

/** The limits that are new, and those that they took the place of; `undefined` where they are the same. */
export function limitNews(now: readonly string[], before: readonly string[]): string | undefined {
  const [are, were] = [now.filter((one) => !before.includes(one)), before.filter((one) => !now.includes(one))];
  if (are.length === 0 && were.length === 0) return undefined;
  return `has other limits: ${are.join(", ") || "none"} (was ${were.join(", ") || "none"})`;
}

/**
 * A schema in a few words that read like TypeScript: `Tags | null`, `"a" | "b"`, `PoolId[]`. In full it is the same text for two
 * schemas that differ in nothing but the properties of an object, which are reported one by one.
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

/** `null` stands last. */
function union(words: readonly string[]): string {
  const isNull = (word: string) => Number(word === "null");
  return [...new Set(words)].sort((a, b) => isNull(a) - isNull(b)).join(" | ");
}

/** The value that distinguishes one arm of a union from the others is worth showing. */
function propertyWords([name, node]: [string, unknown]): string {
  return isObject(node) && "const" in node ? `${name}: ${JSON.stringify(node.const)}` : name;
}
