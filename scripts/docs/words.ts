import ts from "typescript";
import { parseDocument, visit } from "yaml";

export interface Finding {
  readonly line: number;
  readonly word: string;
  /** The replacement. */
  readonly instead: string;
}

/** Vague everyday words, with more precise replacements. */
const rules: readonly (readonly [words: RegExp, instead: string])[] = [
  [/\b(?:tell|tells|telling|told)\b/gi, "report, show, return or distinguish"],
  [/\b(?:mend|mends|mended|mending)\b/gi, "fix"],
  [/\b(?:whoever|nobody|somebody)\b/gi, "the caller, the server, no one or someone"],
  [/\bunfit\b/gi, "invalid or unsupported"],
  [/\bis none\b/gi, "missing, invalid or not found"],
  [/\b(?:hand|hands|handed|handing) out\b/gi, "return or assign"],
];

function findIn(text: string, lineAt: (offset: number) => number): Finding[] {
  return rules.flatMap(([words, instead]) =>
    [...text.matchAll(words)].map((match) => ({ line: lineAt(match.index), word: match[0], instead })),
  );
}

/** The number of the line that contains an offset. */
function findLine(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

export function findInMarkdown(text: string): Finding[] {
  return findIn(text, (offset) => findLine(text, offset));
}

/** The texts of docstrings, strings and templates. */
export function findInSource(text: string): Finding[] {
  const docstrings = [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].map(({ 0: docstring, index }) => ({
    docstring,
    start: index,
  }));
  const found = docstrings.flatMap(({ docstring, start }) =>
    findIn(docstring, (offset) => findLine(text, start + offset)),
  );
  const visitNode = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      const start = node.getStart(source);
      found.push(...findIn(node.getText(source), (offset) => findLine(text, start + offset)));
    }
    ts.forEachChild(node, visitNode);
  };
  const source = ts.createSourceFile("text.ts", text, ts.ScriptTarget.Latest, true);
  visitNode(source);
  return found;
}

/** Names, labels, summaries and descriptions. Examples are excluded, because they contain data of the server. */
export function findInYaml(text: string): Finding[] {
  const found: Finding[] = [];
  visit(parseDocument(text), {
    Pair(_, { key, value }) {
      const name = String((key as { value?: unknown } | null)?.value);
      if (name === "value" || name === "example") return visit.SKIP;
      const scalar = value as { value?: unknown; range?: readonly number[] } | null;
      if (!["name", "label", "about", "summary", "description"].includes(name) || typeof scalar?.value !== "string")
        return undefined;
      found.push(...findIn(scalar.value, () => findLine(text, scalar.range?.[0] ?? 0)));
      return undefined;
    },
  });
  return found;
}
