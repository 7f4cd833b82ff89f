import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownMethods } from "../../packages/devtools/src/own-description.js";
import type { Entries } from "../lib/package.js";
import { compactSchema } from "./compact-schema.js";
import { trimDeclarations } from "./trim-declarations.js";

/** The declarations that the entries lead to, each as small as it gets without a word less for its reader. */
export function emitDeclarations(root: string, entries: Entries): void {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  const names = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".d.ts"));
  for (const name of files) {
    const file = join(root, "dist", name);
    writeFileSync(file, compact(name, readFileSync(file, "utf8")));
  }
  trimDeclarations(
    root,
    files.map((name) => `dist/${name}`),
    entries.types,
  );
}

function compact(name: string, text: string): string {
  return withTabs(name === "generated/schema.d.ts" ? compactSchema(text) : text);
}

/** The compiler indents by four spaces, and has no option for less. */
export function withTabs(text: string): string {
  return text.replace(/^(?: {4})+/gm, (indent) => "\t".repeat(indent.length / 4));
}

/** `packages/devtools/dist`: the compiler's output file by file, the description and the methods' names. Its declarations refer to the client's, so that comes first. */
export function buildDevtools(root: string): void {
  const folder = join(root, "packages/devtools");
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  const description = readFileSync(join(root, "openapi/bundled.json"), "utf8");
  writeFileSync(join(folder, "dist/description.json"), JSON.stringify(JSON.parse(description)));
  writeFileSync(join(folder, "dist/methods.json"), JSON.stringify(ownMethods()));
}
