import ts from "typescript";

/** The type of the client that a declaration belongs to, and the member that it is of it; empty for the type itself. */
export interface OwnerPlace {
  /** `schema InstanceResponse`, `query list_orders`. */
  readonly owner: string;
  readonly member: string;
}

/** Where in `components` or `operations` of the generated types a declaration stands. */
export function ownerOf(declaration: ts.Node): OwnerPlace | undefined {
  const names: string[] = [];
  for (let node: ts.Node | undefined = declaration; node !== undefined; node = node.parent) {
    if (ts.isPropertySignature(node)) names.unshift(textOf(node.name));
    if (ts.isInterfaceDeclaration(node)) names.unshift(node.name.text);
  }
  const [root, first = "", second, third, ...rest] = names;
  if (root === "components" && first === "schemas" && second !== undefined) {
    return { owner: `schema ${second}`, member: [...(third === undefined ? [] : [third]), ...rest].join(".") };
  }
  if (root !== "operations") return undefined;
  if (second === "parameters" && third === "query") return { owner: `query ${first}`, member: rest.join(".") };
  if (second === "requestBody") return { owner: `body ${first}`, member: rest.slice(1).join(".") };
  // The status is followed by `content` and the type of the content.
  if (second === "responses") return { owner: `answer ${first}`, member: rest.slice(2).join(".") };
  return undefined;
}

function textOf(name: ts.PropertyName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : name.getText();
}
