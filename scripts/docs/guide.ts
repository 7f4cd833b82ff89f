import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Rendered, renderMarkdown } from "./markdown.js";

/** The pages of the guide in reading order. The first is where the site begins. */
export const guidePages = [
  "index",
  "authentication",
  "lists",
  "keys-and-retries",
  "errors",
  "timeouts",
  "options",
  "middleware",
  "paths",
  "workflows",
  "buying",
  "creating-once",
  "images",
  "waiting",
  "logs",
  "testing",
  "transport",
  "proxies",
  "observing",
  "updating",
  "how-it-works",
  "regenerating",
] as const;

export interface GuidePage extends Rendered {
  readonly title: string;
  readonly href: string;
}

export function readGuide(folder: string): GuidePage[] {
  return guidePages.map((name) => {
    const rendered = renderMarkdown(readFileSync(join(folder, `${name}.md`), "utf8"), folder);
    const title = rendered.headings[0]?.text;
    if (title === undefined) throw new Error(`docs/${name}.md has no heading`);
    return { ...rendered, title, href: `${name}.html` };
  });
}
