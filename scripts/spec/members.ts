import { arrayAt, isObject, type JsonObject, objectAt, textAt } from "../lib/json.js";
import { deref, schemaName } from "../lib/openapi.js";

/** What a user can name in a type: a property at any depth that has no name of its own, or the type itself. */
export interface Member {
  /** Steps from the type: names of properties, `[]` for an item, `{}` for any value of a map, `|x` for an arm. */
  readonly path: readonly string[];
  readonly required: boolean;
  /** The type, in words. */
  readonly words: string;
  /** The same for the same type, whatever the schemas in it are called. */
  readonly signature: string;
  readonly values: readonly unknown[];
  /** Whether values may come that are not listed. */
  readonly isOpen: boolean;
  readonly isDeprecated: boolean;
  /** Whether only the service sets it, or only the caller. */
  readonly access: "readOnly" | "writeOnly" | "both";
  /** What the service takes for it where it is left out, as JSON; empty where nothing is stated. */
  readonly fallback: string;
  readonly description: string;
  /** Patterns, bounds and defaults, which no type shows. */
  readonly limits: readonly string[];
  /** The named schema that it is inherited from. */
  readonly from?: string;
}

interface Context {
  readonly document: unknown;
  readonly nameSchema: NameSchema;
  /** Schema name to the name by which both sides know it. */
  readonly commonName: NameSchema;
  readonly members: Member[];
}

/** All members of a schema, without those of the named schemas that it refers to. */
export function listMembers(
  document: unknown,
  schema: unknown,
  nameSchema: NameSchema,
  commonName: NameSchema,
): Member[] {
  const context: Context = { document, nameSchema, commonName, members: [] };
  add(context, schema, [], true, undefined);
  return context.members;
}

function add(context: Context, node: unknown, path: readonly string[], required: boolean, from: string | undefined) {
  const own = isObject(node) ? node : {};
  const inner = withoutNull(node);
  // A reference is reported by its name; what it holds is reported where it is defined.
  const object = isObject(inner) && schemaName(inner) === undefined ? inner : {};
  context.members.push({
    path,
    required,
    words: typeWords(node, context.nameSchema),
    signature: typeSignature(node, context.commonName),
    values: listValues(object),
    isOpen: object["x-speakeasy-unknown-values"] === true,
    isDeprecated: own.deprecated === true,
    access: own.readOnly === true ? "readOnly" : own.writeOnly === true ? "writeOnly" : "both",
    fallback: "default" in own ? JSON.stringify(own.default) : "",
    description: textAt(own, "description") ?? "",
    limits: listLimits(object),
    ...(from !== undefined && { from }),
  });
  addParts(context, object, path, from);
}

function addParts(context: Context, node: JsonObject, path: readonly string[], from: string | undefined) {
  const required = new Set([node, ...parts(context, node)].flatMap((part) => arrayAt(part, "required")));
  addProperties(context, node, path, required, from);
  if (isObject(node.items)) add(context, node.items, [...path, "[]"], true, from);
  if (isObject(node.additionalProperties)) add(context, node.additionalProperties, [...path, "{}"], false, from);
  const arms = listArms(node).filter((arm) => !isNull(arm));
  for (const arm of arms) if (schemaName(arm) === undefined) addArm(context, arm, path, from);
}

function addProperties(
  context: Context,
  node: JsonObject,
  path: readonly string[],
  required: ReadonlySet<unknown>,
  from: string | undefined,
): void {
  for (const [name, child] of Object.entries(objectAt(node, "properties"))) {
    add(context, child, [...path, name], required.has(name), from);
  }
  for (const part of arrayAt(node, "allOf")) {
    const origin = schemaName(part);
    addProperties(context, deref(context.document, part), path, required, origin ?? from);
  }
}

/** An arm without a name is identified by the value that distinguishes it from the others, else by its text. */
function addArm(context: Context, arm: unknown, path: readonly string[], from?: string) {
  const properties = [arm, ...parts(context, arm)].flatMap((node) => Object.entries(objectAt(node, "properties")));
  const tag = properties.find(([, child]) => textAt(child, "const") !== undefined);
  const label = tag === undefined ? typeWords(arm, context.commonName) : `${tag[0]}=${textAt(tag[1], "const")}`;
  if (isObject(arm)) addParts(context, arm, [...path, `|${label}`], from);
}

function parts(context: Context, node: unknown): JsonObject[] {
  return arrayAt(node, "allOf").flatMap((part) => {
    const object = deref(context.document, part);
    return [object, ...(part === node ? [] : parts(context, object))];
  });
}

/** `oneOf: [null, X]` is X for everything but its words. */
function withoutNull(node: unknown): unknown {
  const arms = listArms(node);
  const others = arms.filter((arm) => !isNull(arm));
  return arms.length === 2 && others.length === 1 ? others[0] : node;
}

function isNull(node: unknown): boolean {
  return isObject(node) && listTypes(node).join() === "null";
}

const LIMITS = [
  ..."pattern format minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf".split(" "),
  ..."minItems maxItems uniqueItems minProperties maxProperties contentEncoding".split(" "),
];

/**
 * Patterns and bounds of a schema, which no type shows, each as it is reported: those of its unnamed arms and parts too, and of
 * the names of a map's entries.
 */
export function listLimits(node: unknown): string[] {
  if (!isObject(node) || schemaName(node) !== undefined) return [];
  const parts = ["oneOf", "anyOf", "allOf"].flatMap((key) => arrayAt(node, key));
  const limits = [
    ...LIMITS.filter((key) => key in node).map((key) => `${key} ${JSON.stringify(node[key])}`),
    ...parts.flatMap(listLimits),
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

/** How a named schema is called. */
export type NameSchema = (schema: string) => string;

const MOST_SHOWN = 4;

/** A schema in a few words that read like TypeScript: `Tags | null`, `"a" | "b"`, `PoolId[]`. */
export function typeWords(node: unknown, nameSchema: NameSchema = (schema) => schema): string {
  return printSchemaType(node, { nameSchema, shorten, object: (names) => `{ ${shorten(names).join(", ")} }` });
}

/** The same for two schemas that differ in nothing but the properties of an object, which are reported one by one. */
export function typeSignature(node: unknown, nameSchema: NameSchema = (schema) => schema): string {
  return printSchemaType(node, { nameSchema, shorten: (words) => words, object: () => "object" });
}

interface Style {
  readonly nameSchema: NameSchema;
  readonly shorten: (words: readonly string[]) => readonly string[];
  readonly object: (names: readonly string[]) => string;
}

function shorten(words: readonly string[]): readonly string[] {
  return words.length <= MOST_SHOWN ? words : [...words.slice(0, MOST_SHOWN - 1), "…"];
}

function printSchemaType(node: unknown, style: Style): string {
  const { nameSchema } = style;
  const named = schemaName(node);
  if (named !== undefined) return nameSchema(named);
  if (!isObject(node)) return "unknown";
  const arms = listArms(node);
  if (arms.length > 0) return union(arms.map((arm) => printSchemaType(arm, style)));
  const values = listValues(node);
  if (values.length > 0) return union(style.shorten(values.map((value) => JSON.stringify(value))));
  const parts = arrayAt(node, "allOf").map((part) => printSchemaType(part, style));
  const own = ownType(node, style);
  return [...parts, ...(own === "unknown" && parts.length > 0 ? [] : [own])].join(" & ");
}

/** The arms of a union, `null` as one of them. */
function listArms(node: unknown): unknown[] {
  return [...arrayAt(node, "oneOf"), ...arrayAt(node, "anyOf")];
}

function listValues(node: JsonObject): unknown[] {
  return "const" in node ? [node.const] : arrayAt(node, "enum");
}

function ownType(node: JsonObject, style: Style): string {
  const types = listTypes(node);
  if (types.length === 0) return isObject(node.properties) ? objectWords(node, style) : "unknown";
  return union(types.map((type) => oneType(type, node, style)));
}

function listTypes(node: JsonObject): string[] {
  return (Array.isArray(node.type) ? node.type : [node.type]).filter((type) => typeof type === "string");
}

function oneType(type: string, node: JsonObject, style: Style): string {
  if (type === "integer") return "number";
  if (type === "array") return arrayWords(printSchemaType(node.items, style));
  return type === "object" ? objectWords(node, style) : type;
}

function arrayWords(item: string): string {
  return item.includes(" ") ? `(${item})[]` : `${item}[]`;
}

function objectWords(node: JsonObject, style: Style): string {
  const names = isObject(node.properties) ? Object.entries(node.properties).map(propertyWords) : [];
  if (names.length > 0) return style.object(names);
  return isObject(node.additionalProperties)
    ? `Record<string, ${printSchemaType(node.additionalProperties, style)}>`
    : "object";
}

function union(words: readonly string[]): string {
  const unique = [...new Set(words)];
  return [...unique.filter((word) => word !== "null"), ...unique.filter((word) => word === "null")].join(" | ");
}

/** The value that distinguishes one arm of a union from the others is worth showing. */
function propertyWords([name, node]: [string, unknown]): string {
  return isObject(node) && "const" in node ? `${name}: ${JSON.stringify(node.const)}` : name;
}
