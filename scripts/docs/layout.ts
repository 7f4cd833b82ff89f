import { escapeHtml } from "./html.js";

export interface NavLink {
  readonly title: string;
  /** From the root of the site. */
  readonly href: string;
}

export interface NavGroup {
  readonly title: string;
  readonly links: readonly NavLink[];
}

export interface PageParts {
  readonly title: string;
  /** From the root of the site: `"api/orders.html"`. */
  readonly href: string;
  readonly body: string;
}

/** A whole page. Every address in it is relative, so the site works from a folder. */
export function printPage({ title, href, body }: PageParts, navigation: readonly NavGroup[]): string {
  const up = "../".repeat(href.split("/").length - 1);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · sfc-preview-sdk</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}assets/style.css">
</head>
<body data-root="${up}">
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="name" href="${up}index.html">sfc-preview-sdk</a>
<div class="search" role="search">
<input type="search" id="search" placeholder="Search" aria-label="Search the documentation" autocomplete="off" aria-controls="results">
<ol id="results" hidden></ol>
</div>
</header>
<div class="columns">
<nav aria-label="Pages"><details open><summary>Pages</summary>
${navigation.map((group) => printGroup(group, href, up)).join("\n")}
</details></nav>
<main id="content">
${body}</main>
</div>
<script src="${up}assets/minisearch.js"></script>
<script src="${up}assets/search-index.js"></script>
<script src="${up}assets/site.js"></script>
</body>
</html>
`;
}

function printGroup({ title, links }: NavGroup, here: string, up: string): string {
  const items = links.map(
    (link) =>
      `<li><a href="${up}${link.href}"${link.href === here ? ' aria-current="page"' : ""}>${escapeHtml(link.title)}</a></li>`,
  );
  return `<h2>${escapeHtml(title)}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}
