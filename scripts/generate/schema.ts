import { createRequire } from "node:module";
import type { GlobalContext, OpenAPI3 } from "openapi-typescript";
import type ts from "typescript";
import { isObject, type JsonObject, objectAt } from "../lib/json.js";
import { deref, listOperationNodes, schemaName, walk } from "../lib/openapi.js";
import { InputProblem } from "../lib/problem.js";
import type { Source } from "../lib/source.js";
import { loadCompiler } from "../lib/typescript.js";
import { whyUnsendable } from "./operations.js";
import { completeDiscriminators, reachableSchemas } from "./references.js";
import type { Place, TypeAlias } from "./types.js";

/** openapi-typescript without its entry. The entry lints and bundles again with a second copy of Redocly, and loading that takes longer than everything in this file. */
function loadOpenapiTypescript(): typeof import("openapi-typescript") {
  const require = createRequire(import.meta.url);
  const parts = ["lib/ts.cjs", "lib/utils.cjs"].map((file) => require(`openapi-typescript/dist/${file}`));
  return Object.assign({ transformSchema: require("openapi-typescript/dist/transform/index.cjs") }, ...parts);
}

/** The text of `schema.ts`, and the names of the types that it declares. */
export type SchemaCode = Awaited<ReturnType<typeof printSchema>>;

/** Prints `schema.ts`: the types of the description from openapi-typescript, with named types declared by their names. */
export async function printSchema(description: unknown, source: Source, types: readonly TypeAlias[]) {
  const compiler = loadCompiler();
  try {
    const document: unknown = structuredClone(description);
    completeDiscriminators(document);
    dropUnsendable(document);
    settleOpenEnums(document);
    const nodes = makeTypes(compiler, document);
    const { astToString } = loadOpenapiTypescript();
    const named = nameTypes(compiler, nodes, types);
    const declarations = types.flatMap(({ name, docs }) => {
      const node = named.declared.get(name);
      return node === undefined ? [] : [`\n${docs}${astToString([node])}`];
    });
    return {
      text: astToString(named.nodes) + declarations.join(""),
      declared: new Set([...named.declared.keys()].sort()),
    };
  } catch (error) {
    throw new InputProblem({
      where: source.file,
      what: `openapi-typescript cannot make types of it: ${error instanceof Error ? error.message : String(error)}`,
      fix: "correct what the message names, in the description or in openapi/overlay.yaml.",
    });
  }
}

/** The types that openapi-typescript makes from a description. */
function makeTypes(compiler: typeof ts, document: unknown): ts.Node[] {
  const { resolveRef, scanDiscriminators, transformSchema, tsLiteral, tsUnion } = loadOpenapiTypescript();
  const description = document as OpenAPI3;
  const { factory, SyntaxKind } = compiler;
  const options = {
    silent: true,
    alphabetize: false,
    // A field with a default is still optional in a request.
    defaultNonNullable: false,
    transform(schema: object) {
      const { [OPEN]: values, type } = schema as JsonObject;
      if (!Array.isArray(values)) return undefined;
      const keyword = type === "integer" || type === "number" ? SyntaxKind.NumberKeyword : SyntaxKind.StringKeyword;
      // `string & {}` allows any other value, and editors still list the known ones.
      const parts = [factory.createKeywordTypeNode(keyword), factory.createTypeLiteralNode([])];
      return tsUnion([tsUnion(values.map(tsLiteral)), factory.createIntersectionTypeNode(parts)]);
    },
  };
  return transformSchema(description, {
    ...options,
    injectFooter: [],
    discriminators: scanDiscriminators(description, options),
    resolve: (ref: string) => resolveRef(description, ref, { silent: true }),
  } as unknown as GlobalContext);
}

/**
 * Declares each named type by its name, and refers to it by that name. Editors and the compiler show the name of a declared
 * type, but print all members of a type that is only looked up (`components["schemas"]["Order"]`).
 */
function nameTypes(compiler: typeof ts, nodes: readonly ts.Node[], types: readonly TypeAlias[]) {
  const { factory } = compiler;
  const byPlace = new Map(types.flatMap((alias) => (alias.place ? [[placeKey(alias.place), alias]] : [])));
  const declared = new Map<string, ts.TypeAliasDeclaration>();
  const visit = (node: ts.Node, place: Place): ts.Node => {
    if (compiler.isIndexedAccessTypeNode(node)) {
      const target = accessed(compiler, node);
      const alias = byPlace.get(placeKey(target));
      // Only schemas have references to them, and openapi-typescript prints all schemas.
      if (alias !== undefined) return factory.createTypeReferenceNode(alias.name);
      // A media type is printed as its schema, so a reference into a path leads one step too far.
      if (target.at(-1) === "schema" && target.at(-3) === "content") return visit(node.objectType, place);
    }
    const inner = isNamed(compiler, node) ? [...place, node.name.text] : place;
    const visited = compiler.visitEachChild(node, (child) => visit(child, inner), undefined);
    if (!compiler.isPropertySignature(visited) || visited.type === undefined) return visited;
    const own = byPlace.get(placeKey(inner));
    if (own === undefined) return visited;
    const type = own.place?.at(-1) === "query" ? withUndefined(compiler, visited.type) : visited.type;
    const exported = [factory.createModifier(compiler.SyntaxKind.ExportKeyword)];
    declared.set(own.name, factory.createTypeAliasDeclaration(exported, own.name, undefined, type));
    const { modifiers, name, questionToken } = visited;
    const reference = factory.createTypeReferenceNode(own.name);
    return factory.updatePropertySignature(visited, modifiers, name, questionToken, reference);
  };
  return { nodes: nodes.map((node) => visit(node, [])), declared };
}

function placeKey(place: Place): string {
  return JSON.stringify(place.map(String));
}

/** The path of an indexed access. */
function accessed(compiler: typeof ts, node: ts.Node): Place {
  if (compiler.isTypeReferenceNode(node) && compiler.isIdentifier(node.typeName)) return [node.typeName.text];
  if (!compiler.isIndexedAccessTypeNode(node) || !compiler.isLiteralTypeNode(node.indexType)) return [];
  const { literal } = node.indexType;
  const object = accessed(compiler, node.objectType);
  return object.length > 0 && compiler.isStringLiteral(literal) ? [...object, literal.text] : [];
}

type NamedNode = ts.Node & { readonly name: ts.Identifier | ts.StringLiteral | ts.NumericLiteral };

function isNamed(compiler: typeof ts, node: ts.Node): node is NamedNode {
  if (!compiler.isPropertySignature(node) && !compiler.isInterfaceDeclaration(node)) return false;
  return !compiler.isComputedPropertyName(node.name);
}

/** Members of a query may be `undefined`, like options. The client omits such a parameter. */
function withUndefined(compiler: typeof ts, type: ts.TypeNode): ts.TypeNode {
  if (!compiler.isTypeLiteralNode(type)) return type;
  const { factory } = compiler;
  const members = type.members.map((member) => {
    if (!compiler.isPropertySignature(member) || member.questionToken === undefined || !member.type) return member;
    const { modifiers, name, questionToken } = member;
    const none = factory.createKeywordTypeNode(compiler.SyntaxKind.UndefinedKeyword);
    const union = factory.createUnionTypeNode([member.type, none]);
    return factory.updatePropertySignature(member, modifiers, name, questionToken, union);
  });
  return factory.updateTypeLiteralNode(type, factory.createNodeArray(members));
}

/** The vendor's mark of an open enum. */
const OPEN = "x-speakeasy-unknown-values";

/**
 * Open enums accept any value in responses, where the mark itself contains their values. They are closed in types that only requests
 * use. So a typo in a filter does not compile, but a new status of the API does.
 */
function settleOpenEnums(document: unknown): void {
  const components = objectAt(document, "components");
  const schemas = objectAt(components, "schemas");
  const operations = listOperationNodes(document);
  // The responses stay under their key, by which the walk recognizes a map of names.
  const responses = [components, ...operations.map(({ node }) => node)].map(({ responses }) => ({ responses }));
  const returned = new Set(responses.flatMap((place) => reachableSchemas(document, place)));
  const open = new Set(Object.keys(schemas).filter((name) => isOpenEnum(schemas[name])));
  const { parameters, requestBodies } = components;
  const requests = [
    ...operations.flatMap(({ pathItem, node }) => [pathItem.parameters, node.parameters, node.requestBody]),
    { parameters },
    { requestBodies },
    ...Object.keys(schemas).flatMap((name) => (returned.has(name) ? [] : [schemas[name]])),
  ];
  for (const place of requests) closeWithin(document, place, open);
  walk(document, (node) => {
    if (!isOpenEnum(node)) return;
    node[OPEN] = node.enum;
    delete node.enum;
  });
}

function isOpenEnum(schema: unknown): schema is JsonObject {
  return isObject(schema) && schema[OPEN] === true && Array.isArray(schema.enum);
}

/** Replaces each reference to an open enum by a closed copy, and closes inline enums. */
function closeWithin(document: unknown, root: unknown, open: ReadonlySet<string>): void {
  walk(root, (node) => {
    if (open.has(schemaName(node) ?? "")) {
      const { $ref, ...beside } = node;
      delete node.$ref;
      Object.assign(node, structuredClone(deref(document, { $ref })), beside);
    }
    if (isOpenEnum(node)) delete node[OPEN];
  });
}

/** Removes the query parameters that cannot be sent, so that no client offers them. */
function dropUnsendable(document: unknown): void {
  for (const place of listOperationNodes(document).flatMap(({ pathItem, node }) => [pathItem, node])) {
    if (!Array.isArray(place.parameters)) continue;
    place.parameters = place.parameters.filter((node: unknown) => {
      const parameter = deref(document, node);
      return parameter.in !== "query" || whyUnsendable(document, parameter) === undefined;
    });
  }
}
