import ts from "typescript";
import { SHADOW } from "../diff/virtual-program.js";

/** What of the client a piece of the user's code refers to, as the older client has it. */
export interface Uses {
  /** Members of types: `schema InstanceResponse deployment`, `query list_orders limit`. */
  readonly members: ReadonlySet<string>;
  /** Types as a whole: `schema InstanceStatus`. */
  readonly owners: ReadonlySet<string>;
  /** Methods that are called or named: `instances.create`. */
  readonly methods: ReadonlySet<string>;
  /** Texts, among them the paths that the path client is called with. */
  readonly texts: ReadonlySet<string>;
}

/** Class of a resource to its field of the client. */
export type ResourceFields = ReadonlyMap<string, string>;

/** Everything of the client that the names within a node stand for. */
export function usesWithin(program: ts.Program, node: ts.Node, fields: ResourceFields): Uses {
  const checker = program.getTypeChecker();
  const uses: Found = { members: new Set(), owners: new Set(), methods: new Set(), texts: new Set() };
  const visit = (child: ts.Node): void => {
    if (ts.isStringLiteral(child)) uses.texts.add(child.text);
    if (ts.isIdentifier(child) || ts.isStringLiteral(child)) {
      for (const declaration of declarationsOf(checker, child)) note(declaration, uses, fields);
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return uses;
}

function declarationsOf(checker: ts.TypeChecker, node: ts.Node): readonly ts.Declaration[] {
  const symbol = checker.getSymbolAtLocation(node);
  const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const own = target?.declarations ?? [];
  return [...own, ...own.flatMap((declaration) => contextOf(checker, declaration))];
}

/** A property that the user writes or takes out of an object stands for the one in the object's type. */
function contextOf(checker: ts.TypeChecker, declaration: ts.Declaration): readonly ts.Declaration[] {
  if (ts.isBindingElement(declaration)) {
    const type = checker.getTypeAtLocation(declaration.parent);
    return propertyOf(checker, type, (declaration.propertyName ?? declaration.name).getText());
  }
  if (!ts.isPropertyAssignment(declaration) && !ts.isShorthandPropertyAssignment(declaration)) return [];
  return propertyOf(checker, checker.getContextualType(declaration.parent), declaration.name.getText());
}

function propertyOf(checker: ts.TypeChecker, type: ts.Type | undefined, name: string): readonly ts.Declaration[] {
  const parts = type?.isUnion() ? type.types : type ? [type] : [];
  return parts.flatMap((part) => checker.getPropertyOfType(part, name)?.declarations ?? []);
}

interface Found {
  readonly members: Set<string>;
  readonly owners: Set<string>;
  readonly methods: Set<string>;
  readonly texts: Set<string>;
}

function note(declaration: ts.Declaration, uses: Found, fields: ResourceFields): void {
  const file = declaration.getSourceFile().fileName;
  if (!file.includes(SHADOW)) return;
  if (ts.isMethodDeclaration(declaration)) uses.methods.add(methodName(declaration, fields));
  const place = placeOf(declaration);
  if (place !== undefined) {
    uses.owners.add(place.owner);
    if (place.member !== "") uses.members.add(`${place.owner} ${place.member}`);
  }
  for (const owner of schemasIn(declaration)) uses.owners.add(owner);
}

/** Class `InstanceSkus` is the field `instanceSkus` of the client. */
function methodName({ parent, name }: ts.MethodDeclaration, fields: ResourceFields): string {
  const className = ts.isClassDeclaration(parent) ? (parent.name?.text ?? "") : "";
  return `${fields.get(className) ?? className}.${name.getText()}`;
}

/** Where in `components` or `operations` of the generated types a declaration stands. */
function placeOf(declaration: ts.Node): { owner: string; member: string } | undefined {
  const names: string[] = [];
  for (let node: ts.Node | undefined = declaration; node !== undefined; node = node.parent) {
    if (ts.isPropertySignature(node)) names.unshift(textOf(node.name));
    if (ts.isInterfaceDeclaration(node)) names.unshift(node.name.text);
  }
  const [root, first, second, third, ...rest] = names;
  if (root === "components" && first === "schemas" && second !== undefined) {
    return { owner: `schema ${second}`, member: [...(third === undefined ? [] : [third]), ...rest].join(".") };
  }
  if (root === "operations" && second === "parameters" && third === "query") {
    return { owner: `query ${first}`, member: rest.join(".") };
  }
  return undefined;
}

function textOf(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : name.getText();
}

/** The named schemas that a declared type is made of. */
function schemasIn(declaration: ts.Declaration): string[] {
  const type =
    ts.isPropertySignature(declaration) || ts.isTypeAliasDeclaration(declaration) ? declaration.type : undefined;
  const found = (type?.getText() ?? "").matchAll(/components\["schemas"\]\["([^"]+)"\]/g);
  return [...found].map(([, name]) => `schema ${name}`);
}
