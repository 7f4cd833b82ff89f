/** Makes the documentation site in `site/`: `npm run docs`. Open `site/index.html`; no server and no network is needed. */
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { apiPage } from "./docs/api-page.js";
import { readGuide } from "./docs/guide.js";
import { type NavGroup, type PageParts, printPage } from "./docs/layout.js";
import { readApi } from "./docs/read-api.js";
import { writeSdkReference } from "./docs/sdk-reference.js";
import { printSearchIndex, searchIndex } from "./docs/search-index.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const site = join(root, "site");
rmSync(site, { recursive: true, force: true });

const api = readApi(root);
const guide = readGuide(join(root, "docs"));
const { resources } = api.model;
const navigation: NavGroup[] = [
  { title: "Guide", links: guide },
  { title: "SDK reference", links: [{ title: "Classes and types", href: "sdk/index.html" }] },
  { title: "API reference", links: resources.map(({ field, file }) => ({ title: field, href: `api/${file}.html` })) },
];
const pages: PageParts[] = [
  ...guide.map(({ title, href, html }) => ({ title, href, body: html })),
  ...resources.map((resource) => ({
    title: resource.field,
    href: `api/${resource.file}.html`,
    body: apiPage(api, resource),
  })),
];

for (const page of pages) write(page.href, printPage(page, navigation));
cpSync(join(root, "scripts/docs/assets"), join(site, "assets"), { recursive: true });
copyFileSync(join(root, "node_modules/minisearch/dist/umd/index.js"), join(site, "assets/minisearch.js"));
write("assets/search-index.js", printSearchIndex(searchIndex(guide, api)));
await writeSdkReference(root, join(site, "sdk"));
console.log(`site/index.html: ${guide.length} pages of guide, ${api.model.operations.length} operations`);

function write(file: string, text: string): void {
  const path = join(site, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
