import ts from "typescript";

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Rule = (node: ts.Node, file: ts.SourceFile) => Edit | undefined;

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
/** An answer with a body. */
type Answer<Body> = {
    headers: {
        [name: string]: unknown;
    };
    content: {
        "application/json": Body;
    };
};
/** An answer without one. */
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
export function compactSchema(text: string): string {
  return shortenComments(rewrite(rewrite(rewrite(text, shorterShape), schemaName), withoutComment)) + NAMES;
}

function withoutComment(node: ts.Node, file: ts.SourceFile): Edit | undefined {
  if (!ts.isPropertySignature(node) || !isRepeated(node)) return undefined;
  const start = node.pos + node.getFullText(file).search(/\S/);
  return start < node.getStart(file) ? { start, end: node.getStart(file), text: "" } : undefined;
}

/** Whether the member's comment stands elsewhere too. */
function isRepeated({ parent }: ts.PropertySignature): boolean {
  const owner = parent.parent;
  if (!ts.isTypeLiteralNode(parent) || !ts.isPropertySignature(owner) || !ts.isInterfaceDeclaration(owner.parent))
    return false;
  const { text } = owner.parent.name;
  return text === "paths" || (text === "components" && owner.name.getText() === "schemas");
}

function shorterShape(node: ts.Node, file: ts.SourceFile): Edit | undefined {
  if (!ts.isPropertySignature(node) || node.type === undefined || !ts.isTypeLiteralNode(node.type)) return undefined;
  const name = node.name.getText(file);
  const shape = node.type.getText(file).replace(/\s+/g, "");
  if (shape === PARAMETERS) return { start: node.getStart(file), end: node.end, text: `${name}: None;` };
  const answer = shape === EMPTY ? "Empty" : shape.startsWith(HEADERS) ? answerOf(node.type, file) : undefined;
  if (answer === undefined) return undefined;
  // From its comment on, but behind the line break before that.
  const start = node.pos + node.getFullText(file).search(/\S/);
  return { start, end: node.end, text: `${name}: ${answer};` };
}

/** `undefined` when it has other headers, or a body of another kind. */
function answerOf(type: ts.TypeLiteralNode, file: ts.SourceFile): string | undefined {
  const [, content, ...others] = type.members;
  if (others.length > 0) return undefined;
  const body = onlyMember(typeOf(content));
  if (body?.name?.getText(file) !== '"application/json"') return undefined;
  return `Answer<${typeOf(body)?.getText(file)}>`;
}

function typeOf(member: ts.TypeElement | undefined): ts.TypeNode | undefined {
  return member !== undefined && ts.isPropertySignature(member) ? member.type : undefined;
}

function onlyMember(type: ts.TypeNode | undefined): ts.TypeElement | undefined {
  return type !== undefined && ts.isTypeLiteralNode(type) && type.members.length === 1 ? type.members[0] : undefined;
}

function schemaName(node: ts.Node, file: ts.SourceFile): Edit | undefined {
  if (!ts.isIndexedAccessTypeNode(node) || node.getText(file) !== 'components["schemas"]') return undefined;
  return { start: node.getStart(file), end: node.end, text: "Schemas" };
}

/** Without lines that hold no word, and without the tag that says of a description that it is one. */
function shortenComments(text: string): string {
  return text.replace(/\/\*\*\s+(?:\* )?(?:@description )?/g, "/** ").replace(/\n *\*\/$/gm, " */");
}

function rewrite(text: string, rule: Rule): string {
  const file = ts.createSourceFile("schema.d.ts", text, ts.ScriptTarget.ES2022, true);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    const edit = rule(node, file);
    if (edit === undefined) ts.forEachChild(node, visit);
    else edits.push(edit);
  };
  visit(file);
  const pieces = edits.map(
    ({ start, text: shorter }, index) => text.slice(edits[index - 1]?.end ?? 0, start) + shorter,
  );
  return pieces.join("") + text.slice(edits.at(-1)?.end ?? 0);
}
