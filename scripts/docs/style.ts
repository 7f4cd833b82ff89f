/** Finds words that this project does not use in its pages, docstrings, messages and description. Part of `npm run lint`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { guidePages } from "../../docs/.vitepress/guide.js";
import { filesBelow } from "../lib/files.js";
import { root } from "../lib/package.js";
import { type Finding, findInMarkdown, findInSource, findInYaml } from "./words.js";

const pages = [
  "README.md",
  "AGENTS.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "openapi/sfc-preview.yaml",
  ...guidePages.map((name) => `docs/${name}.md`),
];
const folders = ["src", "packages", "examples", ".github", ".changeset"];
// Generated files are skipped, because they repeat texts of the description, which is checked itself.
const skipped = /^src\/generated\/|\/(?:node_modules|dist)\//;
const searches: readonly (readonly [name: RegExp, search: (text: string) => Finding[]])[] = [
  [/\.md$/, findInMarkdown],
  [/\.ts$/, findInSource],
  [/\.ya?ml$/, findInYaml],
];

const files = [...pages, ...folders.flatMap((folder) => filesBelow(root, folder))].filter(
  (file) => !skipped.test(file),
);
const lines = files.flatMap((file) => {
  const search = searches.find(([name]) => name.test(file))?.[1];
  if (search === undefined) return [];
  return search(readFileSync(join(root, file), "utf8")).map(
    ({ line, word, instead }) => `${file}:${line}: "${word}": write ${instead}`,
  );
});
for (const line of lines) console.error(line);
if (lines.length > 0) process.exitCode = 1;
