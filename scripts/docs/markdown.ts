import { readFileSync } from "node:fs";
import { join } from "node:path";
import MarkdownIt from "markdown-it";
import { codeBlock } from "./highlight.js";
import { slug } from "./html.js";

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly id: string;
  /** The words below it, up to the next heading. */
  readonly words: string;
}

export interface Rendered {
  readonly html: string;
  readonly headings: readonly Heading[];
}

/** Renders one document. `pictures`: the folder of SVG files, which are put into the page so that they follow its colours. */
export function renderMarkdown(text: string, pictures: string): Rendered {
  const markdown = renderer(pictures);
  const tokens = markdown.parse(text, {});
  const headings: { level: number; text: string; id: string; words: string }[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const title = plain(tokens[at + 1]?.content ?? "");
      token.attrSet("id", slug(title));
      headings.push({ level: Number(token.tag.slice(1)), text: title, id: slug(title), words: "" });
    } else if (token.type === "inline" && tokens[at - 1]?.type !== "heading_open") {
      const last = headings.at(-1);
      if (last) last.words += `${plain(token.content)} `;
    }
  }
  return { html: markdown.renderer.render(tokens, markdown.options, {}), headings };
}

/** A sentence or paragraph of the description. */
export function renderProse(text: string): string {
  return prose.render(text);
}

/** The same for a single line, without a paragraph around it. */
export function renderLine(text: string): string {
  return prose.renderInline(text);
}

const prose = new MarkdownIt();

function renderer(pictures: string): MarkdownIt {
  const markdown = new MarkdownIt();
  const { rules } = markdown.renderer;
  rules.fence = (tokens, at) => codeBlock(tokens[at]?.content ?? "", tokens[at]?.info.trim() ?? "");
  rules.image = (tokens, at) => readFileSync(join(pictures, `${tokens[at]?.attrGet("src")}`), "utf8");
  // Wide tables scroll by themselves; the page does not.
  rules.table_open = () => '<div class="wide" tabindex="0"><table>\n';
  rules.table_close = () => "</table></div>\n";
  rules.link_open = (tokens, at, options, _environment, self) => {
    const href = tokens[at]?.attrGet("href") ?? "";
    if (!/^[a-z]+:/.test(href)) tokens[at]?.attrSet("href", href.replace(/\.md(?=#|$)/, ".html"));
    return self.renderToken(tokens, at, options);
  };
  return markdown;
}

function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
}
