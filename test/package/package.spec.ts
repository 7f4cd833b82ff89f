/** Checks the packages that would be published, not the checkout: `npm run check:package`. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { pack, unpackInto } from "../../scripts/lib/npm.js";
import { readPackage, root } from "../../scripts/lib/package.js";
import { execute } from "../../scripts/lib/run.js";

const devtools = join(root, "packages/devtools");
const tsc = join(root, "node_modules/typescript/bin/tsc");

/** A project outside of the checkout, with the tarballs and their declared dependencies. */
const project = mkdtempSync(join(tmpdir(), "package-"));
const client = join(project, "node_modules/sfc-preview-sdk");
const tools = join(project, "node_modules/sfc-preview-devtools");
const tarballs = new Map<string, string>();

beforeAll(async () => {
  // The packages are built first, as for a release.
  const ofClient = await pack(project, { build: true });
  const ofTools = await pack(project, { build: true, from: devtools });
  await unpackInto(project, ofClient.tarball);
  // Peer dependencies that a user installs for one entry or one command.
  const peers = ["@opentelemetry/api", "@stoplight/prism-cli"];
  const needed = [...Object.keys(readPackage(devtools).dependencies ?? {}), ...peers];
  await unpackInto(project, ofTools.tarball, { name: "sfc-preview-devtools", needed });
  cpSync(join(root, "test/package/consumer"), project, { recursive: true });
  tarballs.set(client, ofClient.tarball).set(tools, ofTools.tarball);
});

/** Runs a script with Node. The script must not fail. */
async function node(cwd: string, ...args: string[]): Promise<string> {
  return (await execute(process.execPath, args, { cwd, all: true })).all;
}

describe.each([
  ["sfc-preview-sdk", client],
  ["sfc-preview-devtools", tools],
])("%s", (name, folder) => {
  test("publint", async () =>
    node(root, "node_modules/publint/src/cli.js", "run", tarballs.get(folder) ?? "", "--strict"));

  test("attw", () => {
    const script = "node_modules/@arethetypeswrong/cli/dist/index.js";
    return node(root, script, tarballs.get(folder) ?? "", "--profile", "esm-only", "--format", "ascii", "-q");
  });

  test("no source map refers to sources that are not in the package", () => {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const isCode = (file: string) => /\.[cm]?[jt]s$/.test(file);
    const refers = (file: string) => readFileSync(join(folder, file), "utf8").includes("//# sourceMappingURL=");
    expect(names.filter((file) => file.endsWith(".map") || (isCode(file) && refers(file)))).toEqual([]);
  });

  test("every entry can be imported", async () => {
    for (const [entry, target] of Object.entries(readPackage(folder).exports ?? {})) {
      const file = typeof target === "string" ? target : target.types;
      expect(existsSync(join(folder, file)), file).toBe(true);
      if (typeof target === "string") continue;
      const code = `const entry = await import("${name}${entry.slice(1)}");
        if (Object.keys(entry).length === 0) throw new Error("it exports nothing");`;
      await node(project, "--input-type=module", "--eval", code);
    }
  });
});

test("every command runs", async () => {
  const commands = Object.entries(readPackage(tools).bin ?? {});
  expect(commands.length).toBeGreaterThan(0);
  for (const [name, file] of commands) {
    const script = join(tools, file);
    expect(await node(project, script, "--help")).toContain(`Usage: ${name}`);
    expect(readFileSync(script, "utf8")).toMatch(/^#!/);
  }
});

test.each([
  ["a program with the client and the simulator", "program.mjs"],
  ["the commands simulate and mock", "command.mjs"],
  ["require() where Node can", "program.cjs"],
])("%s", async (_, program) => {
  await node(project, program);
});

test("the programs of the README type-check, and run as the README states", async () => {
  const folder = join(project, "readme");
  mkdirSync(folder);
  const readme = readFileSync(join(client, "README.md"), "utf8");
  const programs = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  for (const [n, [, code = ""]] of programs.entries()) writeFileSync(join(folder, `program-${n + 1}.ts`), code);
  const compilerOptions = { target: "es2022", module: "nodenext", strict: true, skipLibCheck: true, outDir: "out" };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  await node(project, tsc, "-p", folder);
  await node(project, "readme.mjs");
});

test("the types compile strictly, including those of the dependencies", async () => {
  await node(project, tsc, "-p", ".");
});
