import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { Entries } from "./entries.js";
import { isMapped } from "./mapped.js";
import { reachedFrom } from "./reach.js";

/**
 * The client's code, one module for one module, for the user's bundler to shake. Names stay as they are; comments are in the
 * declarations and the sources.
 */
export async function compileClient(root: string, entries: Entries): Promise<void> {
  const modules = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/^(testing|cli)\//.test(name))
    .map((name) => name.replace(/\.ts$/, ""));
  await compile(
    root,
    modules.filter((module) => isMapped(root, module)),
    true,
  );
  await compile(
    root,
    modules.filter((module) => !isMapped(root, module)),
    false,
  );
  removeEmpty(root, modules, entries);
}

async function compile(root: string, modules: readonly string[], sourcemap: boolean): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: modules.map((module) => `src/${module}.ts`),
    outbase: "src",
    outdir: "dist",
    format: "esm",
    target: "es2022",
    minifyWhitespace: true,
    // An error that nobody catches makes Node print the line it came from.
    lineLimit: 120,
    sourcemap,
    sourcesContent: false,
    logLevel: "warning",
  });
}

/** Modules of types alone: no other module loads them. */
function removeEmpty(root: string, modules: readonly string[], entries: Entries): void {
  const reached = reachedFrom(root, entries.code, ".js");
  for (const module of modules) {
    if (reached.has(`dist/${module}.js`)) continue;
    for (const extension of [".js", ".js.map"]) rmSync(join(root, `dist/${module}${extension}`), { force: true });
  }
}
