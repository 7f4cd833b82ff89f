/** One page of `llms.txt` and `llms-full.txt`. */
export interface TextPage {
  readonly title: string;
  /** The path from the root of the site, without a leading slash: `api/orders.md`. */
  readonly path: string;
  readonly markdown: string;
}

export interface TextGroup {
  readonly text: string;
  readonly pages: readonly TextPage[];
}

const summary = `# sfc-preview-sdk

> A TypeScript client for San Francisco Compute's public preview API, a market for GPU clusters (unofficial). Its writes spend real money: see "Keys and retries" and "Buying with a limit".`;

/** The list of all pages in the format of https://llmstxt.org. */
export function printIndex(groups: readonly TextGroup[], base: string): string {
  const sections = groups.map(({ text, pages }) => {
    const links = pages.map(({ title, path }) => `- [${title}](${base}${path})`);
    return `## ${text}\n\n${links.join("\n")}`;
  });
  return `${[summary, ...sections].join("\n\n")}\n`;
}

/** All pages in one file, in the root of the site. */
export function printAll(groups: readonly TextGroup[]): string {
  const pages = groups.flatMap(({ pages: all }) =>
    all.map(({ markdown }) => plain(markdown).replaceAll("](../", "](")),
  );
  return `${[summary, ...pages].join("\n\n---\n\n")}\n`;
}

/** Removes markup that only the site supports. Links to the SDK reference lead to HTML, because its pages exist only as HTML. */
export function plain(markdown: string): string {
  return markdown
    .replace(/\]\(((?:\.\.\/)?sdk\/[\w/-]+)\.md/g, "]($1.html")
    .replace(/^::: details (.*)$/gm, "$1:")
    .replace(/^:::.*\n?/gm, "")
    .replace(/ \{#[\w-]+\}$/gm, "")
    .replace(/^(```\w+) \[.*\]$/gm, "$1")
    .replaceAll("<br>", " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&#123;", "{")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
