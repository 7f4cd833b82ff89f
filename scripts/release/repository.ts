/** Sets where the project lives, in every place that names it: `npm run release:repository -- URL`. Run once by who publishes. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseOptions, runAsCommand, runWithUsage, wrongCall } from "../lib/command.js";
import { type JsonObject, printJson } from "../lib/json.js";

const usage = `Usage: npm run release:repository -- https://github.com/OWNER/NAME

Writes \`repository\`, \`homepage\` and \`bugs\` of both packages, and makes the links of both READMEs absolute, as npm shows them.
\`npm run release:check\` refuses to publish without them.
`;

/** The published packages, by the folder of each in the repository; the first is the root. */
export const packageFolders = ["", "packages/devtools"] as const;

/** The fields of a package.json that name the repository. */
export interface RepositoryFields {
  readonly repository: { readonly type: "git"; readonly url: string; readonly directory?: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
}

export function repositoryFields(page: string, folder: string): RepositoryFields {
  return {
    repository: { type: "git", url: `git+${page}.git`, ...(folder && { directory: folder }) },
    homepage: folder ? `${page}/tree/main/${folder}#readme` : `${page}#readme`,
    bugs: { url: `${page}/issues` },
  };
}

/** The page of the repository, from its URL in a package.json. */
export function repositoryPage(url: string): string {
  return url.replace(/^git\+/, "").replace(/\.git$/, "");
}

/** Links to files of the repository become absolute; those that are absolute already stay. */
export function absoluteLinks(readme: string, page: string, folder: string): string {
  const base = `${page}/blob/main/${folder && `${folder}/`}`;
  return readme.replace(/\]\((?![a-z]+:|#)([^)]+)\)/g, (_, file: string) => `](${base}${file})`);
}

function setRepository(root: string, page: string): void {
  for (const folder of packageFolders) {
    const manifest = join(root, folder, "package.json");
    const { name, version, description, license, ...rest } = JSON.parse(readFileSync(manifest, "utf8")) as JsonObject;
    const fields = repositoryFields(page, folder);
    writeFileSync(manifest, printJson({ name, version, description, license, ...rest, ...fields }));
    const readme = join(root, folder, "README.md");
    writeFileSync(readme, absoluteLinks(readFileSync(readme, "utf8"), page, folder));
  }
}

const call = "npm run release:repository --";

await runAsCommand(import.meta.url, async (argv, world) =>
  runWithUsage(
    world,
    usage,
    () => {
      const { values, positionals } = parseOptions(call, argv, {});
      const [page = ""] = positionals;
      if (!values.help && !/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/.test(page)) {
        throw wrongCall(call, "The URL of a GitHub repository is missing or invalid.");
      }
      return { help: values.help, page: repositoryPage(page) };
    },
    ({ page }) => {
      setRepository(world.root, page);
      world.stdout.write(`Both packages name ${page}. Review and commit the change.\n`);
      return 0;
    },
  ),
);
