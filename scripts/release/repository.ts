/**
 * The repository of the project, in every file that names it. `npm run release:repository -- URL` sets it once. `npm run release:check` refuses to publish
 * packages that npm or its users could not trace to this repository.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineCommand, refuseCall, runAsCommand, type Surroundings } from "../lib/command.js";
import { type JsonObject, printJson, readJson, textAt } from "../lib/json.js";
import { type Fault, refuse } from "../lib/problem.js";
import { execute } from "../lib/run.js";

const about = `With a URL: writes \`repository\`, \`homepage\` and \`bugs\` of both packages, and makes the links of both READMEs absolute, as npm shows them.
With --check, which npm run release:check gives: checks, before anything is published, that
- both packages name the repository that they are built from (npm's provenance requires it),
- the links of both READMEs are absolute, because npm shows them elsewhere,
- both package names belong to the publisher: the published package names this repository, or npm's logged-in user maintains it.`;

/** The folders of the published packages in the repository. The first is the root. */
export const packageFolders = ["", "packages/devtools"] as const;

/** The fields of a package.json that name the repository. */
export function repositoryFields(page: string, folder: string) {
  return {
    repository: { type: "git", url: `git+${page}.git`, ...(folder && { directory: folder }) },
    homepage: folder ? `${page}/tree/main/${folder}#readme` : `${page}#readme`,
    bugs: { url: `${page}/issues` },
  };
}

/** The web page of the repository, from its URL in a package.json. */
export function repositoryPage(url: string): string {
  return url.replace(/^git\+/, "").replace(/\.git$/, "");
}

const RELATIVE_LINK = /\]\((?![a-z]+:|#)([^)]+)\)/;

/** Makes links to files of the repository absolute. Absolute links are unchanged. */
export function absoluteLinks(readme: string, page: string, folder: string): string {
  const base = `${page}/blob/main/${folder && `${folder}/`}`;
  return readme.replace(new RegExp(RELATIVE_LINK, "g"), (_, file: string) => `](${base}${file})`);
}

function setRepository(root: string, page: string): void {
  for (const folder of packageFolders) {
    const manifest = join(root, folder, "package.json");
    writeFileSync(manifest, printJson({ ...readJson<JsonObject>(manifest), ...repositoryFields(page, folder) }));
    const readme = join(root, folder, "README.md");
    writeFileSync(readme, absoluteLinks(readFileSync(readme, "utf8"), page, folder));
  }
}

const fix = "run `npm run release:repository -- https://github.com/OWNER/NAME`, and commit what it changes";

/** One package that would be published. */
export interface Candidate {
  /** Its folder in the repository. Empty for the root. */
  readonly folder: string;
  readonly manifest: JsonObject;
  readonly readme: string;
}

/** The maintainers of names in the registry, and the current user. The data comes from npm, so it is that of the registry to which npm would publish. */
export interface Registry {
  /** The maintainers by package name. Missing names are free. */
  readonly published: ReadonlyMap<string, Published>;
  readonly user: string | undefined;
}

interface Published {
  readonly repository?: string | undefined;
  readonly maintainers: readonly string[];
}

/** Missing or different values in the packages themselves. `built` is the repository in which the workflow runs. */
export function manifestFaults(candidates: readonly Candidate[], built: string | undefined): Fault[] {
  const url = textAt(candidates[0]?.manifest.repository, "url");
  if (url === undefined) {
    return [{ where: "package.json", what: "`repository` is missing, so nothing can be published.", fix }];
  }
  const page = repositoryPage(url);
  const what = `\`repository\` is ${page}, but this is a build of ${built}.`;
  const elsewhere = built === undefined || built === page ? [] : [{ where: "package.json", what, fix }];
  return [...elsewhere, ...candidates.flatMap((candidate) => fieldFaults(candidate, page))];
}

function fieldFaults({ folder, manifest, readme }: Candidate, page: string): Fault[] {
  const where = join(folder, "package.json");
  const faults = Object.entries(repositoryFields(page, folder))
    .filter(([name, value]) => JSON.stringify(manifest[name]) !== JSON.stringify(value))
    .map(([name]) => ({ where, what: `\`${name}\` is missing or names another repository.`, fix }));
  const [, link] = RELATIVE_LINK.exec(readme) ?? [];
  if (link === undefined) return faults;
  return [...faults, { where: join(folder, "README.md"), what: `The link to ${link} is not absolute.`, fix }];
}

/** Names that belong to someone else, or for which this publisher cannot prove ownership. */
export function nameFaults(candidates: readonly Candidate[], { published, user }: Registry): Fault[] {
  return candidates.flatMap(({ folder, manifest }): Fault[] => {
    const name = String(manifest.name);
    const where = join(folder, "package.json");
    const { repository = "", maintainers }: Partial<Published> = published.get(name) ?? {};
    if (maintainers === undefined) {
      const what = `The name ${name} is free, but no one is logged in to npm who could claim it.`;
      const claim =
        "publish the first version by hand, after `npm login`, then set up trusted publishing for this workflow";
      return user === undefined ? [{ where, what, fix: claim }] : [];
    }
    const own = textAt(manifest.repository, "url");
    const isOurs = own !== undefined && repositoryPage(own).toLowerCase() === repositoryPage(repository).toLowerCase();
    if (isOurs || (user !== undefined && maintainers.includes(user))) return [];
    const what = `The name ${name} belongs to another publisher (${maintainers.join(", ") || "unknown"}).`;
    return [{ where, what, fix: "choose a name that is free or yours, in both packages, their imports and the docs" }];
  });
}

/** Reads the data about these names from the registry that npm is configured for. */
async function askRegistry(names: readonly string[], cwd: string): Promise<Registry> {
  const published = new Map<string, Published>();
  for (const name of names) {
    const args = ["view", name, "repository.url", "maintainers", "--json"];
    const { failed, stdout, message = "" } = await execute("npm", args, { cwd, reject: false });
    if (!failed) published.set(name, readPublished(stdout));
    else if (!message.includes("E404")) throw new Error(message);
  }
  const { failed, stdout } = await execute("npm", ["whoami"], { cwd, reject: false });
  return { published, user: failed ? undefined : stdout.trim() };
}

function readPublished(json: string): Published {
  const found = JSON.parse(json) as { "repository.url"?: string; maintainers?: string[] | string };
  const maintainers = [found.maintainers ?? []].flat().map((text) => text.split(" ")[0] ?? "");
  return { repository: found["repository.url"], maintainers };
}

async function checkRelease({ root, stdout, environment }: Surroundings): Promise<void> {
  const candidates = packageFolders.map((folder) => ({
    folder,
    manifest: readJson<JsonObject>(join(root, folder, "package.json")),
    readme: readFileSync(join(root, folder, "README.md"), "utf8"),
  }));
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = environment;
  refuse(manifestFaults(candidates, repository && `${server ?? "https://github.com"}/${repository}`));
  const names = candidates.map(({ manifest }) => String(manifest.name));
  refuse(nameFaults(candidates, await askRegistry(names, root)));
  stdout.write(`Both packages may be published: ${names.join(", ")}.\n`);
}

const call = "npm run release:repository --";
const advice = "The URL of a GitHub repository is missing or invalid.";
const options = { check: { type: "boolean", default: false, help: "change nothing, check" } } as const;
const names = { form: "[https://github.com/OWNER/NAME]", advice };

const main = defineCommand({ call, about, options, names }, async ({ check }, [url = ""], world) => {
  if (check) await checkRelease(world);
  else {
    if (!/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/.test(url)) refuseCall(call, advice);
    const page = repositoryPage(url);
    setRepository(world.root, page);
    world.stdout.write(`Both packages name ${page}. Review and commit the change.\n`);
  }
  return 0;
});

await runAsCommand(import.meta.url, main);
