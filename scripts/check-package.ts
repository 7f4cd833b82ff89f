/** Checks what would be published, never the checkout: `npm run check:package`. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");
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
  run("a program with the client and the simulator", project, process.execPath, "program.mjs");
  run("require() where Node can", project, process.execPath, "program.cjs");
  run("its types, strictly and with those of its dependencies", project, process.execPath, tsc, "-p", ".");
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
  for (const name of ["openapi-fetch", "openapi-typescript-helpers"]) {
    symlinkSync(join(root, "node_modules", name), join(modules, name), "dir");
  }
  cpSync(join(root, "test/package/consumer"), project, { recursive: true });
  return project;
}

function tool(title: string, script: string, ...args: string[]): void {
  run(title, root, process.execPath, join(root, script), ...args);
}

function run(title: string, cwd: string, command: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) {
    console.log(`ok  ${title}`);
    return;
  }
  console.error(`${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}\nfailed: ${title}`);
  throw new Error(title);
}
