/** Checks what would be published, never the checkout: `npm run check:package`. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPackage } from "./lib/package.js";
import { binFaults, entryFaults } from "./package/entries.js";
import { none, run } from "./package/report.js";
import { bytesIn, printWeights, weigh } from "./package/weight.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");
/** What `npm install sfc-preview-sdk` brings with it. */
const DEPENDENCIES = ["openapi-fetch", "openapi-typescript-helpers"];
const devtools = join(root, "packages/devtools");
const ATTW = "node_modules/@arethetypeswrong/cli/dist/index.js";
const scratch = mkdtempSync(join(tmpdir(), "package-"));

try {
  const clientTarball = pack(root);
  const tarballs = [clientTarball, pack(devtools)];
  for (const tarball of tarballs) {
    tool(`publint ${basename(tarball)}`, "node_modules/publint/src/cli.js", "run", tarball, "--strict");
    tool(`attw ${basename(tarball)}`, ATTW, tarball, "--profile", "esm-only", "--format", "ascii", "-q");
  }
  const project = install(tarballs);
  const client = join(project, "node_modules/sfc-preview-sdk");
  const tools = join(project, "node_modules/sfc-preview-devtools");
  none("no source map leads to sources that are not shipped", [...mapFiles(client), ...mapFiles(tools)]);
  none("the client weighs at most 800 KiB with its dependencies", weightFaults(client));
  none("every entry can be imported", [...entryFaults(project, client), ...entryFaults(project, tools)]);
  none("every command runs", binFaults(project, tools));
  run("a program with the client and the simulator", project, process.execPath, "program.mjs");
  run("the commands simulate and mock", project, process.execPath, "command.mjs");
  run("require() where Node can", project, process.execPath, "program.cjs");
  run("types, strictly and with those of the dependencies", project, process.execPath, tsc, "-p", ".");
  weight(clientTarball, client);
  console.log("The packages are fit to publish.");
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function pack(folder: string): string {
  const { name, version } = readPackage(folder);
  run(`npm pack ${name} (builds first)`, folder, "npm", "pack", "--pack-destination", scratch, "--loglevel=error");
  return join(scratch, `${name}-${version}.tgz`);
}

/** A project beside which nothing of the checkout is found: the tarballs, and what they declare as dependencies. */
function install(tarballs: readonly string[]): string {
  const project = join(scratch, "project");
  const modules = join(project, "node_modules");
  for (const tarball of tarballs) {
    const folder = join(modules, basename(tarball).replace(/-\d.*$/, ""));
    mkdirSync(folder, { recursive: true });
    run(`unpack ${basename(tarball)}`, project, "tar", "-xzf", tarball, "--strip-components=1", "-C", folder);
  }
  for (const name of [...DEPENDENCIES, ...Object.keys(readPackage(devtools).dependencies ?? {})]) link(modules, name);
  // Peers that a user adds for one entry or one command.
  for (const name of ["@opentelemetry/api", "@stoplight/prism-cli"]) link(modules, name);
  cpSync(join(root, "test/package/consumer"), project, { recursive: true });
  return project;
}

/** What it costs to have it, in bytes as they are and not in blocks of a disk. */
function weight(tarball: string, folder: string): void {
  console.log(
    `${printWeights(weigh(folder))}\n    tarball ${statSync(tarball).size} bytes, installed ${installedKib(folder)} KiB`,
  );
}

/** Files that are source maps, or refer to one. */
function mapFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const isCode = (name: string) => /\.[cm]?[jt]s$/.test(name);
  const refers = (name: string) => readFileSync(join(folder, name), "utf8").includes("//# sourceMappingURL=");
  return names.filter((name) => name.endsWith(".map") || (isCode(name) && refers(name)));
}

/** As `npm install sfc-preview-sdk` fills an empty folder. */
function weightFaults(folder: string): string[] {
  const kibibytes = installedKib(folder);
  return kibibytes > 800 ? [`${kibibytes} KiB in ${1 + DEPENDENCIES.length} packages`] : [];
}

function installedKib(folder: string): number {
  const installed = [folder, ...DEPENDENCIES.map((name) => join(root, "node_modules", name))].map(bytesIn);
  return Math.ceil(installed.reduce((sum, bytes) => sum + bytes, 0) / 1024);
}

function link(modules: string, name: string): void {
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  symlinkSync(join(root, "node_modules", name), join(modules, name), "dir");
}

function tool(title: string, script: string, ...args: string[]): void {
  run(title, root, process.execPath, join(root, script), ...args);
}
