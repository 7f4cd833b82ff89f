export { count } from "../../packages/devtools/src/impact/count.js";

/** The maximum width of a line of a comment, including the indentation and the star. */
const COMMENT_WIDTH = 110;

/** Paragraphs of Markdown as the lines of a JSDoc comment. */
export function comment(paragraphs: readonly string[], indent = ""): string {
  const lines = paragraphs
    .filter((paragraph) => paragraph.trim() !== "")
    .flatMap((paragraph, index) => [
      ...(index > 0 && !paragraph.startsWith("@") ? [""] : []),
      ...wrap(paragraph, COMMENT_WIDTH - indent.length - 3),
    ]);
  if (lines.length === 0) return "";
  // No text may end the comment, neither a description nor a path.
  const safe = lines.map((line) => line.replaceAll("*/", "*\\/"));
  if (safe.length === 1) return `${indent}/** ${safe[0]} */\n`;
  return [`${indent}/**`, ...safe.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`, ""].join("\n");
}

/** Escapes text of a description so that it cannot start a tag in a comment. */
export function harmless(text: string): string {
  return text.replace(/^([ \t]*)@/gm, "$1\\@").trim();
}

/** Markdown with its lines filled to a width. Code blocks and tables are unchanged. */
export function wrap(text: string, width: number): string[] {
  return blocks(text).flatMap(({ lines, isFixed }) => {
    if (isFixed) return lines;
    return fill(lines.map((line) => line.trim()).join(" "), lines[0] ?? "", width);
  });
}

const STARTS_ITEM = /^\s*([-*+]|\d+[.)])\s/;

const FIXED_LINE = /^\s*(\||#|>)|^\s*$/;

/** Paragraphs and list items, which are filled, and fixed lines. */
function blocks(text: string) {
  const result: { lines: string[]; isFixed: boolean }[] = [];
  let isCode = false;
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const isFence = /^\s*```/.test(line);
    const last = result.at(-1);
    if (isFence || isCode || FIXED_LINE.test(line)) result.push({ lines: [line.trimEnd()], isFixed: true });
    else if (STARTS_ITEM.test(line) || last === undefined || last.isFixed)
      result.push({ lines: [line], isFixed: false });
    else last.lines.push(line);
    if (isFence) isCode = !isCode;
  }
  return result;
}

/** A word. Text between backticks is one word. */
const UNBROKEN = /(?:`[^`]*`|\S)+/g;

function fill(text: string, firstLine: string, width: number): string[] {
  const hanging = STARTS_ITEM.test(firstLine) ? "  " : "";
  const lines: string[] = [];
  let line = "";
  for (const [word] of text.matchAll(UNBROKEN)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width || line === "") {
      line = longer;
      continue;
    }
    lines.push(line);
    // A line that begins with @ would be parsed as a tag.
    line = hanging + (word.startsWith("@") ? `\\${word}` : word);
  }
  return [...lines, line];
}

const ABBREVIATION = /(\b(e\.g|i\.e|etc|vs|cf|approx|incl)|\s[A-Z])\.$/i;

/** The first sentence of a text, or its first paragraph when no sentence ends in it. */
export function firstSentence(text: string): string {
  const paragraph = (text.trim().split(/\n\s*\n/)[0] ?? "").replace(/\s+/g, " ");
  for (const end of paragraph.matchAll(/[.!?](?=\s+\S)/g)) {
    const sentence = paragraph.slice(0, end.index + 1);
    if (!ABBREVIATION.test(sentence)) return sentence;
  }
  return paragraph;
}

/** `a`, `b` and `c`. */
export function listOfNames(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``).join(", ");
  return quoted.replace(/, (`[^`]*`)$/, " and $1");
}

/** A table in plain text with aligned columns. The columns in `right` contain numbers. */
export function alignColumns(lines: readonly (readonly string[])[], right: readonly number[] = []): string {
  const width = (column: number) => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  const pad = (cell: string, column: number) =>
    right.includes(column) ? cell.padStart(width(column)) : cell.padEnd(width(column));
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}
