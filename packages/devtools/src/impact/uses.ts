import type TS from "typescript";
import { ts } from "./typescript.js";

/** The parts of the older client that a piece of the user's code refers to. */
export interface Uses {
  /** Members of types: `schema InstanceResponse deployment`, `query list_orders limit`. */
  readonly members: Set<string>;
  /** Whole types, named or inferred: `schema InstanceStatus`. */
  readonly owners: Set<string>;
  /** Methods that are called or named: `instances.create`. */
  readonly methods: Set<string>;
  /** Resources whose class is the type of something: `pools`. */
  readonly resources: Set<string>;
  /** Identifiers and string literals. They include the paths and HTTP methods in calls of the path client. */
  readonly texts: Set<string>;
}

/** Maps the class of a resource to its field of the client. */
export type ResourceFields = ReadonlyMap<string, string>;

/** The number of times that a variable is followed to the expression it was initialized with: `const create = sfc.orders.create.bind(sfc.orders)`. */
const MOST_HOPS = 3;

/** The depth to which nested type arguments are followed: `Promise<Page<Instance>>`. */
const MOST_DEPTH = 4;

/** Finds the parts of the client that the names in a node refer to. The result for each node is cached, because breaks can share nodes. */
export class UseFinder {
  readonly #checker: TS.TypeChecker;
  readonly #known = new Map<TS.Node, Uses>();
  /** Maps the name of a generated type to its schema. */
  readonly #schemas: ReadonlyMap<string, string>;

  constructor(
    program: TS.Program,
    readonly fields: ResourceFields,
    /** Whether a file belongs to the client. */
    readonly isClientFile: (path: string) => boolean,
  ) {
    this.#checker = program.getTypeChecker();
    const files = program.getSourceFiles().filter((file) => this.#isOfClient(file));
    this.#schemas = new Map(files.flatMap((file) => [...schemaNames(file)]));
  }

  within(node: TS.Node): Uses {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const none = () => new Set<string>();
    const uses = { members: none(), owners: none(), methods: none(), resources: none(), texts: none() };
    this.#visit(node, uses, 0, new Set());
    this.#known.set(node, uses);
    return uses;
  }

  #visit(node: TS.Node, uses: Uses, hops: number, followed: Set<TS.Node>): void {
    if (ts.isStringLiteralLike(node) || ts.isIdentifier(node)) {
      uses.texts.add(node.text);
      for (const declaration of this.#declarations(node)) {
        this.#note(declaration, uses);
        const origin = this.#isOfClient(declaration) ? undefined : findOrigin(declaration);
        if (origin === undefined || hops >= MOST_HOPS || followed.has(origin)) continue;
        followed.add(origin);
        this.#visit(origin, uses, hops + 1, followed);
      }
      this.#noteType(this.#checker.getTypeAtLocation(node), uses, 0);
    }
    if (ts.isIndexedAccessTypeNode(node)) this.#noteType(this.#checker.getTypeAtLocation(node), uses, 0);
    if (ts.isObjectLiteralExpression(node)) this.#noteType(this.#checker.getContextualType(node), uses, 0);
    for (const comment of ownComments(node)) this.#visit(comment, uses, hops, followed);
    ts.forEachChild(node, (child) => this.#visit(child, uses, hops, followed));
  }

  #isOfClient(node: TS.Node): boolean {
    return this.isClientFile(node.getSourceFile().fileName);
  }

  #declarations(node: TS.Node): readonly TS.Declaration[] {
    const symbol = this.#checker.getSymbolAtLocation(node);
    const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    const own = target?.declarations ?? [];
    return [...own, ...own.flatMap((declaration) => this.#context(declaration))];
  }

  /** For a property in an object literal or a destructuring pattern: the declarations of that property in the object's type. */
  #context(declaration: TS.Declaration): readonly TS.Declaration[] {
    if (ts.isBindingElement(declaration)) {
      const type = this.#checker.getTypeAtLocation(declaration.parent);
      return this.#property(type, (declaration.propertyName ?? declaration.name).getText());
    }
    if (!ts.isPropertyAssignment(declaration) && !ts.isShorthandPropertyAssignment(declaration)) return [];
    return this.#property(this.#checker.getContextualType(declaration.parent), declaration.name.getText());
  }

  #property(type: TS.Type | undefined, name: string): readonly TS.Declaration[] {
    const parts = type?.isUnion() ? type.types : type ? [type] : [];
    return parts.flatMap((part) => this.#checker.getPropertyOfType(part, name)?.declarations ?? []);
  }

  #note(declaration: TS.Declaration, uses: Uses): void {
    if (!this.#isOfClient(declaration)) return;
    if (ts.isMethodDeclaration(declaration)) uses.methods.add(methodName(declaration, this.fields));
    const place = findOwner(declaration);
    if (place !== undefined) {
      uses.owners.add(place.owner);
      if (place.member !== "") uses.members.add(`${place.owner} ${place.member}`);
    }
    for (const owner of schemasIn(declaration, this.#schemas)) uses.owners.add(owner);
  }

  /** Records the types of the client that a type contains, for code that does not name them. */
  #noteType(type: TS.Type | undefined, uses: Uses, depth: number): void {
    if (type === undefined || depth > MOST_DEPTH) return;
    for (const symbol of [type.aliasSymbol, type.symbol]) {
      for (const declaration of symbol?.declarations ?? []) {
        if (!this.#isOfClient(declaration)) continue;
        const field = ts.isClassDeclaration(declaration) && this.fields.get(declaration.name?.text ?? "");
        if (field) uses.resources.add(field);
        const place = findOwner(declaration);
        if (place !== undefined) uses.owners.add(place.owner);
      }
    }
    const parts = [
      ...(type.isUnionOrIntersection() ? type.types : []),
      ...(type.aliasTypeArguments ?? []),
      ...(isReference(type) ? this.#checker.getTypeArguments(type) : []),
      ...type
        .getCallSignatures()
        .flatMap((signature) => signature.getParameters().map((one) => this.#checker.getTypeOfSymbol(one))),
    ];
    // A union of hundreds of string literals contains no type of the client.
    if (parts.length <= MOST_PARTS) for (const part of parts) this.#noteType(part, uses, depth + 1);
  }
}

/** The JSDoc comments of a node itself, in which JavaScript declares types. */
export function ownComments(node: TS.Node): readonly TS.Node[] {
  return ts.getJSDocCommentsAndTags(node).filter(({ parent, kind }) => parent === node && kind === ts.SyntaxKind.JSDoc);
}

const MOST_PARTS = 40;

function isReference(type: TS.Type): type is TS.TypeReference {
  return (
    (type.flags & ts.TypeFlags.Object) !== 0 && ((type as TS.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0
  );
}

/** The type or the initializer of a variable in the user's code, or the type of a type alias. */
function findOrigin(declaration: TS.Declaration): TS.Node | undefined {
  if (declaration.getSourceFile().isDeclarationFile) return undefined;
  if (ts.isVariableDeclaration(declaration))
    return declaration.type === undefined ? declaration.initializer : declaration.type;
  if (ts.isBindingElement(declaration)) {
    const variable = ts.walkUpBindingElementsAndPatterns(declaration);
    return ts.isVariableDeclaration(variable) ? variable.initializer : variable.type;
  }
  return ts.isTypeAliasDeclaration(declaration) ? declaration.type : undefined;
}

/** The name of a method as users write it: the class `InstanceSkus` is the field `instanceSkus` of the client. */
function methodName({ parent, name }: TS.MethodDeclaration, fields: ResourceFields): string {
  const className = ts.isClassDeclaration(parent) ? (parent.name?.text ?? "") : "";
  return `${fields.get(className) ?? className}.${name.getText()}`;
}

/** The named schemas that a declared type contains. */
function schemasIn(declaration: TS.Declaration, schemas: ReadonlyMap<string, string>): string[] {
  const type =
    ts.isPropertySignature(declaration) || ts.isTypeAliasDeclaration(declaration) ? declaration.type : undefined;
  const text = type?.getText() ?? "";
  const indexed = [...text.matchAll(/components\["schemas"\]\["([^"]+)"\]/g)].map(([, name]) => name);
  const named = (text.match(/\b[A-Z]\w*\b/g) ?? []).map((name) => schemas.get(name));
  return [...indexed, ...named].filter((name) => name !== undefined).map((name) => `schema ${name}`);
}

const namesByFile = new WeakMap<TS.SourceFile, ReadonlyMap<string, string>>();

/** Maps type names to schema names, as `components["schemas"]` of a file declares them: `Instance` to `InstanceResponse`. */
function schemaNames(file: TS.SourceFile): ReadonlyMap<string, string> {
  const known = namesByFile.get(file);
  if (known !== undefined) return known;
  const components = file.statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === "components");
  const members = components !== undefined && ts.isInterfaceDeclaration(components) ? components.members : [];
  const schemas = members.find((member) => ts.isPropertySignature(member) && readName(member.name) === "schemas");
  const type = schemas !== undefined && ts.isPropertySignature(schemas) ? schemas.type : undefined;
  const names = new Map<string, string>();
  for (const member of type !== undefined && ts.isTypeLiteralNode(type) ? type.members : []) {
    if (!ts.isPropertySignature(member) || member.type === undefined || !ts.isTypeReferenceNode(member.type)) continue;
    const name = member.type.typeName.getText();
    if (!names.has(name)) names.set(name, readName(member.name));
  }
  namesByFile.set(file, names);
  return names;
}

/** The type of the client that contains a declaration, and the member that the declaration is. `member` is empty for the type itself. */
export interface OwnerPlace {
  /** `schema InstanceResponse`, `query list_orders`. */
  readonly owner: string;
  readonly member: string;
}

/** Finds the type of the client that contains a declaration: a schema, a part of an operation, or any other type. */
export function findOwner(declaration: TS.Node): OwnerPlace | undefined {
  const names: string[] = [];
  for (let node: TS.Node | undefined = declaration; node !== undefined; node = node.parent) {
    if (ts.isPropertySignature(node)) names.unshift(readName(node.name));
    if (ts.isInterfaceDeclaration(node)) names.unshift(node.name.text);
    if ((ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) && ts.isSourceFile(node.parent)) {
      const schema = schemaNames(node.parent).get(node.name.text);
      if (ts.isTypeAliasDeclaration(node)) names.unshift(node.name.text);
      if (schema !== undefined) names.splice(0, 1, "components", "schemas", schema);
    }
  }
  const [root, first = "", second, third, ...rest] = names;
  if (root === "components" && first === "schemas" && second !== undefined) {
    return { owner: `schema ${second}`, member: [...(third === undefined ? [] : [third]), ...rest].join(".") };
  }
  if (root !== "operations") return findOwnType(declaration, names);
  if (second === "parameters" && third === "query") return { owner: `query ${first}`, member: rest.join(".") };
  if (second === "requestBody") return { owner: `body ${first}`, member: rest.slice(1).join(".") };
  // `rest` begins with the `content` key and the content type, which are not part of the member's name.
  if (second === "responses") return { owner: `response ${first}`, member: rest.slice(2).join(".") };
  return undefined;
}

/** Finds a type, class, function or constant of the client that contains a declaration. */
function findOwnType(declaration: TS.Node, names: readonly string[]): OwnerPlace | undefined {
  const [first, ...members] = names;
  if (first !== undefined && first !== "components") return { owner: `type ${first}`, member: members.join(".") };
  for (let node: TS.Node | undefined = declaration; node !== undefined; node = node.parent) {
    if (!ts.isClassDeclaration(node) && !ts.isFunctionDeclaration(node) && !ts.isVariableDeclaration(node)) continue;
    const isMember = ts.isMethodDeclaration(declaration) || ts.isPropertyDeclaration(declaration);
    return { owner: `type ${node.name?.getText() ?? ""}`, member: isMember ? declaration.name.getText() : "" };
  }
  return undefined;
}

function readName(name: TS.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : name.getText();
}
