import ts from "typescript";

/**
 * What stands hundreds of times in the schema, under the name that stands there instead. Aliases, so that the types are
 * the same ones. Without the last line a declaration file would export them.
 */
const NAMES = `type Schemas = components["schemas"];
/** No parameters of any kind. */
type None = {
    query?: never;
    header?: never;
    path?: never;
    cookie?: never;
};
/** A response with a body. */
type Answer<Body> = {
    headers: {
        [name: string]: unknown;
    };
    content: {
        "application/json": Body;
    };
};
/** A response without one. */
type Empty = {
    headers: {
        [name: string]: unknown;
    };
    content?: never;
};
export {};
`;

/** `NAMES` as the schema spells them out, without blanks. */
const PARAMETERS = "{query?:never;header?:never;path?:never;cookie?:never;}";
const HEADERS = "{headers:{[name:string]:unknown;};";
const EMPTY = `${HEADERS}content?:never;}`;

/**
 * `schema.d.ts` with names for what its operations repeat. Comments go that no editor shows at a call and that stand elsewhere: those of
 * responses and of the methods of a path are on the methods of the resources, those of a schema on the named type that it is.
 */
export function compactSchema(schema: string): string {
  const text = schema.replaceAll('components["schemas"]["', 'Schemas["');
  const pieces: string[] = [];
  let end = 0;
  const replace = (start: number, next: number, shorter: string) => {
    pieces.push(text.slice(end, start), shorter);
    end = next;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node)) shorten(node);
    // What is in a member that was replaced is gone with it.
    if (node.end > end) ts.forEachChild(node, visit);
  };
  const shorten = (member: ts.PropertySignature) => {
    // From its comment on, but behind the line break before that.
    const start = member.pos + member.getFullText().search(/\S/);
    const shape = findShape(member.type);
    if (shape !== undefined) replace(start, member.end, `${member.name.getText()}: ${shape};`);
    else if (isRepeated(member)) replace(start, member.getStart(), "");
  };
  visit(ts.createSourceFile("schema.d.ts", text, ts.ScriptTarget.ES2022, true));
  return shortenComments(pieces.join("") + text.slice(end)) + NAMES;
}

/** The name for a type; `undefined` for a response that has other headers, or a body of another kind. */
function findShape(type: ts.TypeNode | undefined): string | undefined {
  if (type === undefined || !ts.isTypeLiteralNode(type)) return undefined;
  const shape = type.getText().replace(/\s+/g, "");
  if (shape === PARAMETERS) return "None";
  if (shape === EMPTY) return "Empty";
  const [, content, ...others] = type.members;
  if (!shape.startsWith(HEADERS) || others.length > 0) return undefined;
  const body = onlyMember(readType(content));
  return body?.name?.getText() === '"application/json"' ? `Answer<${readType(body)?.getText()}>` : undefined;
}

function readType(member: ts.TypeElement | undefined): ts.TypeNode | undefined {
  return member !== undefined && ts.isPropertySignature(member) ? member.type : undefined;
}

function onlyMember(type: ts.TypeNode | undefined): ts.TypeElement | undefined {
  return type !== undefined && ts.isTypeLiteralNode(type) && type.members.length === 1 ? type.members[0] : undefined;
}

/** Whether the member's comment stands elsewhere too. */
function isRepeated({ parent }: ts.PropertySignature): boolean {
  const owner = parent.parent;
  if (!ts.isTypeLiteralNode(parent) || !ts.isPropertySignature(owner) || !ts.isInterfaceDeclaration(owner.parent))
    return false;
  const { text } = owner.parent.name;
  return text === "paths" || (text === "components" && owner.name.getText() === "schemas");
}

/** Without lines that hold no word, and without the tag that says of a description that it is one. */
function shortenComments(text: string): string {
  return text.replace(/\/\*\*\s+(?:\* )?(?:@description )?/g, "/** ").replace(/\n *\*\/$/gm, " */");
}
