/** Checks what would be published, never the checkout: `npm run check:package`. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pack, unpackInto } from "../lib/npm.js";
import { readPackage, root } from "../lib/package.js";
import { execute } from "../lib/run.js";
import { inScratch } from "../lib/scratch.js";

const devtools = join(root, "packages/devtools");
const tsc = join(root, "node_modules/typescript/bin/tsc");

await inScratch(async (scratch) => {
  const tarballs = [await packed(scratch, root), await packed(scratch, devtools)] as const;
  for (const tarball of tarballs) {
    const name = basename(tarball);
    await node(`publint ${name}`, root, "node_modules/publint/src/cli.js", "run", tarball, "--strict");
    const attw = ["node_modules/@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "esm-only"];
    await node(`attw ${name}`, root, ...attw, "--format", "ascii", "-q");
  }
  const project = join(scratch, "project");
  await install(project, ...tarballs);
  const client = join(project, "node_modules/sfc-preview-sdk");
  const tools = join(project, "node_modules/sfc-preview-devtools");
  none("no source map leads to sources that are not shipped", [...mapFiles(client), ...mapFiles(tools)]);
  none("every entry can be imported", [
    ...(await entryFaults(project, client)),
    ...(await entryFaults(project, tools)),
  ]);
  none("every command runs", await binFaults(project, tools));
  await node("a program with the client and the simulator", project, "program.mjs");
  await node("the commands simulate and mock", project, "command.mjs");
  await node("require() where Node can", project, "program.cjs");
  await node("the programs of the README type-check", project, tsc, "-p", writePrograms(client, project));
  await node("the programs of the README run as their texts say", project, "readme.mjs");
  await node("types, strictly and with those of the dependencies", project, tsc, "-p", ".");
  console.log("The packages can be published.");
});

/** The tarball of a package, built first as a publisher does. */
async function packed(folder: string, from: string): Promise<string> {
  const { tarball } = await pack(folder, { build: true, from });
  console.log(`ok  npm pack ${basename(tarball)}`);
  return tarball;
}

/** A project beside which nothing of the checkout is found: the tarballs, and what they declare as dependencies. */
async function install(project: string, client: string, tools: string): Promise<void> {
  await unpackInto(project, client);
  // Peers that a user adds for one entry or one command.
  const peers = ["@opentelemetry/api", "@stoplight/prism-cli"];
  const needed = [...Object.keys(readPackage(devtools).dependencies ?? {}), ...peers];
  await unpackInto(project, tools, { name: "sfc-preview-devtools", needed });
  cpSync(join(root, "test/package/consumer"), project, { recursive: true });
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

/** Files that are source maps, or refer to one. */
function mapFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const isCode = (name: string) => /\.[cm]?[jt]s$/.test(name);
  const refers = (name: string) => readFileSync(join(folder, name), "utf8").includes("//# sourceMappingURL=");
  return names.filter((name) => name.endsWith(".map") || (isCode(name) && refers(name)));
}

/** Entry points that a program cannot import, one line each. `project` has the package installed. */
async function entryFaults(project: string, folder: string): Promise<string[]> {
  const { name, exports = {} } = readPackage(folder);
  const faults: string[] = [];
  for (const [entry, target] of Object.entries(exports)) {
    const file = typeof target === "string" ? target : target.types;
    if (!existsSync(join(folder, file))) faults.push(`${file} is not there`);
    if (typeof target === "string") continue;
    const code = `const entry = await import("${name}${entry.slice(1)}");
      if (Object.keys(entry).length === 0) throw new Error("it exports nothing");`;
    const result = await execute(process.execPath, ["--input-type=module", "--eval", code], { cwd: project });
    if (result.code !== 0) faults.push(`${entry}: ${result.stderr}`);
  }
  return faults;
}

/** Commands that do not run, one line each. */
async function binFaults(project: string, folder: string): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, file] of Object.entries(readPackage(folder).bin ?? {})) {
    const script = join(folder, file);
    const { code, stdout, output } = await execute(process.execPath, [script, "--help"], { cwd: project });
    const isFine = code === 0 && stdout.includes(`Usage: ${name}`) && readFileSync(script, "utf8").startsWith("#!");
    if (!isFine) faults.push(`${name}: ${output}`);
  }
  return faults;
}

/** Runs a script of Node; fails when it does. */
async function node(title: string, cwd: string, ...args: string[]): Promise<void> {
  const { code, output } = await execute(process.execPath, args, { cwd });
  report(title, code === 0, output);
}

/** Fails when there is anything to say. */
function none(title: string, faults: readonly string[]): void {
  report(title, faults.length === 0, faults.join("\n"));
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
