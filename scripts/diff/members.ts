import { deref, schemaName } from "../generate/shapes.js";
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from "../lib/json.js";
import { limitsOf } from "./limits.js";
import { armsOf, type NameOf, typeSignature, typesOf, typeWords, valuesOf } from "./type-words.js";

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
  readonly limits: string;
  /** The named schema that it is inherited from. */
  readonly from?: string;
}

interface Context {
  readonly document: unknown;
  readonly nameOf: NameOf;
  /** Schema name to the name by which both sides know it. */
  readonly commonName: NameOf;
  readonly members: Member[];
}

/** All members of a schema, without those of the named schemas that it refers to. */
export function membersOf(document: unknown, schema: unknown, nameOf: NameOf, commonName: NameOf): Member[] {
  const context: Context = { document, nameOf, commonName, members: [] };
  add(context, schema, [], true, undefined);
  return context.members;
}

function add(context: Context, node: unknown, path: readonly string[], required: boolean, from: string | undefined) {
  const inner = withoutNull(node);
  // A reference is told by its name; what it holds is told where it is defined.
  const target = schemaName(inner) === undefined ? inner : {};
  const object = isObject(target) ? target : {};
  context.members.push({
    path,
    required,
    words: typeWords(node, context.nameOf),
    signature: typeSignature(node, context.commonName),
    values: valuesOf(object),
    isOpen: object["x-speakeasy-unknown-values"] === true,
    isDeprecated: isObject(node) && node.deprecated === true,
    access: accessOf(node),
    fallback: isObject(node) && "default" in node ? JSON.stringify(node.default) : "",
    description: textAt(node, "description") ?? "",
    limits: limitsOf(object),
    ...(from !== undefined && { from }),
  });
  addParts(context, object, path, from);
}

function accessOf(node: unknown): Member["access"] {
  if (!isObject(node)) return "both";
  return node.readOnly === true ? "readOnly" : node.writeOnly === true ? "writeOnly" : "both";
}

function addParts(context: Context, node: JsonObject, path: readonly string[], from: string | undefined) {
  const required = new Set([node, ...parts(context, node)].flatMap((part) => arrayAt(part, "required")));
  addProperties(context, node, path, required, from);
  if (isObject(node.items)) add(context, node.items, [...path, "[]"], true, from);
  if (isObject(node.additionalProperties)) add(context, node.additionalProperties, [...path, "{}"], false, from);
  const arms = armsOf(node).filter((arm) => !isNull(arm));
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

/** An arm without a name is known by the value that tells it from the others, else by its words. */
function addArm(context: Context, arm: unknown, path: readonly string[], from?: string) {
  const nodes = [arm, ...parts(context, arm)];
  const tags = nodes.flatMap((node) =>
    Object.entries(objectAt(node, "properties")).flatMap(([name, child]) => constOf(name, child)),
  );
  const label = tags[0] ?? typeWords(arm, context.commonName);
  if (isObject(arm)) addParts(context, arm, [...path, `|${label}`], from);
}

function constOf(name: string, node: unknown): string[] {
  return isObject(node) && typeof node.const === "string" ? [`${name}=${node.const}`] : [];
}

function parts(context: Context, node: unknown): JsonObject[] {
  return arrayAt(node, "allOf").flatMap((part) => {
    const object = deref(context.document, part);
    return [object, ...(part === node ? [] : parts(context, object))];
  });
}

/** `oneOf: [null, X]` is X for everything but its words. */
function withoutNull(node: unknown): unknown {
  const arms = armsOf(node);
  const others = arms.filter((arm) => !isNull(arm));
  return arms.length === 2 && others.length === 1 ? others[0] : node;
}

function isNull(node: unknown): boolean {
  return isObject(node) && typesOf(node).join() === "null";
}
