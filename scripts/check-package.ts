/** Checks what would be published, never the checkout: `npm run check:package`. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONSUMER, consumerBreaks } from "../test/diff/consumer-breaks.js";
import { nextDescription } from "../test/diff/next-description.js";
import { readBase } from "../test/mutations/base.js";
import { Draft } from "../test/mutations/mutation.js";
import { binFaults, entryFaults } from "./package/entries.js";
import { licenceFaults } from "./package/licences.js";
import { mapFaults } from "./package/maps.js";
import { none, report, run } from "./package/report.js";
import { bytesIn, printWeights, weigh } from "./package/weight.js";
import type { Impairment } from "./spec/impact.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");
/** What `npm install sfc-preview-sdk` brings with it. */
const DEPENDENCIES = ["openapi-fetch", "openapi-typescript-helpers"];
const scratch = mkdtempSync(join(tmpdir(), "package-"));

try {
  const tarball = pack();
  tool("publint", "node_modules/publint/src/cli.js", "run", tarball, "--strict");
  tool(
    "attw",
    "node_modules/@arethetypeswrong/cli/dist/index.js",
    tarball,
    "--profile",
    "esm-only",
    "--format",
    "ascii",
    "-q",
  );
  const project = install(tarball);
  const folder = join(project, "node_modules/sfc-preview-sdk");
  none("its source maps lead to sources that it holds", mapFaults(folder));
  none("it names the licences of what is bundled", licenceFaults(root, folder));
  none("every entry can be imported", entryFaults(project, folder));
  none("every command runs", binFaults(project, folder));
  run("a program with the client and the simulator", project, process.execPath, "program.mjs");
  run("its commands simulate and mock", project, process.execPath, "command.mjs");
  run("require() where Node can", project, process.execPath, "program.cjs");
  run("its types, strictly and with those of its dependencies", project, process.execPath, tsc, "-p", ".");
  impact(project);
  weight(tarball, folder);
  console.log("The package is fit to publish.");
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function pack(): string {
  run("npm pack (builds first)", root, "npm", "pack", "--pack-destination", scratch, "--loglevel=error");
  const [name] = readdirSync(scratch).filter((file) => file.endsWith(".tgz"));
  if (name === undefined) throw new Error("npm pack made no tarball");
  return join(scratch, name);
}

/** A project beside which nothing of the checkout is found: the tarball, and what it declares as dependencies. */
function install(tarball: string): string {
  const project = join(scratch, "project");
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "sfc-preview-sdk"), { recursive: true });
  run("unpack", project, "tar", "-xzf", tarball, "--strip-components=1", "-C", join(modules, "sfc-preview-sdk"));
  for (const name of DEPENDENCIES) link(modules, name);
  // Peers that a user adds for one entry or one command.
  for (const name of ["@opentelemetry/api", "@stoplight/prism-cli"]) link(modules, name);
  cpSync(join(root, "test/package/consumer"), project, { recursive: true });
  return project;
}

/** The command that tells what a new description breaks: first without the tools that a user installs for it, then with them. */
function impact(project: string): void {
  cpSync(CONSUMER, join(project, "impact"), { recursive: true });
  const draft = new Draft(readBase(false).description);
  nextDescription(draft);
  writeFileSync(join(project, "next.json"), JSON.stringify(draft.document));
  const command = join(project, "node_modules/sfc-preview-sdk/dist/cli/main.js");
  const args = [command, "impact", "next.json", "--project", "impact", "--format", "json"];
  const bare = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
  const isTold = bare.status === 1 && bare.stderr.includes("npm install --save-dev typescript@");
  report("impact says which tools it lacks", isTold, bare.stderr);

  for (const name of ["typescript", "openapi-typescript", "@redocly/cli", "yaml", "json-p3"]) {
    link(join(project, "node_modules"), name);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
  const found = status === 2 ? (JSON.parse(stdout) as Impairment[]) : [];
  const told = found.map(({ file, line, cause }) => `${file}:${line} ${cause}`);
  const names = told.join("\n") === consumerBreaks().join("\n");
  report("impact names the lines that break, and why", names, [...told, stderr].join("\n"));
}

/** What it costs to have it, in bytes as they are and not in blocks of a disk. */
function weight(tarball: string, folder: string): void {
  const installed = [folder, ...DEPENDENCIES.map((name) => join(root, "node_modules", name))].map(bytesIn);
  const kibibytes = Math.ceil(installed.reduce((sum, bytes) => sum + bytes, 0) / 1024);
  console.log(
    `${printWeights(weigh(folder))}\n    tarball ${statSync(tarball).size} bytes, installed ${kibibytes} KiB`,
  );
}

function link(modules: string, name: string): void {
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  symlinkSync(join(root, "node_modules", name), join(modules, name), "dir");
}

function tool(title: string, script: string, ...args: string[]): void {
  run(title, root, process.execPath, join(root, script), ...args);
}
