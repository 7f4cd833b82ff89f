/** Checks what would be published, never the checkout: `npm run check:package`. */

import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPackage } from "../lib/package.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");
/** What `npm install sfc-preview-sdk` brings with it. */
const DEPENDENCIES = ["openapi-fetch", "openapi-typescript-helpers"];
const devtools = join(root, "packages/devtools");
const ATTW = "node_modules/@arethetypeswrong/cli/dist/index.js";
const scratch = mkdtempSync(join(tmpdir(), "package-"));

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

/** Each program of the package's README in a file of its own; returns the folder. */
function writePrograms(client: string, project: string): string {
  const folder = join(project, "readme");
  mkdirSync(folder);
  const readme = readFileSync(join(client, "README.md"), "utf8");
  const programs = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  for (const [n, [, code = ""]] of programs.entries()) writeFileSync(join(folder, `program-${n + 1}.ts`), code);
  const compilerOptions = { target: "es2022", module: "nodenext", strict: true, skipLibCheck: true, outDir: "out" };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  return folder;
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

/** One line for what is fine; the whole output, and the end, for what is not. */
function report(title: string, isFine: boolean, output: string): void {
  if (isFine) {
    console.log(`ok  ${title}`);
    return;
  }
  console.error(`${output}\nfailed: ${title}`);
  throw new Error(title);
}

/** Fails when the command does. */
export function run(title: string, cwd: string, command: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  report(title, status === 0, `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`);
}

/** Fails when there is anything to say. */
export function none(title: string, faults: readonly string[]): void {
  report(title, faults.length === 0, faults.join("\n"));
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** Entry points that a program cannot import, one line each. `project` has the package installed. */
export function entryFaults(project: string, folder: string): string[] {
  const { name, exports } = readManifest(folder);
  return Object.entries(exports).flatMap(([entry, target]) => {
    if (typeof target === "string") return existsSync(join(folder, target)) ? [] : [`${target} is not there`];
    const code = `const entry = await import("${name}${entry.slice(1)}");
      if (Object.keys(entry).length === 0) throw new Error("it exports nothing");`;
    const args = ["--input-type=module", "--eval", code];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
    const types = existsSync(join(folder, target.types)) ? [] : [`${target.types} is not there`];
    return status === 0 ? types : [`${entry}: ${stderr}`, ...types];
  });
}

/** Commands that do not run, one line each. */
export function binFaults(project: string, folder: string): string[] {
  return Object.entries(readManifest(folder).bin ?? {}).flatMap(([name, file]) => {
    const script = join(folder, file);
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--help"], {
      cwd: project,
      encoding: "utf8",
    });
    const isFine = status === 0 && stdout.includes(`Usage: ${name}`) && readFileSync(script, "utf8").startsWith("#!");
    return isFine ? [] : [`${name}: ${stdout}${stderr}`];
  });
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** What a file of the package is for; the first that fits. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ["declarations of the API's types", /^dist\/generated\/(schema|types)\.d\.ts$/],
  ["declarations", /\.d\.ts$/],
  ["client", /\.js$/],
  ["the rest", /^/],
];

export interface Weight {
  readonly kind: string;
  readonly files: number;
  readonly bytes: number;
}

/** The bytes of all files in a folder, by what they are for; heaviest first. */
export function weigh(folder: string): Weight[] {
  const weights = new Map<string, Weight>();
  for (const { name, bytes } of filesIn(folder)) {
    const kind = KINDS.find(([, shape]) => shape.test(name))?.[0] ?? name;
    const { files, bytes: before } = weights.get(kind) ?? { files: 0, bytes: 0 };
    weights.set(kind, { kind, files: files + 1, bytes: before + bytes });
  }
  return [...weights.values()].sort((a, b) => b.bytes - a.bytes);
}

/** As installed: what is linked counts as what it is a link to. */
export function bytesIn(folder: string): number {
  return filesIn(folder).reduce((sum, { bytes }) => sum + bytes, 0);
}

export function printWeights(weights: readonly Weight[]): string {
  const lines = weights.map(({ kind, files, bytes }) => row(kind, files, bytes));
  const sum = (of: (weight: Weight) => number) => weights.reduce((total, weight) => total + of(weight), 0);
  return [
    ...lines,
    row(
      "together",
      sum(({ files }) => files),
      sum(({ bytes }) => bytes),
    ),
  ].join("\n");
}

function row(kind: string, files: number, bytes: number): string {
  return `    ${kind.padEnd(40)}${String(files).padStart(5)} files${bytes.toLocaleString("en").padStart(12)} bytes`;
}

function filesIn(folder: string): { name: string; bytes: number }[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const found = names.map((name) => ({ name, stat: statSync(join(folder, name)) }));
  return found.filter(({ stat }) => stat.isFile()).map(({ name, stat }) => ({ name, bytes: stat.size }));
}

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
  run("the programs of the README type-check", project, process.execPath, tsc, "-p", writePrograms(client, project));
  run("the programs of the README run as their texts say", project, process.execPath, "readme.mjs");
  run("types, strictly and with those of the dependencies", project, process.execPath, tsc, "-p", ".");
  weight(clientTarball, client);
  console.log("The packages can be published.");
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
