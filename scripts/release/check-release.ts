/** Refuses to publish what npm or its users could not trace to this repository: `npm run release:check`. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseOptions, runAsCommand, runWithUsage } from "../lib/command.js";
import { type JsonObject, readJson, textAt } from "../lib/json.js";
import { type Fault, refuse } from "../lib/problem.js";
import { packageFolders, repositoryFields, repositoryPage } from "./repository.js";

const usage = `Usage: npm run release:check

Checks, before anything is published, that
- both packages name the repository that they are built from (npm's provenance requires it),
- the links of both READMEs are absolute, because npm shows them elsewhere,
- both package names belong to the publisher: the published package names this repository, or npm's logged-in user maintains it.
`;

const fix = "run `npm run release:repository -- https://github.com/OWNER/NAME`, and commit what it changes";

/** One package as it would be published. */
export interface Candidate {
  /** Its folder in the repository; empty for the root. */
  readonly folder: string;
  readonly manifest: JsonObject;
  readonly readme: string;
}

/** What the registry knows about a name, and who is logged in. Asked through npm, so it is the registry that npm would publish to. */
export interface Registry {
  /** `undefined` when the name is free. */
  published(name: string): { readonly repository?: string; readonly maintainers: readonly string[] } | undefined;
  user(): string | undefined;
}

/** What is missing or differs in the packages themselves. `built`: the repository that the workflow runs in. */
export function manifestFaults(candidates: readonly Candidate[], built: string | undefined): Fault[] {
  const url = textAt(candidates[0]?.manifest.repository, "url");
  if (url === undefined) {
    return [{ where: "package.json", what: "`repository` is missing, so nothing can be published.", fix }];
  }
  const page = repositoryPage(url);
  const other = built !== undefined && built !== page;
  return [
    ...(other
      ? [{ where: "package.json", what: `\`repository\` is ${page}, but this is a build of ${built}.`, fix }]
      : []),
    ...candidates.flatMap((candidate) => fieldFaults(candidate, page)),
  ];
}

function fieldFaults({ folder, manifest, readme }: Candidate, page: string): Fault[] {
  const where = join(folder, "package.json");
  const wrong = Object.entries(repositoryFields(page, folder)).filter(
    ([name, value]) => JSON.stringify(manifest[name]) !== JSON.stringify(value),
  );
  const relative = /\]\((?![a-z]+:|#)([^)]+)\)/.exec(readme);
  return [
    ...wrong.map(([name]) => ({ where, what: `\`${name}\` is missing or names another repository.`, fix })),
    ...(relative
      ? [{ where: join(folder, "README.md"), what: `The link to ${relative[1]} is not absolute.`, fix }]
      : []),
  ];
}

/** Names that belong to someone else, or that this publisher cannot prove to own. */
export function nameFaults(candidates: readonly Candidate[], registry: Registry): Fault[] {
  const user = registry.user();
  return candidates.flatMap(({ folder, manifest }): Fault[] => {
    const name = String(manifest.name);
    const where = join(folder, "package.json");
    const published = registry.published(name);
    if (published === undefined) {
      const what = `The name ${name} is free, but no one is logged in to npm who could claim it.`;
      const claim =
        "publish the first version by hand, after `npm login`, then set up trusted publishing for this workflow";
      return user === undefined ? [{ where, what, fix: claim }] : [];
    }
    const own = textAt(manifest.repository, "url");
    const isOurs = published.repository !== undefined && own !== undefined && samePage(published.repository, own);
    if (isOurs || (user !== undefined && published.maintainers.includes(user))) return [];
    const what = `The name ${name} belongs to another publisher (${published.maintainers.join(", ") || "unknown"}).`;
    return [{ where, what, fix: "choose a name that is free or yours, in both packages, their imports and the docs" }];
  });
}

function samePage(a: string, b: string): boolean {
  return repositoryPage(a).toLowerCase() === repositoryPage(b).toLowerCase();
}

/** The registry that npm is configured for. */
const npmRegistry: Registry = {
  published(name) {
    const { status, stdout, stderr } = npm("view", name, "repository.url", "maintainers", "--json");
    if (status !== 0) {
      if (`${stdout}${stderr}`.includes("E404")) return undefined;
      throw new Error(`npm view ${name} failed: ${stderr.trim()}`);
    }
    const found = JSON.parse(stdout) as { "repository.url"?: string; maintainers?: string[] | string };
    const repository = found["repository.url"];
    const maintainers = [found.maintainers ?? []].flat().map((text) => text.split(" ")[0] ?? "");
    return { maintainers, ...(repository !== undefined && { repository }) };
  },
  user() {
    const { status, stdout } = npm("whoami");
    return status === 0 ? stdout.trim() : undefined;
  },
};

function npm(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const isWindows = process.platform === "win32";
  return spawnSync(isWindows ? "npm.cmd" : "npm", args, { encoding: "utf8", shell: isWindows });
}

await runAsCommand(import.meta.url, async (argv, world) =>
  runWithUsage(
    world,
    usage,
    () => parseOptions("npm run release:check --", argv, {}, { allowPositionals: false }).values,
    () => {
      const candidates = packageFolders.map((folder) => ({
        folder,
        manifest: readJson<JsonObject>(join(world.root, folder, "package.json")),
        readme: readFileSync(join(world.root, folder, "README.md"), "utf8"),
      }));
      const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = world.environment;
      refuse(manifestFaults(candidates, repository && `${server ?? "https://github.com"}/${repository}`));
      refuse(nameFaults(candidates, npmRegistry));
      world.stdout.write(
        `Both packages may be published: ${candidates.map(({ manifest }) => manifest.name).join(", ")}.\n`,
      );
      return 0;
    },
  ),
);
