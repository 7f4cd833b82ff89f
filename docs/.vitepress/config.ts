import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DefaultTheme, defineConfig, type MarkdownOptions } from "vitepress";
import { groups, pageTitle } from "./guide.ts";

const docs = fileURLToPath(new URL("../", import.meta.url));
const { repository } = JSON.parse(readFileSync(join(docs, "../package.json"), "utf8")) as {
  repository?: { url: string };
};
/** The page of the repository; absent until the publisher sets it. */
const repositoryPage = repository?.url.replace(/^git\+/, "").replace(/\.git$/, "");

export default defineConfig({
  title: "sfc-preview-sdk",
  description: "A TypeScript client for San Francisco Compute's public preview API (unofficial)",
  lang: "en-US",
  // Where the site is published: the workflow passes the folder of the repository's pages.
  base: process.env.DOCS_BASE ?? "/",
  cleanUrls: true,
  srcExclude: ["public/**"],
  lastUpdated: false,
  // No icon to ask for, so browsers do not report a missing one.
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    config({ renderer: { rules } }) {
      inlinePictures(rules);
      keepBraces(rules);
    },
  },
  transformPageData(page) {
    if (isGenerated(page.relativePath)) page.frontmatter.editLink = false;
  },
  themeConfig: {
    nav: [
      { text: "Guide", link: "/" },
      { text: "API", link: "/api/", activeMatch: "/api/" },
      { text: "SDK reference", link: "/sdk/", activeMatch: "/sdk/" },
    ],
    sidebar: {
      "/": groups.map(({ text, pages }) => ({ text, items: pages.map((name) => sidebarItem(name)) })),
      "/api/": [{ text: "API", items: pagesIn("api") }],
      "/sdk/": ["index", "paths", "workflows", "otel", "node"].map(sdkModule),
    },
    outline: [2, 3],
    search: { provider: "local", options: { detailedView: true, miniSearch: { searchOptions: { boostDocument } } } },
    ...(repositoryPage && {
      editLink: { pattern: `${repositoryPage}/edit/main/docs/:path` },
      socialLinks: [{ icon: "github", link: repositoryPage }],
    }),
  },
});

function isGenerated(path: string): boolean {
  return /^(api|sdk)\//.test(path);
}

/** The guide first: every type and member of the reference has a section of its own. */
function boostDocument(id: string): number {
  if (id.includes("/sdk/")) return 0.5;
  return id.includes("/api/") ? 1 : 2;
}

function sidebarItem(path: string): { text: string; link: string } {
  const text = pageTitle(readFileSync(join(docs, `${path}.md`), "utf8")).replace(/^\w[\w ]*: |\\?<.*$/g, "");
  return { text, link: `/${path.replace(/(^|\/)index$/, "$1")}` };
}

function pagesIn(folder: string): { text: string; link: string }[] {
  if (!existsSync(join(docs, folder))) return [];
  const names = readdirSync(join(docs, folder)).filter((name) => name.endsWith(".md"));
  const isIndex = (name: string) => Number(name === "index.md");
  names.sort((a, b) => isIndex(b) - isIndex(a) || a.localeCompare(b));
  return names.map((name) => sidebarItem(`${folder}/${name.replace(/\.md$/, "")}`));
}

/** One entry point of the package. Types are hundreds, so its own page lists them. */
function sdkModule(name: string): DefaultTheme.SidebarItem {
  const folder = `sdk/${name}`;
  return {
    text: name === "index" ? "sfc-preview-sdk" : `sfc-preview-sdk/${name}`,
    link: `/${folder}/`,
    items: [...pagesIn(`${folder}/classes`), ...pagesIn(`${folder}/functions`)],
  };
}

type Rules = Parameters<NonNullable<MarkdownOptions["config"]>>[0]["renderer"]["rules"];

/** Puts SVG pictures into the page, so that they have the colors of its theme. */
function inlinePictures(rules: Rules): void {
  const { image } = rules;
  rules.image = (tokens, at, options, environment, self) => {
    const source = String(tokens[at]?.attrGet("src"));
    if (source.endsWith(".svg")) {
      const svg = readFileSync(join(dirname(environment.path), source), "utf8");
      // Their own style is for places that show the file alone; a component may not contain one.
      return `<span class="picture">${svg.replace(/<style>[\s\S]*?<\/style>/, "")}</span>`;
    }
    return image?.(tokens, at, options, environment, self) ?? "";
  };
}

/** Code such as `{{nanoid(12)}}` is text, and no expression of the page. */
function keepBraces(rules: Rules): void {
  const { code_inline } = rules;
  rules.code_inline = (tokens, at, ...rest) => {
    tokens[at]?.attrSet("v-pre", "");
    return code_inline?.(tokens, at, ...rest) ?? "";
  };
}
