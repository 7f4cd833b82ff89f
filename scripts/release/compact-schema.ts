/**
 * Names for types that the schema repeats hundreds of times. They are aliases, so that the types
 * stay the same. Without the last line, a declaration file would export them.
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
/** A response without a body. */
type Empty = {
	headers: {
		[name: string]: unknown;
	};
	content?: never;
};
export {};
`;

/** The types behind the names. A response with other headers or another kind of body is not changed. */
const SPELLED_OUT = {
  None: "{ query?: never; header?: never; path?: never; cookie?: never; }",
  Empty: "{ headers: { [name: string]: unknown; }; content?: never; }",
  "Answer<$1>": '{ headers: { [name: string]: unknown; }; content: { "application/json": BODY; }; }',
};

/** A comment and the whitespace after it. */
const COMMENT = String.raw`/\*\*(?:[^*]|\*(?!/))*\*/\s+`;

const RESPONSE_COMMENT = new RegExp(`${COMMENT}(?=\\w+: (?:Empty|Answer<))`, "g");

/** The methods of all paths, and the schemas. */
const REPEATED_MEMBERS = /^export interface paths \{[\s\S]*?^\}|^\tschemas: \{[\s\S]*?^\t\}/gm;

const MEMBER_COMMENT = new RegExp(`(?<=^\t\t)${COMMENT}`, "gm");

/**
 * Returns `schema.d.ts` indented by tabs, with names for the types that its operations repeat. Comments are removed when no editor shows them
 * at a call and they also exist elsewhere: those of responses and of the methods of a path are on the methods of the resources, and those of
 * a schema are on its named type.
 */
export function compactSchema(schema: string): string {
  let text = schema.replaceAll('components["schemas"]["', 'Schemas["');
  for (const [name, shape] of Object.entries(SPELLED_OUT)) text = text.replace(anyLayout(shape), name);
  text = text.replace(RESPONSE_COMMENT, "");
  text = text.replace(REPEATED_MEMBERS, (members) => members.replace(MEMBER_COMMENT, ""));
  return shortenComments(text) + NAMES;
}

/** Finds a type regardless of its line breaks. */
function anyLayout(shape: string): RegExp {
  const pattern = shape.replace(/[{}[\]?]/g, "\\$&").replaceAll(" ", "\\s+");
  return new RegExp(pattern.replace("BODY", "([^;{}]+)"), "g");
}

/** Removes lines without text and the tag `@description` from comments. */
function shortenComments(text: string): string {
  return text.replace(/\/\*\*\s+(?:\* )?(?:@description )?/g, "/** ").replace(/\n\s*\*\/$/gm, " */");
}
