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

/** What each stands for. A response that has other headers, or a body of another kind, stays as it is. */
const SPELLED_OUT = {
  None: "{ query?: never; header?: never; path?: never; cookie?: never; }",
  Empty: "{ headers: { [name: string]: unknown; }; content?: never; }",
  "Answer<$1>": '{ headers: { [name: string]: unknown; }; content: { "application/json": BODY; }; }',
};

/** A comment and the blanks after it. */
const COMMENT = String.raw`/\*\*(?:[^*]|\*(?!/))*\*/\s+`;

const RESPONSE_COMMENT = new RegExp(`${COMMENT}(?=\\w+: (?:Empty|Answer<))`, "g");

/** The methods of all paths; the schemas. */
const REPEATED_MEMBERS = /^export interface paths \{[\s\S]*?^\}|^\tschemas: \{[\s\S]*?^\t\}/gm;

const MEMBER_COMMENT = new RegExp(`(?<=^\t\t)${COMMENT}`, "gm");

/**
 * `schema.d.ts`, indented by tabs, with names for what its operations repeat. Comments go that no editor shows at a call and that
 * stand elsewhere: those of responses and of the methods of a path are on the methods of the resources, those of a schema on the
 * named type that it is.
 */
export function compactSchema(schema: string): string {
  let text = schema.replaceAll('components["schemas"]["', 'Schemas["');
  for (const [name, shape] of Object.entries(SPELLED_OUT)) text = text.replace(anyLayout(shape), name);
  text = text.replace(RESPONSE_COMMENT, "");
  text = text.replace(REPEATED_MEMBERS, (members) => members.replace(MEMBER_COMMENT, ""));
  return shortenComments(text) + NAMES;
}

/** Finds a type in whatever lines it is written. */
function anyLayout(shape: string): RegExp {
  const pattern = shape.replace(/[{}[\]?]/g, "\\$&").replaceAll(" ", "\\s+");
  return new RegExp(pattern.replace("BODY", "([^;{}]+)"), "g");
}

/** Without lines that hold no word, and without the tag that says of a description that it is one. */
function shortenComments(text: string): string {
  return text.replace(/\/\*\*\s+(?:\* )?(?:@description )?/g, "/** ").replace(/\n\s*\*\/$/gm, " */");
}
