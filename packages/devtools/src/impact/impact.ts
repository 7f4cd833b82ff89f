import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Assessment, assessProjects } from "./assess.js";
import { placeClient } from "./client-program.js";
import { findCommandUses } from "./commands.js";
import { compareClients } from "./compare-clients.js";
import { type KnownChange, readKnownChanges } from "./known-changes.js";
import { CLIENT, type ClientVersion, readFolder, readVersion } from "./package-files.js";
import { ProjectProblem } from "./problem.js";
import { useTypeScriptOf } from "./typescript.js";
import { readUserProjects } from "./user-projects.js";

export interface ImpactOptions {
  /** A version, a tag, a tarball or a folder. */
  readonly to: string;
  /** The project's folder, or its configuration file. */
  readonly project: string;
  /** The folder that the path of a tarball or a folder is relative to. */
  readonly cwd: string;
  /** Known replacements for names that are gone. @default the changes that this package ships */
  readonly known?: readonly KnownChange[];
  readonly onProgress?: (what: string) => void;
}

/** The result of a check, and the two versions. */
export interface ImpactResult extends Assessment {
  readonly from: string;
  readonly to: string;
}

/** Finds the lines of a project that another version of the client breaks. It type-checks the project with the installed version and with the other one. */
export function findImpact({
  to,
  project,
  cwd,
  known = readKnownChanges(),
  onProgress = () => undefined,
}: ImpactOptions): ImpactResult {
  const start = existsSync(join(project, "package.json")) ? project : dirname(project);
  useTypeScriptOf(start);
  const installed = installedFolder(start);
  const older = readFolder(installed);
  onProgress(`reading ${CLIENT} ${to}`);
  const newer = readVersion(to, cwd);
  const projects = readUserProjects(project);
  const clients = { before: placeClient(older, installed, "before"), after: placeClient(newer, installed, "after") };
  const assessment = assessProjects(projects, {
    ...clients,
    entries: (before, after) => compareClients(before, after, known),
    onCheck: ({ config }, version) =>
      onProgress(`checking ${config} on ${versionIn(version === "before" ? older : newer)}`),
  });
  const uses = findCommandUses(projects.folder, older.manifest, newer.manifest, known);
  return { ...assessment, found: [...assessment.found, ...uses], from: versionIn(older), to: versionIn(newer) };
}

function versionIn({ manifest }: ClientVersion): string {
  return manifest.version;
}

/** Finds the installed client as Node does: in `node_modules` of the folder, then of its parent folders. */
function installedFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", CLIENT);
    if (existsSync(join(found, "package.json"))) return found;
    if (dirname(folder) === folder) break;
  }
  const what = `${CLIENT} is not installed in this project.`;
  throw new ProjectProblem({ where: start, what, fix: "install the project's dependencies: npm install" });
}
