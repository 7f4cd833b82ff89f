/** Builds the documentation site (`npm run docs`), or serves it while its pages are edited (`npm run docs:dev`). */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { groups, pageTitle } from "../docs/.vitepress/guide.js";
import { printApiIndex, printApiPage } from "./docs/api-page.js";
import { plain, printAll, printIndex, type TextGroup } from "./docs/llms.js";
import { readApi } from "./docs/read-api.js";
import { filesBelow } from "./lib/files.js";
import { root } from "./lib/package.js";

const docs = join(root, "docs");
const isServed = process.argv.includes("--dev");

/** Runs a command of the site's packages, and shows its output. */
const run = execa({ cwd: docs, stdio: "inherit", preferLocal: true });

await install();
await run("typedoc");
const api = readApi(root);
writeApiPages();
writeTexts();
await run("vitepress", [isServed ? "dev" : "build"]);
if (!isServed) console.log("docs/.vitepress/dist: serve it with `npm run --prefix docs preview`");

/** Installs the tools of the site, which have their own lock file, when that file is newer than the installation. */
async function install(): Promise<void> {
  const installed = join(docs, "node_modules/.package-lock.json");
  const lock = join(docs, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  await run("npm", ["ci"]);
}

function writeApiPages(): void {
  const types = new Map(
    filesBelow(docs, "sdk")
      .filter((file) => /^sdk\/index\/(classes|interfaces|type-aliases)\//.test(file))
      .map((file) => [basename(file, ".md"), `../${file}`]),
  );
  rmSync(join(docs, "api"), { recursive: true, force: true });
  write("api/index.md", printApiIndex(api));
  for (const resource of api.model.resources) {
    const page = printApiPage(api, resource, (name) => types.get(name));
    write(`api/${resource.file}.md`, page);
  }
}

/** Writes the files for language models: a list of pages, all pages in one file, and each page as Markdown beside its HTML. */
function writeTexts(): void {
  const apiPages = api.model.resources.map(({ file }) => `api/${file}`);
  const all: TextGroup[] = [...groups, { text: "API", pages: apiPages }].map(({ text, pages }) => ({
    text,
    pages: pages.map((name) => {
      const markdown = readFileSync(join(docs, `${name}.md`), "utf8");
      return { title: pageTitle(markdown), path: `${name}.md`, markdown };
    }),
  }));
  rmSync(join(docs, "public"), { recursive: true, force: true });
  write("public/llms.txt", printIndex(all, process.env.DOCS_BASE ?? "/"));
  write("public/llms-full.txt", printAll(all));
  for (const { pages } of all) for (const { path, markdown } of pages) write(`public/${path}`, plain(markdown));
  cpSync(join(docs, "pictures"), join(docs, "public/pictures"), { recursive: true });
}

function write(file: string, text: string): void {
  const path = join(docs, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
